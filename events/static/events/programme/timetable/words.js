/* Texts in the language of the page, elements, and how times and days are written. */
import { clockText, DAY } from "../clock.js";

const root = () => document.getElementById("timetable-words");
const language = () => document.documentElement.lang || "en";

/* Return a text with its values filled in: "{number} chosen". */
export function say(name, values = {}) {
  const text = root()?.getAttribute(`data-${name}`) ?? name;
  return text.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
}

const labels = {};

/* Return the label of a kind, status or visibility. */
export function label(field, value) {
  labels[field] ??= JSON.parse(root()?.getAttribute(`data-${field}`) ?? "{}");
  return labels[field][value] ?? value ?? "";
}

export function dayLabel(on, style = "long") {
  const fields = {
    long: { weekday: "long", day: "numeric", month: "long" },
    short: { weekday: "short", day: "numeric", month: "short" },
  }[style];
  const format = new Intl.DateTimeFormat(language(), { ...fields, timeZone: "UTC" });
  return format.format(new Date(`${on}T00:00Z`));
}

/* Return 09:00–10:30, and +1 if it ends on a later day. */
export function hours({ start, end, open }) {
  if (open) return clockText(start);
  const later = Math.floor((end - 1) / DAY) - Math.floor(start / DAY);
  const mark = end > start && later > 0 ? ` +${later}` : "";
  return `${clockText(start)}–${clockText(end)}${mark}`;
}

/* Return an element with attributes; those with a function as value listen to events. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/* Return a symbol that says nothing to a screen reader. */
export const icon = (name) =>
  make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);

/* Return a button with an icon, a text, or an icon whose text is its name. */
export function button(text, act, { symbol, quiet, ...attributes } = {}) {
  const named = symbol && quiet ? { "aria-label": text, title: text } : {};
  const content = symbol ? [icon(symbol), ...(quiet ? [] : [text])] : [text];
  return make("button", { type: "button", click: act, ...named, ...attributes }, ...content);
}
