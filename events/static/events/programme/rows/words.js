/* Texts in the language of the page, and elements. */

const words = () => document.getElementById("rows-words");

/* Return a text with its values filled in: "{number} chosen". */
export function say(name, values = {}) {
  const text = words()?.getAttribute(`data-${name}`) ?? name;
  return text.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
}

const tables = {};

/* Return the labels of `kinds`, `statuses` or `visibilities` by their keys. */
export function labels(name) {
  tables[name] ??= JSON.parse(words()?.getAttribute(`data-${name}`) || "{}");
  return tables[name];
}

/* Return an element; attributes with a function as value listen to events. */
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

export const button = (text, act, attributes = {}) => make("button", { type: "button", click: act, ...attributes }, text);

/* Return a button that is an icon; its text is its name. */
export const iconButton = (symbol, text, act, attributes = {}) =>
  button(icon(symbol), act, { class: "rows-small", title: text, "aria-label": text, ...attributes });

export const icon = (symbol) => make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, symbol);

/* Say something to a screen reader. */
export function announce(text) {
  const live = document.getElementById("rows-live");
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

const language = document.documentElement.lang || "en";

export function dayLabel(on) {
  const format = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  return format.format(new Date(`${on}T00:00Z`));
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
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/* The days of the event, at most sixty. */
export function days(event) {
  if (!event.on) return [];
  const found = [];
  const last = Date.parse(`${event.until_on ?? event.on}T00:00Z`);
  for (let at = Date.parse(`${event.on}T00:00Z`); at <= last && found.length < 60; at += 86_400_000) {
    found.push(new Date(at).toISOString().slice(0, 10));
  }
  return found;
}
