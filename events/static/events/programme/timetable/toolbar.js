/* Above the timetable: the days, the room on a phone, clashes, undo, scale, and a new room. */
import { store } from "../store.js";
import * as clashpanel from "./clashpanel.js";
import * as saying from "./saying.js";
import { ALL, columns, days, isNarrow, openRoom, redraw, showDay, view, zoom } from "./view.js";
import { button, dayLabel, icon, make, say } from "./words.js";

let written = "";

export function draw(root) {
  const words = JSON.stringify([days(), view.on, view.room, columns(), clashpanel.count(), store.clashes.length, store.undoable, store.redoable, isNarrow(), root.querySelector(".tt-clashes").hidden, view.scale]);
  if (words === written) return;
  written = words;
  const bar = root.querySelector(".tt-toolbar");
  const name = bar.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  bar.replaceChildren(dayButtons(), roomChoice(), tools(root));
  if (name) bar.querySelector(`[data-name="${name}"]`)?.focus({ preventScroll: true });
}

function dayButtons() {
  const all = days();
  const one = (on, text) => button(text, () => showDay(on), {
    "aria-pressed": String(view.on === on), "data-day": on === ALL ? null : on, "data-name": `day-${on}`,
  });
  const buttons = all.map((on) => one(on, dayLabel(on, "short")));
  if (all.length > 1) buttons.push(one(ALL, say("all-days")));
  return make("div", { class: "tt-daybar", role: "group", "aria-label": say("day") }, ...buttons);
}

/* On a phone one room is shown at a time, or all of them as a list. */
function roomChoice() {
  if (!isNarrow()) return "";
  const option = (value, text) => {
    const made = make("option", { value }, text);
    made.selected = (view.room ?? ALL) === value;
    return made;
  };
  const rooms = columns().map(({ id, name }) => option(String(id), name ?? say("no-room")));
  const choose = ({ target }) => {
    view.room = target.value === ALL ? null : target.value;
    redraw();
  };
  return make("select", { class: "tt-room-choice", "aria-label": say("room"), "data-name": "room", change: choose }, option(ALL, say("all-rooms")), ...rooms);
}

function tools(root) {
  const may = store.event.may_change;
  const found = [clashButton(root)];
  if (may) {
    found.push(
      button(say("undo"), () => again("undo"), { symbol: "undo", quiet: true, disabled: !store.undoable, "data-name": "undo" }),
      button(say("redo"), () => again("redo"), { symbol: "redo", quiet: true, disabled: !store.redoable, "data-name": "redo" }),
    );
  }
  found.push(
    button(say("smaller"), () => zoom(-1), { symbol: "zoom_out", quiet: true, "data-name": "smaller", class: "tt-wide" }),
    button(say("larger"), () => zoom(1), { symbol: "zoom_in", quiet: true, "data-name": "larger", class: "tt-wide" }),
  );
  const address = say("rundown-url");
  found.push(make("a", { class: "tt-link", href: address, "data-name": "rundown" }, icon("print"), say("rundown")));
  if (may) found.push(button(say("add-room"), () => askRoom(root), { symbol: "add", "data-name": "add-room" }));
  return make("div", { class: "tt-tools" }, ...found);
}

function clashButton(root) {
  if (!store.clashes.length) return null;
  const panel = root.querySelector(".tt-clashes");
  const number = clashpanel.count();
  const text = number === 1 ? say("one-clash") : say("clashes", { number });
  const toggle = () => ((panel.hidden = !panel.hidden), redraw());
  const attributes = { symbol: number ? "error" : "verified", "aria-expanded": String(!panel.hidden), "data-name": "clashes" };
  return button(text, toggle, { ...attributes, class: number ? "tt-clash-button" : "" });
}

export async function again(way) {
  saying.outcome(await store[way](), say(way === "undo" ? "undone" : "redone"));
}

/* Ask for a room: one that is on record and not in use, or a new one. */
function askRoom(root) {
  const shown = new Set(columns().map(({ id }) => id));
  const others = store.rooms.filter(({ id }) => !shown.has(id));
  const list = make("datalist", { id: "tt-rooms" }, ...others.map(({ name }) => make("option", { value: name })));
  const field = make("input", { name: "room", required: true, maxlength: 200, list: "tt-rooms", "aria-label": say("room-name"), placeholder: say("room-name") });
  const form = make("form", { class: "tt-actions tt-new-room", submit: (event) => addRoom(event, field.value.trim(), others, form) },
    field, list, make("button", { class: "tt-primary" }, say("add")), button(say("leave"), () => form.remove(), {}));
  form.addEventListener("keydown", ({ key }) => key === "Escape" && form.remove());
  root.querySelector(".tt-new-room")?.remove();
  root.querySelector(".tt-toolbar").after(form);
  field.focus();
}

async function addRoom(event, name, others, form) {
  event.preventDefault();
  const known = others.find((room) => room.name === name);
  if (known) return openRoom(known.id), form.remove();
  const before = new Set(store.rooms.map(({ id }) => id));
  const done = await store.send([{ op: "room", key: `room-${Date.now()}`, name, parent_place: null }]);
  saying.outcome(done, say("room-added", { name }));
  if (!done.ok) return undefined;
  const made = store.rooms.find((room) => !before.has(room.id));
  if (made) openRoom(made.id);
  return form.remove();
}
