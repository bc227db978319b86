/* What of the programme is looked at: day, room, scale, what is chosen and where the focus is. */
import { store } from "../store.js";
import { daysOf } from "./layout.js";
import { say } from "./words.js";

export const ALL = "all";
const SCALES = [0.8, 1.1, 1.5, 2, 2.8]; // rem of ten minutes
const narrow = window.matchMedia("(width < 48rem)");

export const view = { on: null, room: null, scale: 1, chosen: new Set(), focus: null, anchor: null, wanted: undefined };

export const isNarrow = () => narrow.matches;
narrow.addEventListener("change", () => redraw());

let asked = 0;

/* Draw once before the next frame, however often it is asked for. */
export function redraw() {
  asked ||= requestAnimationFrame(() => {
    asked = 0;
    document.dispatchEvent(new CustomEvent("programme:draw"));
  });
}

export const parts = () => [...store.parts.values()];
export const days = () => daysOf(store.event, parts());

/* Return the days that are shown: one of them, or all. */
export function shownDays() {
  const all = days();
  if (view.on === ALL) return all;
  if (!all.includes(view.on)) view.on = firstDay(all);
  return view.on ? [view.on] : [];
}

/* Return the day to begin with: today if the event is on, else its first day with a part. */
function firstDay(all) {
  const today = new Date().toLocaleDateString("sv", { timeZone: store.event.zone || "UTC" });
  if (all.includes(today)) return today;
  return all.find((on) => parts().some((part) => part.on === on)) ?? all[0] ?? null;
}

export function showDay(on) {
  view.on = on;
  redraw();
}

export const rem = () => SCALES[view.scale];

export function zoom(step) {
  view.scale = Math.min(Math.max(view.scale + step, 0), SCALES.length - 1);
  localStorage.setItem("timetable-scale", view.scale);
  redraw();
}

export function recall() {
  const stored = Number(localStorage.getItem("timetable-scale") ?? view.scale);
  if (Number.isInteger(stored) && SCALES[stored]) view.scale = stored;
}

const FEW = 6; // rooms that are all shown, whether in use or not
const MANY = 9; // columns from which places with a single part share one
export const ELSEWHERE = "elsewhere";

/* Return the columns: the rooms in use, all of them if they are few, one that places of single parts
   share if there are many, and one for parts without a place. */
export function columns() {
  const used = Map.groupBy(parts(), ({ room }) => room);
  const few = store.rooms.length <= FEW;
  const shown = store.rooms.filter(({ id }) => few || used.has(id) || view.opened?.has(id));
  const single = ({ id }) => used.get(id)?.length === 1 && !view.opened?.has(id);
  const rooms = shown.length < MANY ? shown : shown.filter((room) => !single(room));
  const found = rooms.length < shown.length ? [...rooms, { id: ELSEWHERE, name: say("elsewhere") }] : rooms;
  const homeless = parts().some(({ on, room }) => on && room === null);
  return homeless || !found.length ? [...found, { id: null, name: null }] : found;
}

/* Show a room that is not in use yet as a column. */
export function openRoom(id) {
  view.opened = new Set([...(view.opened ?? []), id]);
  redraw();
}
