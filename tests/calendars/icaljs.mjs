// Reads iCalendar streams with ical.js, as Thunderbird, Nextcloud and FullCalendar do.
// Usage: node icaljs.mjs <folder of ical.js>; stdin: a JSON list of streams; stdout: what it saw.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(
  pathToFileURL(join(process.argv[2], "dist", "ical.js"))
);

function when(time) {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.localTimezone) return `${time} floating`;
  return new Date(time.toUnixTime() * 1000).toISOString();
}

function read(stream) {
  const calendar = new ICAL.Component(ICAL.parse(stream));
  return calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    return {
      uid: event.uid,
      title: event.summary,
      start: when(event.startDate),
      end: when(event.endDate),
      status: component.getFirstPropertyValue("status"),
    };
  });
}

const streams = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(streams.map(read)));
