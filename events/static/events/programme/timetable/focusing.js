/* Showing one part: its day, its place in the timetable, and the focus on it. */
import { store } from "../store.js";
import { dayOf, dayText } from "./clock.js";
import * as moving from "./moving.js";
import { ALL, isNarrow, view } from "./view.js";

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
