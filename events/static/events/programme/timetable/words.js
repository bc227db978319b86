/* The words of the timetable, and how its times are written. */
import { clockText, DAY } from "../clock.js";
import { icon, labels, make, texts } from "../elements.js";

export { dayLabel, icon, make } from "../elements.js";

export const say = texts("timetable-words");

/* Return the label of a kind, status or visibility. */
export const label = (name, value) => labels(name)[value] ?? value ?? "";

/* Return 09:00–10:30, and +1 if it ends on a later day. */
export function hours({ start, end, open }) {
  if (open) return clockText(start);
  const later = Math.floor((end - 1) / DAY) - Math.floor(start / DAY);
  const mark = end > start && later > 0 ? ` +${later}` : "";
  return `${clockText(start)}–${clockText(end)}${mark}`;
}

/* Return a button with an icon, a text, or an icon whose text is its name. */
export function button(text, act, { symbol, quiet, ...attributes } = {}) {
  const named = symbol && quiet ? { "aria-label": text, title: text } : {};
  const content = symbol ? [icon(symbol), ...(quiet ? [] : [text])] : [text];
  return make("button", { type: "button", click: act, ...named, ...attributes }, ...content);
}
