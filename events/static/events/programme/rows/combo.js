/* A field that offers what is on record while somebody types: rooms, places, people. */
import { announce, make, say } from "./words.js";

const PAUSE = 150; // milliseconds after a key before the server is asked
let open = null; // { input, list, options, chosen, take }
let timer = 0;
let asked = null;

/* `find(text, signal)` returns options `{label, value, isMeant}`, `take(value)` gets the chosen one.
   The first option is chosen at once if it is what the text means; else nothing is before ↓. */
export function combo(input, { find, take }) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", autocomplete: "off" })) {
    input.setAttribute(name, value);
  }
  const ask = () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer(input, find, take), PAUSE);
  };
  input.addEventListener("input", ask);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && !open && input.value.trim()) return ask();
    if (!open || open.input !== input) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      event.stopPropagation();
      choose(open.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if ((event.key === "Enter" || event.key === "Tab") && open.chosen >= 0) {
      const { value } = open.options[open.chosen];
      if (event.key === "Enter") {
        event.preventDefault();
        event.stopPropagation();
      }
      close();
      take(value);
    }
  });
}

async function offer(input, find, take) {
  const text = input.value.trim();
  asked?.abort();
  if (!text) return close();
  asked = new AbortController();
  const { signal } = asked;
  let options = [];
  try {
    options = await find(text, signal);
  } catch {
    if (signal.aborted) return;
  }
  if (document.activeElement !== input || input.value.trim() !== text) return;
  close();
  if (!options.length) return;
  const items = options.map(({ label }, at) =>
    make("li", { role: "option", id: `rows-option-${at}`, "aria-selected": "false", dir: "auto", mousedown: (event) => {
      event.preventDefault();
      close();
      take(options[at].value);
    } }, label),
  );
  const list = make("ul", { class: "rows-found", id: "rows-found", role: "listbox", "aria-label": input.getAttribute("aria-label") }, ...items);
  input.after(list);
  input.setAttribute("aria-expanded", "true");
  input.setAttribute("aria-controls", "rows-found");
  open = { input, list, options, chosen: -1, take };
  if (options[0].isMeant) choose(0);
  announce(say("found", { number: options.length }));
}

function choose(at) {
  const all = [...open.list.children];
  open.chosen = (at + all.length) % all.length;
  all.forEach((item, index) => item.setAttribute("aria-selected", String(index === open.chosen)));
  open.input.setAttribute("aria-activedescendant", all[open.chosen].id);
  all[open.chosen].scrollIntoView({ block: "nearest" });
}

export function close() {
  clearTimeout(timer);
  if (!open) return;
  open.list.remove();
  open.input.setAttribute("aria-expanded", "false");
  open.input.removeAttribute("aria-activedescendant");
  open = null;
}

export async function suggestions(what, text, signal) {
  const root = document.getElementById("programme");
  const query = new URLSearchParams({ find: text, what });
  const answer = await fetch(`${root.dataset.find}?${query}`, { signal });
  return answer.json();
}
