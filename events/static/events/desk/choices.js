/* Fields of choice: a button opens a menu to change or open the chosen record, or to make another. The
   menu is made when it is opened, so that a form with a hundred choices does not contain a hundred. */
"use strict";

const OFFERS = { change: "edit", add: "add", view: "visibility" };

desk.each(".entry-more", (button) => {
  button.hidden = false;
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => openChoice(button));
});

function openChoice(button) {
  const menu = document.createElement("nav");
  menu.className = "entry-menu";
  menu.popover = "auto";
  const select = button.parentElement.querySelector("select");
  for (const what of button.dataset.offers.split(" ")) menu.append(offer(button, select, what));
  document.body.append(menu);
  const close = () => menu.isConnected && menu.hidePopover();
  makeMenu(button, menu, close);
  button.setAttribute("aria-expanded", "true");
  menu.addEventListener("toggle", ({ newState }) => {
    if (newState !== "closed") return;
    button.setAttribute("aria-expanded", "false");
    menu.remove();
  });
  menu.showPopover();
  place(menu, button.getBoundingClientRect());
  addEventListener("scroll", close, { once: true, capture: true });
  (menu.querySelector("[href]") ?? menu).focus({ preventScroll: true });
}

/* One line of the menu. Django's script opens its window, and finds the field by the id of the link. */
function offer(button, select, what) {
  const link = document.createElement("a");
  link.className = `related-widget-wrapper-link ${what}-related`;
  link.id = `${what}_${select.id}`;
  const row = what === "add" ? "add" : select.value && `${encodeURIComponent(select.value)}/change`;
  if (row) link.href = `${button.dataset.list}${row}/?_to_field=id${what === "view" ? "" : "&_popup=1"}`;
  else link.setAttribute("aria-disabled", "true");
  if (what === "view") link.target = "_blank"; // what was typed here stays
  else link.dataset.popup = "yes";
  const icon = document.createElement("span");
  icon.className = "material-symbols-outlined";
  icon.textContent = OFFERS[what];
  const words = document.createElement("span");
  words.textContent = desk.text(`choice-${what}`).replace("{model}", button.dataset.model);
  link.append(icon, words);
  return link;
}

/* Below the button, or above it where there is no room; within the window. */
function place(menu, box) {
  const left = Math.min(box.right, innerWidth - 8) - menu.offsetWidth;
  const below = box.bottom + 4;
  const fits = below + menu.offsetHeight < innerHeight;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${fits ? below : Math.max(8, box.top - 4 - menu.offsetHeight)}px`;
}
