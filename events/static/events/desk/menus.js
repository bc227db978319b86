/* Buttons and menus: what Unfold opens by a click on a plain element becomes a button for the
   keyboard. What it opens takes the focus; Escape closes it and returns the focus to its button. */
"use strict";

const NATIVE = "a[href]:not([href='#']), button, input, select, textarea, label, summary, [role=tab]";

desk.each("[x-on\\:click], .delete-template", (control) => {
  const does = control.getAttribute("x-on:click") ?? "";
  if (control.matches(`${NATIVE}, h2, h3, template, #changelist-filter-close`)) return;
  makeButton(control);
  const [, flag] = does.match(/^(\w+) = (?:!\1|true)$/) ?? [];
  const popup = flag && popupOf(control, flag);
  if (popup) pair(control, popup, flag);
});

function makeButton(control) {
  control.setAttribute("role", "button");
  control.tabIndex = 0;
  control.addEventListener("keydown", (event) => {
    if (event.target !== control || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    control.click();
  });
}

/* Return what Alpine shows while the flag is set: near the button, or moved to the end of the page. */
function popupOf(control, flag) {
  const shown = `[x-show="${flag}"]`;
  const scope = control.closest(`[x-data*="${flag}"]`) ?? document;
  const moved = [...scope.querySelectorAll("template[x-teleport]")]
    .map((template) => template._x_teleport)
    .find((element) => element?.matches(shown));
  return moved ?? scope.querySelector(shown);
}

function pair(control, popup, flag) {
  const isMenu = popup.matches("nav") && [...popup.children].every((item) => item.matches("a"));
  const close = () => (Alpine.$data(control)[flag] = false);
  control.setAttribute("aria-expanded", "false");
  control.setAttribute("aria-controls", desk.id(popup));
  if (isMenu) makeMenu(control, popup, close);
  if (popup.matches("#changelist-filter")) makeDialog(control, popup);
  desk.observe(popup, "style", () => follow(control, popup));
  popup.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  });
}

/* Say whether it is open; move the focus into it, and back. */
function follow(control, popup) {
  const isOpen = popup.style.display !== "none";
  if (String(isOpen) === control.getAttribute("aria-expanded")) return;
  control.setAttribute("aria-expanded", isOpen);
  const here = document.activeElement;
  if (isOpen) (popup.querySelector("[role=menuitem][href]") ?? desk.stops(popup)[0])?.focus();
  else if (here === document.body || popup.contains(here)) control.focus();
}

/* A menu: arrow keys walk through the items that can be chosen, Tab leaves. */
function makeMenu(control, popup, close) {
  control.setAttribute("aria-haspopup", "menu");
  popup.setAttribute("role", "menu");
  popup.setAttribute("aria-labelledby", desk.id(control));
  for (const item of popup.children) {
    item.setAttribute("role", "menuitem");
    item.tabIndex = -1;
  }
  popup.addEventListener("keydown", (event) => {
    if (event.key === "Tab") {
      close();
      control.focus();
      return;
    }
    const items = [...popup.querySelectorAll("[role=menuitem][href]")];
    const here = items.indexOf(document.activeElement);
    const step = { ArrowDown: here + 1, ArrowUp: here - 1 + items.length, Home: 0, End: -1 }[event.key];
    if (step === undefined || !items.length) return;
    event.preventDefault();
    items.at(step % items.length).focus();
  });
  // A chosen item may open a window: by then the focus is where the work goes on.
  popup.addEventListener("click", (event) => {
    if (!event.target.closest("[role=menuitem][href]")) return;
    close();
    control.focus();
  });
}

/* The sheet of filters: the focus stays within until it is closed. */
function makeDialog(control, popup) {
  control.setAttribute("aria-haspopup", "dialog");
  popup.setAttribute("role", "dialog");
  popup.setAttribute("aria-modal", "true");
  popup.setAttribute("aria-label", control.textContent.trim());
  popup.addEventListener("keydown", (event) => {
    if (event.key !== "Tab") return;
    const stops = desk.stops(popup);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    stops.at(event.shiftKey ? -1 : 0).focus();
  });
}

/* Django's calendar and clock stand at the end of the page: the focus goes there and back. */
desk.each(".calendarbox, .clockbox", (box) => {
  let opener = null;
  desk.observe(box, "style", () => {
    if (box.style.display === "block") {
      opener ??= document.activeElement;
      (box.querySelector("td.selected a, td.today a") ?? desk.stops(box)[0])?.focus();
    } else if (opener) {
      if (box.contains(document.activeElement) || document.activeElement === document.body) opener.focus();
      opener = null;
    }
  });
});
