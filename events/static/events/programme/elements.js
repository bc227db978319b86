/* What both views of a programme are made of: elements, texts in the language of the page, days. */

const language = document.documentElement.lang || "en";

/* Return a function that returns the texts of a template, with their values filled in:
   “{number} chosen”. */
export function texts(id) {
  const words = () => document.getElementById(id);
  return (name, values = {}) => {
    const text = words()?.getAttribute(`data-${name}`) ?? name;
    return text.replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
  };
}

const tables = {};

/* Return the labels of `kinds`, `statuses` or `visibilities` by their keys. */
export function labels(name) {
  const page = document.getElementById("programme");
  tables[name] ??= JSON.parse(page?.getAttribute(`data-${name}`) || "{}");
  return tables[name];
}

const DAYS = {
  long: { weekday: "long", day: "numeric", month: "long" },
  short: { weekday: "short", day: "numeric", month: "short" },
};

export function dayLabel(on, style = "long") {
  const format = new Intl.DateTimeFormat(language, { ...DAYS[style], timeZone: "UTC" });
  return format.format(new Date(`${on}T00:00Z`));
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
export const icon = (name) => make("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);
