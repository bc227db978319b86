/* The clashes in words: what is in two places at once, a way to mend it, and an override that keeps
   its reason. */
import { store } from "../store.js";
import * as clashing from "./clashing.js";
import * as saying from "./saying.js";
import { focusPart } from "./focusing.js";
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
  yield make("strong", { dir: "auto" }, clash.subject ?? "");
  yield make("span", { dir: "auto" }, ` ${[clash.text, clash.other_text].filter(Boolean).join(" — ")}`);
  if (clash.overridden) {
    const { reason, by } = clash.overridden;
    yield make("span", { class: "tt-reason", dir: "auto" }, say("overridden-by", { reason, by: by ?? "" }));
  }
}

function* actions(clash, row) {
  const [first] = clash.ids.filter((id) => store.parts.has(id));
  if (first) yield button(say("show"), () => focusPart(first), {});
  if (clash.overridden || !store.event.may_change) return;
  const way = clashing.mend(clash);
  if (way) yield button(way.text, () => mend(way), {});
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

async function send(event, clash, reason, row) {
  event.preventDefault();
  if (!reason) return;
  const done = await store.override(clash.key, reason);
  if (done.ok) row.querySelector("form")?.remove();
  saying.outcome(done, say("overridden"));
  written = "";
  document.dispatchEvent(new CustomEvent("programme:draw"));
}
