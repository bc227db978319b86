/* The programme as a timetable: rooms as columns, minutes from top to bottom, moved by mouse, finger
   or keys. It reads the programme from the store, and changes it through the store alone. */
import { store } from "./store.js";
import * as adding from "./timetable/adding.js";
import * as chosen from "./timetable/chosen.js";
import * as clashpanel from "./timetable/clashpanel.js";
import * as drag from "./timetable/drag.js";
import { drawDays, tray } from "./timetable/drawing.js";
import * as keys from "./timetable/keys.js";
import * as moving from "./timetable/moving.js";
import { prune } from "./timetable/partbox.js";
import * as saying from "./timetable/saying.js";
import * as sheet from "./timetable/sheet.js";
import * as toolbar from "./timetable/toolbar.js";
import { parts, recall, redraw, view } from "./timetable/view.js";
import { make, say } from "./timetable/words.js";

const MOST = 5; // titles that are read out
const SHOWN = 2500; // milliseconds
const root = document.getElementById("timetable");

function draw() {
  const focused = focusedKey();
  chosen.prune();
  moving.prune();
  root.hidden = false;
  clashpanel.draw(root);
  root.querySelector(".tt-days").replaceChildren(...content());
  drawTray();
  toolbar.draw(root);
  sheet.draw(root);
  prune();
  keepFocus(focused);
  document.dispatchEvent(new CustomEvent("programme:drawn"));
}

const focusedKey = () => (root.contains(document.activeElement) ? document.activeElement.dataset.key : null);

/* Return the days, and above them what to do while there are no parts or no rooms. */
function content() {
  const { may_change: may } = store.event;
  const hint = !parts().length ? (may ? "empty" : "empty-read") : may && !store.rooms.length ? "empty-rooms" : null;
  const days = parts().length || may ? drawDays() : [];
  return [...(hint ? [make("p", { class: "tt-none" }, say(hint))] : []), ...days];
}

function drawTray() {
  const box = root.querySelector(".tt-tray");
  const waiting = tray();
  box.hidden = !waiting.length;
  if (!waiting.length) return box.replaceChildren();
  const list = make("div", { class: "tt-tray-list", role: "listbox", "aria-multiselectable": "true", "aria-label": say("tray") }, ...waiting);
  return box.replaceChildren(make("h4", {}, say("tray")), list);
}

/* One part of each list can be reached by Tab; the focus stays on its part wherever that is drawn. */
function keepFocus(focused) {
  for (const list of root.querySelectorAll("[role=listbox]")) {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) silence(list);
    else if (!options.some(({ tabIndex }) => tabIndex === 0)) options[0].tabIndex = 0;
  }
  const wanted = view.wanted === undefined ? focused && find(focused) : find(view.wanted) ?? root.querySelector(".tt-items [role=option]");
  view.wanted = undefined;
  if (wanted && wanted !== document.activeElement) wanted.focus({ preventScroll: true });
}

/* A list without options is none. */
function silence(list) {
  list.setAttribute("role", "group");
  list.removeAttribute("aria-multiselectable");
}

/* Return the element of a part that had the focus: on the same day, or where it has gone. */
function find(key) {
  const [id] = key.split("@");
  return root.querySelector(`[data-key="${key}"]`) ?? root.querySelector(`[data-part="${id}"]`);
}

/* Show and say what somebody else has changed. */
function point({ detail }) {
  if (detail.mine || detail.first || !detail.changed?.length) return;
  const titles = detail.changed.map((id) => store.parts.get(id)?.title).filter(Boolean);
  if (titles.length <= MOST) saying.announce(say("others", { titles: titles.join(say("and")) }));
  document.addEventListener("programme:drawn", () => mark(detail.changed), { once: true });
}

function mark(ids) {
  const boxes = ids.flatMap((id) => [...root.querySelectorAll(`[data-part="${id}"]`)]);
  for (const box of boxes) box.classList.add("tt-changed");
  setTimeout(() => boxes.forEach((box) => box.classList.remove("tt-changed")), SHOWN);
}

function shortcuts(event) {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches("input, textarea, select") || !store.event.may_change) return;
  const key = event.key.toLowerCase();
  const way = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : null;
  if (way) event.preventDefault(), event.stopPropagation(), toolbar.again(way);
}

function begin() {
  recall();
  saying.listen(root);
  keys.listen(root);
  drag.listen(root);
  adding.listen(root, drag.spotAt);
  root.addEventListener("keydown", shortcuts);
  document.addEventListener("programme", redraw);
  document.addEventListener("programme", point);
  document.addEventListener("programme:draw", draw);
  document.addEventListener("programme:show", ({ detail }) => chosen.focusPart(detail.id));
  window.addEventListener("beforeunload", () => moving.current() && moving.leave());
  setInterval(redraw, 60_000); // the line of the present minute
  if (store.parts.size) redraw();
}

if (root) begin();
