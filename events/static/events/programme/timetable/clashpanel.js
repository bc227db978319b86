/* The clashes in words: what is in two places at once, a way to mend it, and an override that keeps
   its reason. */
import { store } from "../store.js";
import * as chosen from "./chosen.js";
import * as clashing from "./clashing.js";
import * as moving from "./moving.js";
import * as saying from "./saying.js";
import { redraw } from "./view.js";
import { button, icon, make, say } from "./words.js";

const SYMBOLS = { hard: "error", soft: "warning", overridden: "verified" };
let written = "";

/* Draw the list of all clashes again if it has changed, unless somebody writes a reason in it. */
export function draw(root) {
  const panel = root.querySelector(".tt-clashes");
  const words = JSON.stringify([store.clashes, [...store.parts.values()]]);
  if (words === written || panel.querySelector("form")) return;
  written = words;
  panel.replaceChildren(...listOf(ordered()));
  if (!store.clashes.length) panel.hidden = true;
}

const ORDER = ["hard", "soft", "overridden"];
const rank = (clash) => ORDER.indexOf(clashing.levelOf(clash));
const ordered = () => [...store.clashes].sort((one, other) => rank(one) - rank(other));

export const count = () => store.clashes.filter((clash) => !clash.overridden).length;

/* Yield a list of clashes; nothing if there are none. */
export function* listOf(clashes) {
  if (clashes.length) yield make("ul", { class: "tt-clash-list" }, ...clashes.map(item));
}

function item(clash) {
  const level = clashing.levelOf(clash);
  const row = make("li", { class: `tt-clash-item tt-clash-${level}` });
  row.append(icon(SYMBOLS[level]), make("div", {}, ...words(clash, level)), make("div", { class: "tt-actions" }, ...actions(clash, row)));
  return row;
}

function* words(clash, level) {
  yield make("span", { class: "tt-hidden" }, `${say(`clash-${level}`)}: `);
  if (clash.subject) yield make("strong", { dir: "auto" }, `${clash.subject} `);
  yield make("span", { dir: "auto" }, clash.text);
  const quiet = clash.overridden ? accepted(clash.overridden) : other(clash);
  if (quiet) yield make("span", { class: "tt-reason", dir: "auto" }, quiet);
}

/* Return when the other event is, unless the text names it already. */
function other({ ids, text, other_text: found }) {
  const title = store.parts.get(ids[1])?.title;
  return ids[1] && !(title && text.includes(title)) ? found : "";
}

const accepted = ({ reason, by }) => say("overridden-by", { reason, by: by ?? "" });

function* actions(clash, row) {
  const ids = clash.ids.filter((id) => store.parts.has(id));
  if (ids.length) yield button(say("show"), () => chosen.focusPart(ids[0]), {});
  if (!ids.some((id) => moving.mayMove(store.parts.get(id)))) return;
  if (clash.overridden) {
    yield button(say("reopen"), () => settle(clash, "", row, { reopen: true }), {});
    return;
  }
  const way = clashing.mend(clash);
  if (way) yield button(way.text, () => mend(way), {});
  else if (clash.url) yield make("a", { class: "tt-link", href: clash.url }, say("mend-form"));
  yield button(say("override"), () => ask(clash, row), {});
}

async function mend({ edit, text }) {
  saying.outcome(await store.send([edit]), text);
}

/* Ask for the reason in the row of the clash. */
function ask(clash, row) {
  const field = make("input", { name: "reason", required: true, maxlength: 300, "aria-label": say("reason"), placeholder: say("reason") });
  const form = make("form", { class: "tt-actions tt-override", submit: (event) => send(event, clash, field.value.trim(), row) },
    field, make("button", { class: "tt-primary" }, say("override-now")), button(say("leave"), () => form.remove(), {}));
  row.querySelector("form")?.remove();
  row.append(form);
  field.focus();
}

function send(event, clash, reason, row) {
  event.preventDefault();
  if (reason) settle(clash, reason, row, {});
}

/* Accept a clash, or let it count again. */
async function settle(clash, reason, row, { reopen = false }) {
  const done = await store.override(clash.key, reason, reopen);
  if (done.ok) row.querySelector("form")?.remove();
  saying.outcome(done, say(reopen ? "reopened" : "overridden"));
  written = "";
  redraw();
}
