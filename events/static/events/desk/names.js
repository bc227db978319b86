/* Names for what a screen reader reads: icons are pictures, and fields in a table are called as their
   column. */
"use strict";

const ICONS = {
  more_vert: "options",
  more_horiz: "options",
  unfold_more: "options",
  dock_to_right: "menu",
  close: "close",
  delete: "remove",
  search: "search",
  calendar_month: "home",
};

/* An icon is written as a word in a font of pictures: it is hidden, unless it is a button itself. */
desk.each(".material-symbols-outlined", (icon) => {
  const name = desk.text(ICONS[icon.textContent.trim()]);
  const control = icon.closest("a, button, [role=button], [x-on\\:click], .delete-template");
  if (control && name && control.textContent.trim() === icon.textContent.trim()) {
    if (!control.title) control.setAttribute("aria-label", name);
  }
  if (control !== icon) icon.setAttribute("aria-hidden", "true");
});

desk.each("a[title]:not([aria-label]):has(> .material-symbols-outlined:only-child)", (link) => {
  link.setAttribute("aria-label", link.title);
});

/* A field in a row of a table, with the name of the column. */
desk.each("td[data-label] :is(input:not([type=hidden], [type=checkbox]), select, textarea)", (field) => {
  const column = field.closest("td").dataset.label;
  if (column && !field.labels?.length) field.setAttribute("aria-label", column);
});
desk.each("td[data-label] input[type=checkbox]", (box) => {
  if (!box.labels?.length) box.setAttribute("aria-label", box.closest("td").dataset.label);
});

/* select2: the box is called as the select that it stands for, and so is its search field. */
desk.each(".select2-selection", (box) => {
  const select = box.closest(".select2")?.previousElementSibling;
  const name = nameOf(select);
  if (!name) return;
  const value = box.querySelector("[id$='-container']");
  const own = document.createElement("span");
  own.hidden = true;
  own.textContent = name;
  box.before(own);
  box.setAttribute("aria-labelledby", [desk.id(own), value?.id].filter(Boolean).join(" "));
  for (const part of box.querySelectorAll("[role=textbox], [role=searchbox], ul")) {
    part.setAttribute("aria-label", name);
  }
  desk.observe(box, "aria-expanded", () => {
    const search = document.querySelector(".select2-container--open .select2-search__field");
    search?.setAttribute("aria-label", name);
    const list = document.querySelector(".select2-container--open .select2-results__options");
    list?.setAttribute("aria-label", name);
  });
});

function nameOf(select) {
  if (!(select instanceof HTMLSelectElement)) return "";
  const label = select.labels?.[0]?.textContent.trim().replace(/[:*]+$/, "");
  return label || select.getAttribute("aria-label") || select.closest("td")?.dataset.label || "";
}

/* The box that marks a row for removal is as large as its picture, not hidden. */
desk.each("label > .hidden > input.delete", (box) => {
  box.setAttribute("aria-label", desk.text("remove"));
  box.parentElement.classList.replace("hidden", "desk-tick");
});

desk.each("#content", (content) => {
  content.setAttribute("role", "main");
  content.tabIndex = -1; // the link past the menu leads here
});
