/* Where the parts of a programme stand in a timetable: on which day, in which column, beside what.

   A part becomes one segment for each day on which it is drawn. What goes on after midnight until
   the early morning is drawn on the day on which it began; what lasts longer is drawn on each. */
import { clockText, convert, DAY, dayNumber, dayOf, dayText, wallOf } from "../clock.js";

const NIGHT = 6 * 60; // minutes after midnight that still belong to the day before
const SUPPOSED = 30; // minutes of a part whose end is not known
const MOST_DAYS = 60;
export const RAIL = 1.375; // rem at the side of a part for its title, where others stand inside it

/* Return start and end of a part on the clock of `zone`; null without a time of day. */
export function timesOf(part, zone) {
  if (!part.on || !part.from) return null;
  const start = convert(wallOf(part.on, part.from), part.zone, zone);
  if (!part.to) return { start, end: start + SUPPOSED, open: true };
  const end = convert(wallOf(part.until_on ?? part.on, part.to), part.end_zone || part.zone, zone);
  return { start, end: Math.max(end, start), open: false };
}

/* Return the fields of a part that begins and ends then: what an edit sends. */
export function fieldsOf(part, { start, end, open }, zone) {
  const from = convert(start, zone, part.zone);
  const fields = { on: dayText(dayOf(from)), from: clockText(from) };
  if (open) return { ...fields, until_on: along(part, fields.on), to: null };
  const to = convert(end, zone, part.end_zone || part.zone);
  const until = dayText(dayOf(to));
  const said = part.until_on !== null || until !== fields.on;
  return { ...fields, until_on: said ? until : null, to: clockText(to) };
}

/* Return the last day of a part that begins on another day, as many days after it as before. */
function along(part, on) {
  if (!part.until_on || !part.on) return part.until_on;
  return dayText(dayNumber(part.until_on) + dayNumber(on) - dayNumber(part.on));
}

/* Return the days of an event and of its parts, in order. */
export function daysOf(event, parts) {
  const days = new Set();
  const add = (first, last) => {
    const end = Math.min(dayNumber(last ?? first), dayNumber(first) + MOST_DAYS - 1);
    for (let day = dayNumber(first); day <= end; day += 1) days.add(day);
  };
  if (event.on) add(event.on, event.until_on);
  for (const part of parts) if (part.on) add(part.on, part.from ? part.on : part.until_on);
  return [...days].sort((one, other) => one - other).map(dayText);
}

/* Return the segments of a part with a time: the minutes of the day from and to which it is drawn. */
export function segmentsOf(part, times) {
  const first = dayOf(times.start);
  const last = Math.max(first, dayOf(times.end - 1));
  const whole = times.end <= (first + 1) * DAY + NIGHT;
  const found = [];
  for (let day = first; day <= (whole ? first : last); day += 1) {
    found.push({
      part,
      on: dayText(day),
      from: Math.max(times.start - day * DAY, 0),
      to: whole ? times.end - day * DAY : Math.min(times.end - day * DAY, DAY),
      earlier: day > first,
      later: !whole && day < last,
      open: times.open,
    });
  }
  return found;
}

/* Give each segment of one column its place from left to right: shares and rems of the width. */
export function arrange(segments, shortest) {
  const hosts = new Map(segments.map((segment) => [segment.part.id, segment]));
  const inside = Map.groupBy(segments, (segment) => hostOf(segment, hosts, segments));
  settle(inside, null, { left: [0, 0], width: [1, 0] }, shortest);
  for (const segment of segments) segment.holds = inside.has(segment);
}

/* Return the segment in which another is drawn: that of the nearest part above it at that time. */
function hostOf(segment, hosts, segments) {
  const byId = new Map(segments.map(({ part }) => [part.id, part]));
  for (let above = segment.part.parent; above; above = byId.get(above)?.parent) {
    const host = hosts.get(above);
    if (host && host !== segment && host.from < segment.to && host.to > segment.from) return host;
  }
  return null;
}

function settle(inside, host, box, shortest) {
  for (const cluster of clusters(inside.get(host) ?? [], shortest)) {
    const lanes = 1 + Math.max(...cluster.map(({ lane }) => lane));
    for (const segment of cluster) {
      segment.box = {
        left: box.left.map((share, at) => share + (box.width[at] * segment.lane) / lanes),
        width: box.width.map((share) => share / lanes),
      };
      const { left, width } = segment.box;
      const rest = { left: [left[0], left[1] + RAIL], width: [width[0], width[1] - RAIL - 0.125] };
      settle(inside, segment, rest, shortest);
    }
  }
}

/* Yield the groups of segments that overlap, each segment with the lane in which it is drawn. */
function* clusters(segments, shortest) {
  const order = [...segments].sort((one, other) => one.from - other.from || other.to - one.to);
  let [cluster, ends] = [[], []];
  for (const segment of order) {
    if (cluster.length && ends.every((end) => end <= segment.from)) {
      yield cluster;
      [cluster, ends] = [[], []];
    }
    const free = ends.findIndex((end) => end <= segment.from);
    segment.lane = free < 0 ? ends.length : free;
    ends[segment.lane] = Math.max(segment.to, segment.from + shortest);
    cluster.push(segment);
  }
  if (cluster.length) yield cluster;
}

/* Return the first and last minute that a day shows: whole hours, with room to move a part into. */
export function rangeOf(segments, hours, spare) {
  const from = [...segments.map((segment) => segment.from), ...hours.map(([start]) => start)];
  const to = [...segments.map((segment) => segment.to), ...hours.map(([, end]) => end)];
  if (!from.length) return [9 * 60, 18 * 60];
  const first = Math.floor((Math.min(...from) - spare) / 60) * 60;
  const last = Math.ceil((Math.max(...to) + spare) / 60) * 60;
  return [Math.max(first, 0), Math.min(last, DAY + NIGHT)];
}
