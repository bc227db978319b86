/* What is said of a step: to a screen reader, and to everybody where a step was refused. */
import { store } from "../store.js";
import * as clashing from "./clashing.js";
import * as moving from "./moving.js";
import { dayLabel, hours, label, make, say } from "./words.js";
import { dayText, dayOf } from "../clock.js";

let live, alerts;

export function listen(root) {
  live = root.querySelector(".tt-live");
  alerts = root.querySelector(".tt-message");
}

export function announce(text) {
  live.textContent = text;
}

export const roomName = (id) => store.rooms.find((room) => room.id === id)?.name ?? say("no-room");

/* Return “10:05–10:35, Hall B; clashes with Panel” for the part that is being moved. */
export function whereNow() {
  const part = store.parts.get(moving.current().lead);
  const times = moving.times(part);
  if (!times) return say("no-time");
  const day = dayLabel(dayText(dayOf(times.start)), "short");
  const where = [hours(times), day, roomName(moving.room(part))].join(say("comma"));
  const others = clashing.ahead(part).map(({ title }) => title);
  return others.length ? say("where-clashes", { where, titles: others.join(say("and")) }) : where;
}

/* Say what came of a step: that it is stored, or why not and what stands there now. */
export function outcome(done, text) {
  if (!done || done.nothing) return;
  if (done.ok) {
    alerts.replaceChildren();
    announce(text);
  } else {
    refuse(done);
  }
}

function refuse({ refused = [], failed }) {
  const lines = refused.map((each) => make("li", {}, sentence(each)));
  const head = failed || !lines.length ? say("failed") : say("refused");
  const close = make("button", { type: "button", class: "tt-close", "aria-label": say("close"), click: () => alerts.replaceChildren() }, "×");
  alerts.replaceChildren(make("div", { class: "tt-refusal" }, make("p", {}, head), make("ul", {}, ...lines), close));
}

function sentence({ id, field, reason, theirs, yours }) {
  const title = store.parts.get(id)?.title ?? "";
  const both = theirs !== undefined && yours !== undefined && theirs !== null;
  const texts = both ? [say("both", { theirs: shown(field, theirs), yours: shown(field, yours) })] : [];
  return [title, reason, ...texts].filter(Boolean).join(" · ");
}

function shown(field, value) {
  if (field === "room") return roomName(value);
  if (field === "on" || field === "until_on") return value ? dayLabel(value, "short") : say("no-time");
  return label(field, value) || say("no-time");
}
