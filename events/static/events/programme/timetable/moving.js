/* A move that is not stored yet. Dragging, keys and the buttons of the bar change it, the timetable
   draws it at once, and it is stored as one step, or left. */
import { store } from "../store.js";
import { redraw } from "./view.js";
import { fieldsOf, timesOf } from "./layout.js";

const USUAL = 30; // minutes of a part that had no time
let move = null;
const pending = new Map(); // what was sent of parts and is not answered yet, by their keys

const zone = () => store.event.zone;

/* Return a part as it will be when all that was sent is stored. */
const soon = (part) => ({ ...part, ...pending.get(part.id) });

export const current = () => move;
export const isMoving = (id) => move?.parts.has(id) ?? false;

/* Return the parts below one, at every level. */
export function below(id) {
  const found = [];
  for (const part of store.parts.values()) {
    if (part.parent === id) found.push(part, ...below(part.id));
  }
  return found;
}

export const mayMove = (part) => Boolean(part?.may_change) && part.status !== "cancelled";

/* Begin to move parts, with what stands below them; the first leads. Return whether one may. */
export function begin(ids, { stretching = false, dragging = false } = {}) {
  const lead = store.parts.get(ids[0]);
  if (!mayMove(lead)) return false;
  const all = ids.map((id) => store.parts.get(id)).filter(mayMove);
  if (!stretching) all.push(...ids.flatMap(below).filter(mayMove));
  all.sort((one, other) => one.depth - other.depth); // what stands below a part follows it
  const parts = new Map(all.map(soon).map((part) => [part.id, { ...part, times: timesOf(part, zone()) }]));
  move = { lead: lead.id, parts, minutes: 0, stretch: 0, room: undefined, placed: null, dragging };
  redraw();
  return true;
}

export function by({ minutes = 0, stretch = 0 }) {
  move.minutes += minutes;
  move.stretch = Math.max(move.stretch + stretch, shortestStretch());
  redraw();
}

/* Put the lead at a time of the clock of the timetable, and the others along with it. */
export function to({ start, end, room }) {
  const lead = move.parts.get(move.lead);
  if (start !== undefined) {
    if (lead.times) move.minutes = start - lead.times.start;
    else move.placed = start;
  }
  if (end !== undefined && lead.times) {
    move.stretch = Math.max(end - lead.times.end, shortestStretch());
  }
  if (room !== undefined) move.room = room;
  redraw();
}

function shortestStretch() {
  const { times } = move.parts.get(move.lead);
  return times ? times.start + 5 - times.end : 0;
}

export function leave() {
  move = null;
  redraw();
}

/* Return the times at which a part is drawn now: null without a time of day. */
export function times(part) {
  const moved = move?.parts.get(part.id);
  return moved ? movedTimes(moved) : timesOf(soon(part), zone());
}

function movedTimes(moved) {
  if (!moved.times) return moved.id === move.lead ? placedTimes() : null;
  const stretch = moved.id === move.lead ? move.stretch : 0;
  const { start, end, open } = moved.times;
  return { start: start + move.minutes, end: end + move.minutes + stretch, open: open && !stretch };
}

function placedTimes() {
  if (move.placed === null) return null;
  const start = move.placed + move.minutes;
  return { start, end: start + USUAL + move.stretch, open: false };
}

/* Return the room in which a part is drawn now. Parts in the room of the lead go along with it. */
export function room(part) {
  const moved = move?.parts.get(part.id);
  if (!moved || move.room === undefined) return (moved ?? soon(part)).room;
  const lead = move.parts.get(move.lead);
  return moved.id === lead.id || moved.room === lead.room ? move.room : moved.room;
}

/* Store the move, which is drawn where it goes until the store has answered. Return what that says;
   null if nothing has moved. */
export async function set() {
  const edits = move ? [...move.parts.values()].map(editOf).filter(Boolean) : [];
  const sent = edits.map(({ id, to: fields }) => [id, { ...pending.get(id), ...fields }]);
  for (const [id, fields] of sent) pending.set(id, fields);
  leave();
  const done = edits.length ? await store.send(edits) : null;
  for (const [id, fields] of sent) if (pending.get(id) === fields) pending.delete(id);
  redraw();
  return done;
}

/* Leave a move whose part somebody else has taken away. */
export function prune() {
  if (move && !store.parts.has(move.lead)) move = null;
}

function editOf(moved) {
  const now = movedTimes(moved);
  const fields = now && !isSame(now, moved.times) ? fieldsOf(moved, now, zone()) : {};
  const wanted = { ...fields, room: room(moved) };
  const changed = Object.keys(wanted).filter((name) => wanted[name] !== moved[name]);
  if (!changed.length) return null;
  const pick = (from) => Object.fromEntries(changed.map((name) => [name, from[name]]));
  return { op: "set", id: moved.id, was: pick(moved), to: pick(wanted) };
}

function isSame(one, other) {
  return Boolean(other) && one.start === other.start && one.end === other.end;
}

/* Shift parts as a block, with what stands below them: one edit, whatever their number. */
export function shift(ids, { minutes, days }) {
  const all = new Set(ids.flatMap((id) => [id, ...below(id).map((part) => part.id)]));
  const may = [...all].filter((id) => mayMove(store.parts.get(id)) && store.parts.get(id).on);
  return may.length ? store.send([{ op: "shift", ids: may, ...(days ? { days } : { minutes }) }]) : null;
}

/* Take the time of parts away, or the day too, so that they wait beside the timetable. */
export function unplace(ids, { day = false } = {}) {
  const timed = ids.map((id) => store.parts.get(id)).filter((part) => mayMove(part) && part.on);
  const names = day ? ["on", "from", "until_on", "to"] : ["from", "until_on", "to"];
  const edits = timed.map((part) => ({
    op: "set",
    id: part.id,
    was: Object.fromEntries(names.map((name) => [name, part[name]])),
    to: Object.fromEntries(names.map((name) => [name, null])),
  }));
  return edits.length ? store.send(edits) : null;
}
