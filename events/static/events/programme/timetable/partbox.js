/* A part as it stands in the timetable: an option of a listbox, the same element as long as it is
   drawn on that day, so that focus and a running drag stay with it. */
import { store } from "../store.js";
import * as clashing from "./clashing.js";
import * as moving from "./moving.js";
import { hours, icon, label, make, say } from "./words.js";
import { view } from "./view.js";

const HUES = {
  registration: "plain", break: "plain", free_time: "plain", meal: "meal", reception: "meal",
  keynote: "speech", address: "speech", ceremony: "formal", signing: "formal", launch: "formal",
  panel: "panel", bilateral: "meeting", one_to_one: "meeting", site_visit: "way", transfer: "way",
  photo_call: "media", media_remarks: "media",
};
const SYMBOLS = { hard: "error", soft: "warning", overridden: "verified" };
const boxes = new Map();

export const keyOf = (part, on) => `${part.id}@${on ?? ""}`;
export const partOf = (element) => store.parts.get(Number(element?.dataset.part));
export const boxAt = (key) => boxes.get(key);

/* Return the element of a part on a day, with its present words. */
export function boxOf(part, on, { place } = {}) {
  const key = keyOf(part, on);
  if (!boxes.has(key)) boxes.set(key, newBox(part, key));
  const box = boxes.get(key);
  write(box, part, place);
  return box;
}

function newBox(part, key) {
  return make("div", { role: "option", id: `tt-${key.replace("@", "-")}`, "data-part": part.id, "data-key": key });
}

/* Forget the elements that are not drawn any more. */
export function prune() {
  for (const [key, box] of boxes) if (!box.isConnected) boxes.delete(key);
}

function write(box, part, place) {
  const level = clashing.worst(part.id);
  const times = moving.times(part);
  const words = JSON.stringify([part, level, times, place, moving.isMoving(part.id)]);
  box.tabIndex = view.focus === box.dataset.key ? 0 : -1;
  box.setAttribute("aria-selected", view.chosen.has(part.id));
  if (box.words === words) return;
  box.words = words;
  box.className = classes(part, level).join(" ");
  box.replaceChildren(...content(part, level, times, place));
}

function classes(part, level) {
  const found = ["tt-part", `tt-hue-${HUES[part.kind] ?? "session"}`, `tt-is-${part.status}`];
  if (level) found.push("tt-clash", `tt-clash-${level}`);
  if (moving.isMoving(part.id)) found.push("tt-moving");
  return found;
}

function content(part, level, times, place) {
  const who = (part.speakers ?? []).map(({ name }) => name).join(say("and"));
  const found = [
    times ? make("span", { class: "tt-hours" }, hours(times)) : null,
    make("span", { class: "tt-title", dir: "auto" }, part.title || say("untitled")),
    make("span", { class: "tt-marks" }, ...marks(part, level)),
    who ? make("span", { class: "tt-who", dir: "auto" }, who) : null,
    place ? make("span", { class: "tt-place", dir: "auto" }, place) : null,
  ];
  const words = found.filter(Boolean).flatMap((element) => [element, " "]);
  const edge = make("span", { class: "tt-edge", "aria-hidden": "true" });
  return [make("span", { class: "tt-in" }, ...words), ...(moving.mayMove(part) && times ? [edge] : [])];
}

/* Return what else is to be known of a part: a symbol to see, a word to hear. */
function* marks(part, level) {
  if (level) yield mark(SYMBOLS[level], say(`clash-${level}`), `tt-mark-${level}`);
  if (part.visibility === "internal") yield mark("lock", label("visibilities", "internal"));
  if (part.status !== "confirmed") yield make("span", { class: "tt-state" }, label("statuses", part.status));
}

function mark(symbol, text, style = "") {
  const hidden = make("span", { class: "tt-hidden" }, text);
  return make("span", { class: `tt-mark ${style}`, title: text }, icon(symbol), hidden);
}
