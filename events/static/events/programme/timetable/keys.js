/* The timetable by keyboard: arrows lead through it, with Alt they move, with Shift they stretch; M
   begins a move that Enter stores and Escape leaves. */
import { store } from "../store.js";
import * as adding from "./adding.js";
import * as chosen from "./chosen.js";
import { DAY, wallOf } from "../clock.js";
import { shownColumns } from "./drawing.js";
import * as moving from "./moving.js";
import { boxAt, partOf } from "./partbox.js";
import * as saying from "./saying.js";
import { ALL, days, ELSEWHERE, redraw, showDay, view } from "./view.js";
import { say } from "./words.js";

const STEP = 5; // minutes
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
let held = null; // Alt or Shift, whose release stores the move

export function listen(root) {
  root.addEventListener("keydown", (event) => {
    const part = partOf(event.target.closest?.("[role=option]"));
    if (moving.current()) return whileMoving(event);
    if (part) return atPart(event, part);
    return undefined;
  });
  root.addEventListener("keyup", (event) => {
    if (held && event.key === held) event.preventDefault(), finish();
  });
  window.addEventListener("blur", () => held && finish());
  root.addEventListener("focusin", ({ target }) => {
    if (target.dataset?.key) view.focus = target.dataset.key;
  });
}

function take(event) {
  event.preventDefault();
  event.stopPropagation();
}

function atPart(event, part) {
  const arrow = ARROWS[event.key];
  if (arrow && (event.altKey || (event.shiftKey && arrow[1]))) return hold(event, part, arrow);
  if (event.ctrlKey || event.metaKey) return withControl(event, part);
  if (arrow) return take(event), step(event.target, arrow);
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (act) take(event), act(part, event);
  return undefined;
}

const KEYS = {
  Enter: (part) => openPart(part),
  " ": (part) => chosen.toggle(part.id),
  m: (part) => start(part),
  n: (part) => adding.after(part),
  f: (part, { shiftKey }) => chosen.fromHere(part.id, { everywhere: shiftKey }),
  Escape: () => chosen.clear(),
  Home: (_part, { target }) => edge(target, 0),
  End: (_part, { target }) => edge(target, -1),
  PageUp: () => otherDay(-1),
  PageDown: () => otherDay(1),
};

function withControl(event, part) {
  if (event.key.toLowerCase() === "a") take(event), chosen.all(part.on);
}

/* Open a part in its row; where there are no rows, on its own page. */
export function openPart(part) {
  const detail = { id: part.id };
  const asked = new CustomEvent("programme:open", { detail, cancelable: true });
  if (document.dispatchEvent(asked) && part.url) window.location.assign(part.url);
}

/* Return the parts to move with one: all that are chosen if it is among them. */
export function group(id) {
  return view.chosen.has(id) ? [id, ...[...view.chosen].filter((other) => other !== id)] : [id];
}

export function start(part, options) {
  if (!moving.begin(group(part.id), options)) return saying.announce(say("may-not-move")), false;
  if (!moving.times(part)) moving.to({ start: firstFree(), room: part.room ?? shownColumns()[0]?.id });
  saying.announce(`${say("move-begun")} ${saying.whereNow()}`);
  return true;
}

/* Return where a part without a time is put: after the last part within the hours of the event. */
function firstFree() {
  const on = view.on && view.on !== ALL ? view.on : days()[0];
  const [first, last] = [store.event.from ?? "09:00", store.event.to ?? "18:00"].map((time) => wallOf(on, time));
  const ends = [...store.parts.values()].map((part) => moving.times(part)?.end ?? 0);
  return Math.max(first, ...ends.filter((end) => end > first && end < last));
}

function hold(event, part, arrow) {
  take(event);
  held = event.altKey ? "Alt" : "Shift";
  if (!start(part, { stretching: !event.altKey })) return void (held = null);
  return nudge(arrow, { stretch: !event.altKey });
}

/* Move what is being moved by a step: down and up in time, aside by a room. */
export function nudge([aside, down], { stretch = false, step: minutes = STEP } = {}) {
  if (aside) toColumn(aside);
  else if (stretch) moving.by({ stretch: down * minutes });
  else moving.by({ minutes: down * minutes });
  saying.announce(saying.whereNow());
}

function toColumn(aside) {
  const shown = shownColumns().filter(({ id }) => id !== ELSEWHERE);
  const rooms = shown.length > 1 ? shown : [...store.rooms, { id: null }];
  const now = moving.room(store.parts.get(moving.current().lead));
  const at = rooms.findIndex(({ id }) => id === now) + aside;
  if (rooms[at]) moving.to({ room: rooms[at].id });
}

export function nudgeDay(number) {
  moving.by({ minutes: number * DAY });
  followDay();
  saying.announce(saying.whereNow());
}

/* Show the day on which the part is now, if one day is shown. */
function followDay() {
  const times = moving.times(store.parts.get(moving.current().lead));
  if (view.on === ALL || !times) return;
  const on = new Date(Math.floor(times.start / DAY) * 86_400_000).toISOString().slice(0, 10);
  view.focus = `${moving.current().lead}@${on}`;
  if (days().includes(on)) showDay(on);
}

function whileMoving(event) {
  const arrow = ARROWS[event.key];
  if (arrow) {
    take(event);
    nudge(arrow, { stretch: event.shiftKey && !event.altKey, step: event.altKey && !held ? 1 : STEP });
  } else if (event.key === "Enter" && event.target.role === "option") {
    take(event), finish();
  } else if (event.key === "Escape") {
    take(event), leave();
  } else if (event.key === "PageUp" || event.key === "PageDown") {
    take(event), nudgeDay(event.key === "PageUp" ? -1 : 1);
  }
}

export async function finish() {
  held = null;
  if (!moving.current()) return;
  const where = saying.whereNow();
  saying.outcome(await moving.set(), say("moved", { where }));
}

export function leave() {
  held = null;
  moving.leave();
  saying.announce(say("move-left"));
}

export function focusOn(key) {
  view.focus = key;
  redraw();
  boxAt(key)?.focus();
}

/* Go to the next part: in the column, or the nearest in time in the one beside. */
function step(from, [aside, down]) {
  const options = [...from.closest(".tt-items, .tt-tray").querySelectorAll("[role=option]")];
  const column = (element) => element.closest("[data-column]")?.dataset.column;
  if (down || !from.closest("[data-column]")) {
    const same = options.filter((element) => column(element) === column(from));
    const next = same[same.indexOf(from) + (down || aside)];
    return next && focusOn(next.dataset.key);
  }
  const order = [...new Set(shownColumns().map(({ id }) => String(id ?? "")))];
  const others = aside > 0 ? order.slice(order.indexOf(column(from)) + 1) : order.slice(0, order.indexOf(column(from))).reverse();
  const filled = others.find((name) => options.some((element) => column(element) === name));
  const near = options.filter((element) => column(element) === filled).sort((one, other) => distance(one, from) - distance(other, from));
  return filled !== undefined && focusOn(near[0].dataset.key);
}

function distance(one, other) {
  const middle = (element) => Number(element.style.getPropertyValue("--tt-from")) || 0;
  return Math.abs(middle(one) - middle(other));
}

function edge(from, at) {
  const options = [...from.closest(".tt-items, .tt-tray").querySelectorAll("[role=option]")];
  focusOn(options.at(at).dataset.key);
}

function otherDay(number) {
  const all = days();
  if (view.on === ALL) return;
  const on = all[all.indexOf(view.on) + number];
  if (!on) return;
  view.focus = null;
  view.wanted = "";
  showDay(on);
}
