/* A new part, written where it stands: by a double click on a free place, or by N after another. */
import { store } from "../store.js";
import { clockText, DAY, dayNumber, dayOf, dayText } from "../clock.js";
import * as moving from "./moving.js";
import * as saying from "./saying.js";
import { redraw, view } from "./view.js";
import { make, say } from "./words.js";

const USUAL = 30; // minutes of a new part
const STEP = 5; // minutes to which a place is rounded down
let asked = null; // where the new part begins: day, minute and column, and its form

export function listen(root, spotAt) {
  root.addEventListener("dblclick", ({ target, clientX, clientY }) => {
    if (!target.closest(".tt-column") || target.closest(".tt-part, .tt-add")) return;
    const spot = spotAt(clientX, clientY);
    if (spot && spot.room !== undefined) ask(Math.floor(spot.minute / STEP) * STEP, spot.room);
  });
  document.addEventListener("programme:drawn", () => show(root));
}

/* Ask for a part that begins when another ends, in the same room. */
export function after(part) {
  const times = moving.times(part);
  if (times) ask(times.end, moving.room(part));
}

function ask(start, room) {
  if (!store.event.may_add) return;
  const field = make("input", { "aria-label": say("new-title"), placeholder: say("new-title"), maxlength: 300, required: true });
  const form = make("form", { class: "tt-add", submit: add, keydown: leaveOnEscape, focusout: leaveIfEmpty }, field);
  asked = { start, room, form, field };
  redraw();
}

/* Put the form where it belongs whenever the timetable is drawn again. */
function show(root) {
  if (!asked) return;
  const { start, room, form, field } = asked;
  const on = dayText(dayOf(start));
  const column = root.querySelector(`.tt-column[data-on="${on}"][data-column="${room ?? ""}"]`);
  if (!column) return void (asked = null);
  form.style.setProperty("--tt-from", start - dayNumber(on) * DAY);
  form.style.setProperty("--tt-length", USUAL);
  column.append(form);
  field.focus({ preventScroll: true });
}

function leave() {
  asked?.form.remove();
  asked = null;
}

function leaveOnEscape(event) {
  event.stopPropagation();
  if (event.key === "Escape") leave();
}

function leaveIfEmpty({ currentTarget }) {
  if (currentTarget.isConnected && !asked?.field.value.trim()) leave();
}

async function add(event) {
  event.preventDefault();
  const { start, room, field } = asked;
  const title = field.value.trim();
  if (!title) return;
  const [on, until] = [start, start + USUAL].map((wall) => dayText(dayOf(wall)));
  const to = { title, on, from: clockText(start), until_on: until, to: clockText(start + USUAL), room };
  const before = new Set(store.parts.keys());
  leave();
  const done = await store.send([{ op: "add", key: `part-${Date.now()}`, to }]);
  saying.outcome(done, say("added", { title }));
  const made = [...store.parts.keys()].find((id) => !before.has(id));
  if (done.ok && made) view.wanted = `${made}@${on}`;
  redraw();
}
