/* Clashes: how they are drawn, named, mended and overridden, and what a move would clash with. */
import { store } from "../store.js";
import * as moving from "./moving.js";
import { fieldsOf, timesOf } from "./layout.js";
import { hours, say } from "./words.js";

const OFF = new Set(["cancelled", "postponed"]);

/* Return how serious a clash is: hard, soft, or overridden. */
export function levelOf(clash) {
  if (clash.overridden) return "overridden";
  return clash.soft ? "soft" : "hard";
}

export const of = (id) => store.clashes.filter(({ ids }) => ids.includes(id));

/* Return the most serious level among the clashes of a part; null if it has none. */
export function worst(id) {
  const levels = new Set(of(id).map(levelOf));
  return ["hard", "soft", "overridden"].find((level) => levels.has(level)) ?? null;
}

/* Return the parts with which a part would clash where it is drawn now: by room or by speaker. */
export function ahead(part) {
  const times = moving.times(part);
  if (!times) return [];
  const room = moving.room(part);
  const speakers = new Set((part.speakers ?? []).map(({ id }) => id));
  return [...store.parts.values()].filter((other) => {
    if (other.id === part.id || OFF.has(other.status) || isRelated(part, other)) return false;
    const its = moving.times(other);
    if (!its || its.start >= times.end || its.end <= times.start) return false;
    const shared = (other.speakers ?? []).some(({ id }) => speakers.has(id));
    return shared || (room !== null && moving.room(other) === room);
  });
}

function isRelated(one, other) {
  const above = (part) => {
    const found = [];
    for (let id = part.parent; id; id = store.parts.get(id)?.parent) found.push(id);
    return found;
  };
  return above(one).includes(other.id) || above(other).includes(one.id);
}

/* Return the edit that lets the later of two parts begin when the earlier ends; null if it cannot. */
export function mend(clash) {
  const pair = clash.ids.map((id) => store.parts.get(id));
  const zone = store.event.zone;
  if (pair.length < 2 || pair.some((part) => !part || !timesOf(part, zone))) return null;
  pair.sort((one, other) => timesOf(one, zone).start - timesOf(other, zone).start);
  const [first, second] = pair;
  if (!moving.mayMove(second) || isRelated(first, second)) return null;
  const [before, times] = [timesOf(first, zone), timesOf(second, zone)];
  if (before.end <= times.start) return null;
  const later = { ...times, start: before.end, end: before.end + times.end - times.start };
  const wanted = fieldsOf(second, later, zone);
  const changed = Object.keys(wanted).filter((name) => wanted[name] !== second[name]);
  const pick = (from) => Object.fromEntries(changed.map((name) => [name, from[name]]));
  const edit = { op: "set", id: second.id, was: pick(second), to: pick(wanted) };
  return { edit, text: say("mend", { title: second.title, hours: hours(later) }) };
}
