/* What is chosen: one part or several, and what of the programme follows from here on. */
import { store } from "../store.js";
import { dayOf, dayText } from "../clock.js";
import { timesOf } from "./layout.js";
import * as moving from "./moving.js";
import { ALL, isNarrow, parts, redraw, view } from "./view.js";

export function only(id) {
  view.chosen = new Set([id]);
  view.anchor = id;
  redraw();
}

export function toggle(id) {
  if (view.chosen.has(id)) view.chosen.delete(id);
  else view.chosen.add(id);
  view.anchor = id;
  redraw();
}

export function clear() {
  view.chosen.clear();
  redraw();
}

const startOf = (part) => timesOf(part, store.event.zone)?.start ?? Infinity;

/* Choose all parts of a day between the one that was chosen last and another. */
export function range(id) {
  const ends = [store.parts.get(view.anchor), store.parts.get(id)];
  if (ends.some((part) => !part)) return only(id);
  const [first, last] = ends.map(startOf).sort((one, other) => one - other);
  const rooms = new Set(ends.map(({ room }) => room));
  for (const part of parts()) {
    const start = startOf(part);
    if (start >= first && start <= last && rooms.has(part.room)) view.chosen.add(part.id);
  }
  redraw();
}

/* Choose also what begins later on the same day: in the same room, or in every room. */
export function fromHere(id, { everywhere }) {
  const here = store.parts.get(id);
  const all = parts().filter(
    (part) => part.on === here.on && startOf(part) >= startOf(here) && (everywhere || part.room === here.room),
  );
  view.chosen = new Set([id, ...all.filter(({ from }) => from).map((part) => part.id)]);
  redraw();
}

export function all(on) {
  view.chosen = new Set(parts().filter((part) => part.on === on).map(({ id }) => id));
  redraw();
}

/* Forget what is gone. */
export function prune() {
  view.chosen = new Set([...view.chosen].filter((id) => store.parts.has(id)));
}

/* Show one part: its day, its place in the timetable, and the focus on it. */
export function focusPart(id) {
  const part = store.parts.get(id);
  if (!part) return;
  const times = moving.times(part);
  const on = times ? dayText(dayOf(times.start)) : part.on;
  if (on && view.on !== ALL) view.on = on;
  if (isNarrow() && view.room !== null && view.room !== String(part.room)) view.room = null;
  view.chosen = new Set([id]);
  view.focus = `${id}@${on ?? ""}`;
  document.dispatchEvent(new CustomEvent("programme:draw"));
  const box = document.querySelector(`#timetable [data-key="${view.focus}"]`);
  box?.focus({ preventScroll: true });
  box?.scrollIntoView({ block: "center", inline: "nearest" });
}
