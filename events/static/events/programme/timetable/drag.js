/* Moving with mouse, pen or finger. A finger begins a move by resting on a part, so that a phone
   still scrolls; Alt moves by single minutes instead of five. */
import { dayNumber, DAY } from "../clock.js";
import * as chosen from "./chosen.js";
import * as keys from "./keys.js";
import * as moving from "./moving.js";
import { partOf } from "./partbox.js";
import * as saying from "./saying.js";
import { ELSEWHERE, redraw, showDay, view } from "./view.js";
import { say } from "./words.js";

const FAR = 4; // pixels that a mouse moves before it drags
const LONG = 400; // milliseconds that a finger rests before it drags
const TURN = 450; // milliseconds over the button of a day until that day is shown
const EDGE = 48; // pixels from the edge of the window where it scrolls

let grip = null;

export function listen(root) {
  root.addEventListener("pointerdown", (event) => down(event, root));
  root.addEventListener("pointermove", move);
  root.addEventListener("pointerup", up);
  root.addEventListener("pointercancel", cancel);
  root.addEventListener("contextmenu", (event) => grip?.touch && event.preventDefault());
  root.addEventListener("dblclick", ({ target }) => {
    const part = partOf(target.closest(".tt-part"));
    if (part) keys.openPart(part);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && grip?.dragging) event.stopPropagation(), drop(), keys.leave();
  }, true);
}

function down(event, root) {
  const box = event.target.closest(".tt-part");
  if (!box || event.button || moving.current()) return;
  const part = partOf(box);
  if (!part) return;
  const { target } = event; // a touch stays with it, even if it is drawn anew
  grip = { root, box, part, target, id: event.pointerId, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch", edge: Boolean(event.target.closest(".tt-edge")) };
  if (!grip.touch) return;
  grip.timer = setTimeout(() => begin(event), LONG);
  target.addEventListener("touchmove", still, { passive: false });
}

/* Keep the page from scrolling under a finger that drags. */
function still(event) {
  if (grip?.dragging) event.preventDefault();
}

function begin({ clientX, clientY }) {
  const { part, edge, root, id } = grip;
  if (!moving.mayMove(part) || !moving.begin(edge ? [part.id] : keys.group(part.id), { stretching: edge, dragging: true })) return;
  grip.dragging = true;
  grip.offset = offsetIn(clientX, clientY);
  root.setPointerCapture(id);
  root.classList.add(edge ? "tt-stretching" : "tt-dragging");
  if (grip.touch) navigator.vibrate?.(10);
  scrollOn();
}

/* Return how many minutes after the start of the part the pointer holds it. */
function offsetIn(x, y) {
  const spot = spotAt(x, y);
  const times = moving.times(grip.part);
  return spot && times ? spot.minute - times.start : 0;
}

function move(event) {
  if (!grip || event.pointerId !== grip.id) return;
  const far = Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > FAR;
  if (!grip.dragging) {
    if (far && grip.touch) forget();
    else if (far) begin({ clientX: grip.x, clientY: grip.y });
    if (!grip?.dragging) return;
  }
  grip.at = { x: event.clientX, y: event.clientY, fine: event.altKey };
  follow();
}

function follow() {
  if (!moving.current()) return;
  const { x, y, fine } = grip.at;
  turnTo(dayUnder(x, y));
  grip.out = grip.edge ? null : under(x, y, ".tt-tray, .tt-strip");
  const spot = spotAt(x, y);
  if (!spot) return;
  const snap = fine ? 1 : 5;
  const minute = Math.round((spot.minute - (grip.edge ? 0 : grip.offset)) / snap) * snap;
  if (grip.edge) moving.to({ end: minute });
  else moving.to({ start: minute, room: spot.room });
}

const under = (x, y, selector) => document.elementsFromPoint(x, y).map((element) => element.closest(selector)).find(Boolean);

/* Return minute and room at a point of the window. */
export function spotAt(x, y) {
  const column = under(x, y, ".tt-column");
  if (!column) return null;
  const day = column.closest(".tt-day");
  const [first, last] = day.range;
  const { top, height } = column.getBoundingClientRect();
  const minute = first + ((y - top) / height) * (last - first);
  const name = column.dataset.column;
  const room = name === ELSEWHERE ? undefined : name ? Number(name) : null;
  return { minute: dayNumber(day.dataset.on) * DAY + minute, room };
}

const dayUnder = (x, y) => under(x, y, "[data-day]")?.dataset.day;

/* Show another day while the pointer rests on its button. */
function turnTo(on) {
  if (grip.day === on) return;
  clearTimeout(grip.turn);
  grip.day = on;
  if (on) grip.turn = setTimeout(() => showDay(on), TURN);
}

function scrollOn() {
  if (!grip?.dragging) return;
  const { y } = grip.at ?? grip;
  const below = y - (window.innerHeight - EDGE);
  const above = EDGE - y;
  if (Math.max(below, above) > 0) {
    const scroller = scrollable(grip.root);
    scroller.scrollBy(0, (below > 0 ? 1 : -1) * Math.ceil(Math.max(below, above) / 4));
    if (grip.at) follow();
  }
  requestAnimationFrame(scrollOn);
}

function scrollable(element) {
  for (let at = element; at; at = at.parentElement) {
    if (at.scrollHeight > at.clientHeight && /auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.scrollingElement;
}

async function up(event) {
  if (!grip || event.pointerId !== grip.id) return;
  const { dragging, part, out, box } = grip;
  drop();
  if (!dragging) return choose(event, part, box);
  if (!out) return keys.finish();
  moving.leave();
  const day = out.classList.contains("tt-tray");
  return saying.outcome(await moving.unplace(keys.group(part.id), { day }), say("time-taken"));
}

function choose(event, part, box) {
  view.focus = box.dataset.key;
  box.focus({ preventScroll: true });
  if (event.shiftKey) chosen.range(part.id);
  else if (event.ctrlKey || event.metaKey) chosen.toggle(part.id);
  else if (view.chosen.size === 1 && view.chosen.has(part.id)) chosen.clear();
  else chosen.only(part.id);
}

function cancel() {
  if (grip?.dragging) moving.leave();
  drop();
}

function forget() {
  clearTimeout(grip.timer);
  clearTimeout(grip.turn);
  grip.target.removeEventListener("touchmove", still);
  grip = null;
}

function drop() {
  grip?.root.classList.remove("tt-stretching", "tt-dragging");
  if (grip) forget();
  redraw();
}
