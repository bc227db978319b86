/* The timetable as it is drawn: for each day rooms side by side, minutes from top to bottom, and the
   clocks of the event and of its hubs at the side. Positions are set as properties of the style,
   because the policy of the site allows no style in HTML. */
import { store } from "../store.js";
import { clockText, convert, DAY, dayNumber, dayOf, minuteOf, wallAt } from "../clock.js";
import { arrange, rangeOf, segmentsOf } from "./layout.js";
import * as moving from "./moving.js";
import { boxOf } from "./partbox.js";
import { columns, ELSEWHERE, isNarrow, parts, rem, shownDays, view } from "./view.js";
import { dayLabel, make, say } from "./words.js";

const SPARE = 30; // minutes before and after the parts, to move one into
const THIN = 1.25; // rem: the least height of a part

/* Return the elements of all days that are shown, and the parts without a day. */
export function drawDays() {
  return shownDays().map((on) => (isNarrow() && view.room === null ? agenda(on) : grid(on)));
}

export const trayParts = () => parts().filter((part) => !part.on && !moving.times(part));

/* Return the columns of the timetable: on a phone the room that is looked at, else all. */
export function shownColumns() {
  const all = columns();
  if (!isNarrow() || view.room === null) return all;
  return all.filter(({ id }) => String(id) === view.room);
}

function segmentsOn(on) {
  const all = parts().flatMap((part) => {
    const times = moving.times(part);
    return times ? segmentsOf(part, times) : [];
  });
  return all.filter((segment) => segment.on === on);
}

/* Return the column in which a part stands. */
function columnOf(part, shown) {
  const room = moving.room(part);
  if (room === null || shown.some(({ id }) => id === room)) return room;
  return ELSEWHERE;
}

const placeIn = (column, part) => (column === null || column === ELSEWHERE ? part.place : "");

const untimedOn = (on) =>
  parts().filter((part) => part.on && !moving.times(part) && part.on <= on && on <= (part.until_on ?? part.on));

/* A day as a grid of rooms and minutes. */
function grid(on) {
  const shown = shownColumns();
  const segments = segmentsOn(on);
  const [first, last] = rangeOf(segments, eventHours(on), store.event.may_change ? SPARE : 0);
  const clocks = clocksOn(on, first, last);
  const day = make("section", { class: "tt-day", "data-on": on, "aria-label": dayLabel(on) });
  const style = day.style;
  style.setProperty("--tt-columns", shown.length);
  style.setProperty("--tt-clocks", clocks.length);
  style.setProperty("--tt-minute", `${rem() / 10}rem`);
  style.setProperty("--tt-first", first);
  style.setProperty("--tt-minutes", last - first);
  day.append(...(view.on === "all" ? [make("h4", { class: "tt-date" }, dayLabel(on))] : []));
  day.append(heads(clocks, shown), items(on, shown, segments, clocks));
  day.range = [first, last];
  return day;
}

/* Return the hours of the event itself on a day, if it has them and they lie within it. */
function eventHours(on) {
  const { on: first, until_on: until, from, to } = store.event;
  const last = until ?? first;
  if (!from || !to || on < first || on > last) return [];
  return minuteOf(to) > minuteOf(from) ? [[minuteOf(from), minuteOf(to)]] : [];
}

function heads(clocks, shown) {
  const clockHeads = clocks.map(({ name, title }, at) =>
    make("div", { class: at ? "tt-clock-head tt-hub" : "tt-clock-head", title }, name));
  const roomHeads = shown.map(({ name, capacity }) =>
    make("div", { class: "tt-room-head" },
      make("span", { class: "tt-room-name", dir: "auto" }, name ?? say("no-room")),
      capacity ? make("span", { class: "tt-seats" }, say("seats", { number: capacity })) : null));
  return make("div", { class: "tt-heads", "aria-hidden": "true" }, ...clockHeads, ...roomHeads);
}

/* The parts of a day: above those without a time of day, below the others by room. */
function items(on, shown, segments, clocks) {
  const untimed = untimedOn(on);
  const role = { role: "listbox", "aria-multiselectable": "true", "aria-label": dayLabel(on) };
  const box = make("div", { class: "tt-items", ...role });
  if (untimed.length) box.append(strip(on, shown, untimed, clocks));
  const body = make("div", { class: "tt-body" });
  body.append(...clocks.map(clockColumn), ...shown.map((column) => roomColumn(column, on, shown, segments)));
  box.append(body);
  markNow(body, on);
  return box;
}

function strip(on, shown, untimed, clocks) {
  const name = make("div", { class: "tt-strip-name", "aria-hidden": "true" }, say("all-day"));
  name.style.gridColumn = `span ${clocks.length}`;
  const cells = shown.map(({ id, name: room }) => {
    const here = untimed.filter((part) => columnOf(part, shown) === id);
    const boxes = here.map((part) => boxOf(part, on, { place: placeIn(id, part) }));
    return make("div", { class: "tt-cell", role: "group", "aria-label": room ?? say("no-room"), "data-column": id ?? "" }, ...boxes);
  });
  return make("div", { class: "tt-strip", role: "presentation" }, name, ...cells);
}

function roomColumn({ id, name }, on, shown, segments) {
  const here = segments.filter(({ part }) => columnOf(part, shown) === id);
  arrange(here, (THIN / rem()) * 10);
  here.sort((one, other) => one.from - other.from || other.to - one.to);
  const boxes = here.map((segment) => placed(segment, id));
  return make(
    "div",
    { class: "tt-column", role: "group", "aria-label": name ?? say("no-room"), "data-column": id ?? "", "data-on": on },
    ...boxes,
  );
}

function placed(segment, column) {
  const { part, on, from, to, box, holds } = segment;
  const element = boxOf(part, on, { place: placeIn(column, part) });
  const style = element.style;
  style.setProperty("--tt-from", from);
  style.setProperty("--tt-length", to - from);
  style.left = `calc(${box.left[0] * 100}% + ${box.left[1]}rem)`;
  style.width = `calc(${box.width[0] * 100}% + ${box.width[1]}rem - 4px)`;
  for (const [name, is] of Object.entries({ holds, ...flags(segment) })) {
    element.classList.toggle(`tt-${name}`, is);
  }
  return element;
}

const flags = ({ earlier, later, open }) => ({ earlier, later, open });

/* The clocks beside a day: that of the event first, then those of hubs with another time. */
function clocksOn(on, first, last) {
  const zone = store.event.zone;
  const main = { zone, names: [], hours: hourMarks(on, first, last) };
  const all = [{ ...main, marks: main.hours.map((at) => thereAt(at, zone, zone, dayNumber(on))) }];
  for (const hub of store.hubs.filter((each) => each.zone)) {
    const marks = main.hours.map((at) => thereAt(at, zone, hub.zone, dayNumber(on)));
    const known = all.find((clock) => clock.marks.join() === marks.join());
    if (known) known.names.push(hub.name);
    else all.push({ zone: hub.zone, names: [hub.name], hours: main.hours, marks });
  }
  return all.map((clock, at) => ({ ...clock, ...headOf(clock, at) }));
}

function headOf({ names }, at) {
  const shown = at ? names : [store.event.zone_name ?? say("here"), ...names];
  return { name: shown[0], title: shown.join(say("and")) };
}

function hourMarks(on, first, last) {
  const start = dayNumber(on) * DAY;
  return Array.from({ length: (last - first) / 60 + 1 }, (_none, at) => start + first + at * 60);
}

/* Return the time elsewhere: 18:30, or 01:00 +1 where it is the day after the one that is shown. */
function thereAt(at, zone, elsewhere, day) {
  const there = convert(at, zone, elsewhere);
  const days = dayOf(there) - day;
  return clockText(there) + (days ? ` ${days > 0 ? "+" : "−"}${Math.abs(days)}` : "");
}

function clockColumn({ hours, marks }, at) {
  const start = dayOf(hours[0]) * DAY;
  const labels = hours.map((hour, number) => {
    const [time, days] = marks[number].split(" ");
    const mark = make("span", { class: "tt-hour" }, time, days ? make("sup", {}, days) : null);
    mark.style.setProperty("--tt-from", hour - start);
    return mark;
  });
  return make("div", { class: at ? "tt-clock tt-hub" : "tt-clock", "aria-hidden": "true" }, ...labels);
}

function markNow(body, on) {
  const now = wallAt(Date.now() / 60_000, store.event.zone || "UTC");
  if (dayOf(now) !== dayNumber(on)) return;
  const line = make("div", { class: "tt-now", "aria-hidden": "true" });
  line.style.setProperty("--tt-from", now - dayOf(now) * DAY);
  body.append(line);
}

/* A day on a phone: its parts one below the other, in the order of time. */
function agenda(on) {
  const segments = segmentsOn(on).sort((one, other) => one.from - other.from || other.to - one.to);
  const all = [...untimedOn(on), ...segments.map(({ part }) => part)];
  const names = new Map(store.rooms.map(({ id, name }) => [id, name]));
  const boxes = all.map((part) => plain(boxOf(part, on, { place: names.get(moving.room(part)) ?? part.place })));
  const day = make("section", { class: "tt-day tt-agenda", "data-on": on, "aria-label": dayLabel(on) });
  if (view.on === "all") day.append(make("h4", { class: "tt-date" }, dayLabel(on)));
  const role = { role: "listbox", "aria-multiselectable": "true", "aria-label": dayLabel(on) };
  day.append(boxes.length ? make("div", { class: "tt-items", ...role }, ...boxes) : make("p", { class: "tt-none" }, say("empty-day")));
  return day;
}

function plain(element) {
  element.removeAttribute("style");
  element.classList.remove("tt-holds", "tt-earlier", "tt-later", "tt-open");
  return element;
}

/* Return the elements of the parts that wait for a day. */
export const tray = () => trayParts().map((part) => plain(boxOf(part, null)));
