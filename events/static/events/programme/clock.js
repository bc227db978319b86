/* Wall times as whole numbers: the number of the day times 1440, plus the minute of the day.

   A timetable has the clock of one zone; the clocks of other zones are computed from it by Intl,
   hour by hour, so that they stay right where summer time begins or ends on that day. */

export const DAY = 1440;
const MILLISECONDS = 86_400_000;

export const dayNumber = (on) => Date.parse(`${on}T00:00Z`) / MILLISECONDS;

export const dayText = (number) => new Date(number * MILLISECONDS).toISOString().slice(0, 10);

export function minuteOf(text) {
  const [hour, minute] = text.split(":").map(Number);
  return hour * 60 + minute;
}

/* Return 09:05 for a number of minutes, whatever its day. */
export function clockText(at) {
  const minute = ((at % DAY) + DAY) % DAY;
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

export const wallOf = (on, time) => dayNumber(on) * DAY + minuteOf(time);

export const dayOf = (wall) => Math.floor(wall / DAY);

const formats = new Map();

function formatOf(zone) {
  if (!formats.has(zone)) {
    const fields = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
    formats.set(zone, new Intl.DateTimeFormat("en", { ...fields, hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone);
}

/* Return the wall time of a zone at a moment, given in minutes of UTC. */
export function wallAt(moment, zone) {
  const parts = formatOf(zone).formatToParts(moment * 60_000);
  const value = Object.fromEntries(parts.map(({ type, value: text }) => [type, Number(text)]));
  return Date.UTC(value.year, value.month - 1, value.day, value.hour, value.minute) / 60_000;
}

/* Return the moment of a wall time. A time that occurs twice is the first, one that is left out is
   read with the offset from before, as the server does. */
export function momentOf(wall, zone) {
  const before = wallAt(wall - DAY, zone) - (wall - DAY);
  const after = wallAt(wall + DAY, zone) - (wall + DAY);
  const found = [before, after].find((offset) => wallAt(wall - offset, zone) === wall);
  return wall - (found ?? before);
}

/* Return a wall time of one zone as that of another. */
export function convert(wall, from, to) {
  if (!from || !to || from === to) return wall;
  return wallAt(momentOf(wall, from), to);
}
