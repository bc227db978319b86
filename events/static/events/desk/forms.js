/* Forms: the focus goes to what is to be done next: the first field that was refused, the first field
   of a new row, the first field of a new record. */
"use strict";

const FIELDS = ":is(input:not([type=hidden], [type=checkbox]), select, textarea)";

let typed = false; // whether the user has begun
document.addEventListener("input", () => (typed = true));
let begun = false; // whether the user has chosen where to begin
for (const act of ["keydown", "pointerdown"]) document.addEventListener(act, () => (begun = true));

// The tabs of languages are built when jQuery is ready, some time after the page has loaded; a field
// that has the focus by then would lose it, because it is moved into its tab.
window.addEventListener("load", () => (window.django?.jQuery ?? requestAnimationFrame)(begin));

function begin() {
  const refused = document.querySelector("#content [aria-invalid=true], #content .errors " + FIELDS);
  if (refused) return show(refused);
  const note = document.querySelector("#content .errornote");
  if (note) {
    note.tabIndex = -1;
    note.focus();
  } else if (/\/add\/$/.test(location.pathname) && !begun) {
    // Django does so too, but before the tabs of languages are built.
    first(document.querySelector("#content form"))?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

/* Open the tabs in which a field lies, and go there. */
function show(field) {
  for (const panel of ancestors(field, "[x-show]")) {
    const [, flag, name] = panel.getAttribute("x-show").match(/^(\w+) == '(.*)'$/) ?? [];
    if (flag) Alpine.$data(panel)[flag] = name;
  }
  for (const panel of ancestors(field, ".ui-tabs-panel")) {
    document.querySelector(`[aria-controls="${CSS.escape(panel.id)}"] .ui-tabs-anchor`)?.click();
  }
  for (const fold of ancestors(field, "details")) fold.open = true;
  describe(field);
  setTimeout(() => face(field).focus(), 50); // Alpine shows the panel a little later
}

function ancestors(element, selector) {
  const found = [];
  for (let at = element.closest(selector); at; at = at.parentElement.closest(selector)) found.unshift(at);
  return found;
}

/* Return the element that shows a field: select2 hides the select itself. */
function face(field) {
  return field.nextElementSibling?.querySelector(".select2-selection") ?? field;
}

function describe(field) {
  const words = field.closest(".grow, .field-tabular, .errors")?.querySelector(".text-red-600");
  if (words) face(field).setAttribute("aria-describedby", desk.id(words));
}

function first(root) {
  const fields = [...(root?.querySelectorAll(FIELDS) ?? [])].map(face);
  return fields.find((field) => desk.visible(field) && !field.disabled && !field.readOnly && !isFound(field));
}

/* Whether a field already shows the record that was to be found, as the event of a new attendee. */
function isFound(field) {
  const box = field.closest(".select2");
  return Boolean(box && !box.querySelector("[multiple]") && box.previousElementSibling.value);
}

document.addEventListener("formset:added", (event) => {
  for (const field of event.target.querySelectorAll("[data-after]")) field.value ||= before(field);
  setTimeout(() => first(event.target)?.focus());
});

/* Return where a field of a new row begins: at the end of the row above, or at the field of the form
   that `data-begin` names. */
function before(field) {
  const [, prefix, number] = field.name.match(/^(.+)-(\d+)-\w+$/) ?? [];
  const ends = document.getElementsByName(`${prefix}-${number - 1}-${field.dataset.after}`);
  return ends[0]?.value || document.getElementsByName(field.dataset.begin)[0]?.value || "";
}

/* Browsers pass the tab in the address on to the page that follows a save: a new record begins at the
   beginning. */
document.addEventListener("submit", (event) => {
  if (event.submitter?.name === "_addanother") event.target.action = location.pathname + location.search + "#";
});

/* Windows for related records are as large as a form needs, and stand in the middle. */
const openWindow = window.open.bind(window);
window.open = (address, name, features) => {
  if (!/^height=\d+,width=\d+/.test(features ?? "")) return openWindow(address, name, features);
  const width = Math.min(1200, screen.availWidth);
  const height = Math.min(960, screen.availHeight);
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 2);
  const place = { width, height, left, top, resizable: "yes", scrollbars: "yes" };
  const words = Object.entries(place).map(([key, value]) => `${key}=${value}`);
  return openWindow(address, name, words.join(","));
};

/* Escape closes such a window if nothing was typed into it. */
document.addEventListener("keydown", (event) => {
  const free = event.key === "Escape" && !event.defaultPrevented && !typed;
  if (free && window.opener && document.body.classList.contains("popup")) window.close();
});

/* Shortcuts of forms: Ctrl and Enter save from any field, with Shift the next record follows; Shift
   and Enter add a row to the table that the focus is in. They come before what a field itself does
   with Enter, because a picker would open. */
function buttonFor(event) {
  if (event.ctrlKey || event.metaKey) {
    const name = event.shiftKey ? "_addanother" : "_save";
    const named = event.target.closest("#content form")?.elements.namedItem(name);
    return named?.[0] ?? named;
  }
  const table = event.shiftKey ? event.target.closest("[data-inline-type]") : null;
  return [...(table?.querySelectorAll(".add-row") ?? [])].find(desk.visible);
}

document.addEventListener(
  "keydown",
  (event) => {
    const button = event.key === "Enter" && !event.isComposing ? buttonFor(event) : null;
    if (!button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    button.click();
  },
  true,
);

desk.each("button[name=_save]", (button) => button.setAttribute("aria-keyshortcuts", "Control+Enter"));
desk.each("button[name=_addanother]", (button) => {
  button.setAttribute("aria-keyshortcuts", "Control+Shift+Enter");
});
desk.each(".add-row", (link) => link.setAttribute("aria-keyshortcuts", "Shift+Enter"));

/* The calendar and the clock of a field open from the field itself; Tab passes their pictures. */
desk.each(".datetimeshortcuts a", (link) => {
  link.tabIndex = -1;
  const field = link.closest(".datetimeshortcuts").previousElementSibling;
  field?.setAttribute("aria-keyshortcuts", "Alt+ArrowDown");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" || !event.altKey) return;
  const links = event.target.parentElement?.querySelectorAll(".datetimeshortcuts a") ?? [];
  const link = [...links].at(-1);
  if (!link) return;
  event.preventDefault();
  link.click();
});

/* What may scroll is a stop of Tab only if it does, and nothing within it is one. */
desk.each(".simplebar-content-wrapper", (box) => {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  if (!scrolls || desk.stops(box).length) box.tabIndex = -1;
});
