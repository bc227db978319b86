/* The sheet below the timetable: what is chosen and what can be done with it; while a part is moved,
   large buttons that do what the arrow keys do. */
import { store } from "../store.js";
import * as chosen from "./chosen.js";
import * as clashpanel from "./clashpanel.js";
import * as clashing from "./clashing.js";
import * as keys from "./keys.js";
import * as moving from "./moving.js";
import * as saying from "./saying.js";
import { shownColumns } from "./drawing.js";
import { days, redraw, view } from "./view.js";
import { button, dayLabel, hours, label, make, say } from "./words.js";

let written = "";
let usual = 15; // minutes of the last shift

/* Draw the sheet again if anything in it has changed; the focus stays in the same field. */
export function draw(root) {
  const sheet = root.querySelector(".tt-sheet");
  const move = moving.current();
  if (move && sheet.dataset.move === `${move.lead} ${move.dragging}`) return keepPad(sheet);
  const parts = [...view.chosen].map((id) => store.parts.get(id)).filter(Boolean);
  const words = move ? "" : JSON.stringify([parts, parts.flatMap(({ id }) => clashing.of(id))]);
  if (words && words === written) return undefined;
  written = words;
  sheet.dataset.move = move ? `${move.lead} ${move.dragging}` : "";
  const focused = sheet.contains(document.activeElement) ? document.activeElement : null;
  const kept = focused?.value;
  sheet.hidden = !move && !parts.length;
  sheet.replaceChildren(...(move ? movePad() : parts.length ? about(parts) : []));
  return restore(sheet, focused?.dataset.name, kept);
}

/* Only the words of a pad change while its part is moved, so that no button is lost under a finger. */
function keepPad(sheet) {
  sheet.querySelector(".tt-sheet-head").replaceWith(moveHead());
}

function restore(sheet, name, value) {
  const field = name && sheet.querySelector(`[data-name="${name}"]`);
  if (!field) return;
  if (field.tagName === "INPUT") field.value = value;
  field.focus({ preventScroll: true });
}

function moveHead() {
  const part = store.parts.get(moving.current().lead);
  const others = clashing.ahead(part).length;
  return make("div", { class: "tt-sheet-head" },
    make("strong", { dir: "auto" }, part.title),
    make("span", { class: others ? "tt-where tt-where-clash" : "tt-where" }, saying.whereNow()));
}

function* movePad() {
  yield moveHead();
  if (moving.current().dragging) return;
  const press = (name, symbol, act) => button(say(name), act, { symbol, "data-name": name });
  const rooms = shownColumns().length + store.rooms.length > 1;
  yield make("div", { class: "tt-pad" },
    press("earlier", "arrow_upward", () => keys.nudge([0, -1])),
    press("later", "arrow_downward", () => keys.nudge([0, 1])),
    rooms ? press("room-before", "arrow_back", () => keys.nudge([-1, 0])) : null,
    rooms ? press("room-after", "arrow_forward", () => keys.nudge([1, 0])) : null,
    press("shorter", "unfold_less", () => keys.nudge([0, -1], { stretch: true })),
    press("longer", "unfold_more", () => keys.nudge([0, 1], { stretch: true })),
    days().length > 1 ? press("day-before", "keyboard_double_arrow_left", () => keys.nudgeDay(-1)) : null,
    days().length > 1 ? press("day-after", "keyboard_double_arrow_right", () => keys.nudgeDay(1)) : null);
  yield make("div", { class: "tt-actions" },
    button(say("set"), () => keys.finish(), { class: "tt-primary", "data-name": "set" }),
    button(say("leave"), () => keys.leave(), { "data-name": "leave" }));
}

function* about(parts) {
  yield head(parts);
  if (parts.length === 1) yield* clashpanel.listOf(clashing.of(parts[0].id));
  const may = parts.some(moving.mayMove);
  yield make("div", { class: "tt-actions" }, ...actions(parts, may));
}

function head(parts) {
  const close = button(say("close"), () => chosen.clear(), { symbol: "close", quiet: true, class: "tt-close" });
  if (parts.length > 1) {
    return make("div", { class: "tt-sheet-head" }, make("strong", {}, say("chosen", { number: parts.length })), close);
  }
  const [part] = parts;
  const times = moving.times(part);
  const facts = [
    part.on ? dayLabel(part.on, "short") : null,
    times ? hours(times) : say("no-time"),
    part.room ? saying.roomName(part.room) : part.place,
    label("kinds", part.kind),
    label("statuses", part.status),
    label("visibilities", part.visibility),
  ];
  return make("div", { class: "tt-sheet-head" },
    make("strong", { dir: "auto" }, part.title),
    make("span", { class: "tt-where" }, facts.filter(Boolean).join(" · ")),
    close);
}

function* actions(parts, may) {
  const [part] = parts;
  const one = parts.length === 1;
  if (one) yield button(say("open"), () => keys.openPart(part), { symbol: "edit", "data-name": "open" });
  if (!may) return;
  if (one) yield button(say("move"), () => startMove(part), { symbol: "open_with", "data-name": "move" });
  if (one && part.from) yield* onwards(part);
  yield shiftField(parts);
  if (days().length > 1) {
    yield button(say("day-before"), () => shift({ days: -1 }), { "data-name": "day-before" });
    yield button(say("day-after"), () => shift({ days: 1 }), { "data-name": "day-after" });
  }
  if (parts.some(({ from }) => from)) {
    yield button(say("take-time"), () => run(moving.unplace(ids()), say("time-taken")), { "data-name": "take-time" });
  }
}

/* Return buttons that choose also what follows, and lead to the minutes of the shift. */
function* onwards(part) {
  const choose = (everywhere) => {
    chosen.fromHere(part.id, { everywhere });
    document.addEventListener("programme:drawn", () => minutesField()?.select(), { once: true });
  };
  yield button(say("from-here"), () => choose(false), { symbol: "south", "data-name": "from-here" });
  if (shownColumns().length > 1 || store.rooms.length > 1) {
    yield button(say("from-here-all"), () => choose(true), { symbol: "south", "data-name": "from-here-all" });
  }
}

const minutesField = () => document.querySelector(".tt-sheet [data-name=minutes]");
const ids = () => [...view.chosen];

function startMove(part) {
  if (keys.start(part)) document.addEventListener("programme:drawn", () => document.querySelector(".tt-pad button")?.focus(), { once: true });
}

/* A number of minutes and two buttons: earlier and later; Enter is later. */
function shiftField() {
  const enter = (event) => event.key === "Enter" && (event.preventDefault(), shift({ minutes: minutes() }));
  const field = make("input", {
    type: "number", min: 1, max: 720, step: 1, value: usual, "data-name": "minutes", inputmode: "numeric",
    "aria-label": say("minutes"), keydown: enter,
  });
  const minutes = () => Math.round(Number(field.value)) || 0;
  return make("span", { class: "tt-shift", role: "group", "aria-label": say("shift") },
    button(say("earlier-short"), () => shift({ minutes: -minutes() }), { "data-name": "shift-earlier" }),
    field, make("span", {}, say("minutes-short")),
    button(say("later-short"), () => shift({ minutes: minutes() }), { "data-name": "shift-later" }));
}

function shift(by) {
  if (!by.minutes && !by.days) return undefined;
  usual = Math.abs(by.minutes ?? usual) || usual;
  const number = view.chosen.size;
  return run(moving.shift(ids(), by), say("shifted", { number }));
}

async function run(sent, text) {
  if (sent) saying.outcome(await sent, text);
  redraw();
}
