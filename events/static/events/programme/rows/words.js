/* The words of the rows, their buttons, and how times are read. */
import { clockText, dayNumber, dayText } from "../clock.js";
import { dayLabel as dayName, icon, make, texts } from "../elements.js";

export { icon, labels, make } from "../elements.js";

const MOST_DAYS = 60;

export const say = texts("rows-words");

export const dayLabel = (on) => dayName(on, "short");

export const button = (text, act, attributes = {}) => make("button", { type: "button", click: act, ...attributes }, text);

/* Return a button that is an icon; its text is its name. */
export const iconButton = (symbol, text, act, attributes = {}) =>
  button(icon(symbol), act, { class: "rows-small", title: text, "aria-label": text, ...attributes });

/* Say something to a screen reader. */
export function announce(text) {
  const live = document.getElementById("rows-live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

/* Return 08:30 for 830, 8.30 and 8; null for nothing; undefined for what is no time. */
export function clock(text) {
  const plain = text.normalize("NFKC").trim();
  if (!plain) return null;
  const half = /^(上午|下午|晚上)?\s*(\d{1,2})(?:[:.h時时点點]?(\d\d))?[分時时点點]?\s*(am|pm|a\.m\.|p\.m\.)?$/i.exec(plain);
  if (!half) return undefined;
  let hour = Number(half[2]);
  const late = /^(下午|晚上)$/.test(half[1] ?? "") || /^p/i.test(half[4] ?? "");
  const early = half[1] === "上午" || /^a/i.test(half[4] ?? "");
  if (late && hour < 12) hour += 12;
  if (early && hour === 12) hour = 0;
  const minute = Number(half[3] ?? 0);
  if (hour > 23 || minute > 59) return undefined;
  return clockText(hour * 60 + minute);
}

/* The days of the event, not too many to choose from. */
export function days(event) {
  if (!event.on) return [];
  const first = dayNumber(event.on);
  const number = dayNumber(event.until_on ?? event.on) - first + 1;
  return Array.from({ length: Math.min(number, MOST_DAYS) }, (_none, at) => dayText(first + at));
}
