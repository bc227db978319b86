/* The programme as rows, one a part: typed in place, stored when somebody leaves the row. */
import { store } from "./store.js";
import * as bulk from "./rows/bulk.js";
import * as paste from "./rows/paste.js";
import { Row } from "./rows/row.js";
import { announce, button, dayLabel, make, say } from "./rows/words.js";

const ORDER = ["from", "to", "title", "room", "speakers"]; // the fields that Enter visits
const root = document.getElementById("rows");
const rows = new Map(); // of stored parts, by key
const sections = new Map(); // by title
let fresh = []; // rows of parts that are not stored yet
let latest = null; // the key of the part that was added last
let isDrawing = false;

const acts = { isDrawing: () => isDrawing, save, addAfter, duplicate, choose: bulk.choose, next, leaveOut: (row) => paste.leaveOut(row) };

/* Drawing. */

function draw() {
  for (const id of [...rows.keys()]) if (!store.parts.has(id)) rows.delete(id);
  for (const [id, part] of store.parts) {
    const known = rows.get(id);
    if (!known || known.mayChange !== part.may_change) rows.set(id, new Row(part, { acts }));
    else if (known.part !== part || known.isDirty) known.update(part);
  }
  if (store.event.may_add && !atEnd()) fresh.push(blank());
  keepFocus(() => arrange(root.querySelector(".rows-list"), groups()));
  bulk.draw(rows);
  toolbar();
  root.hidden = false;
}

/* The days in their order, then what has no day, then the rows for new parts. */
function groups() {
  const found = new Map();
  let on = null;
  for (const part of store.parts.values()) {
    if (part.depth === 1) on = part.on ?? "";
    if (!found.has(on)) found.set(on, []);
    found.get(on).push(rows.get(part.id).element);
    found.get(on).push(...fresh.filter(({ after }) => after === part.id).map(({ element }) => element));
  }
  const tray = found.get("");
  found.delete("");
  const groups_ = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([day, elements]) => group(dayLabel(day), elements));
  if (tray) groups_.push(group(say("tray"), tray));
  const last = fresh.filter(({ after }) => !after).map(({ element }) => element);
  if (last.length) groups_.push(group(say("new-part"), last));
  return groups_.length ? groups_ : [make("p", { class: "rows-none" }, say("empty"))];
}

/* Return the section of a title, the same each time, with these rows in it. */
function group(title, elements) {
  if (!sections.has(title)) sections.set(title, make("section", { class: "rows-day", "aria-label": title }, make("h4", {}, title)));
  const section = sections.get(title);
  arrange(section, [section.firstChild, ...elements]);
  return section;
}

/* Make elements the children of a box. What has the focus stays where it is, so that nothing is
   lost of a text that is being typed, and an input method goes on. */
function arrange(box, wanted) {
  for (const child of [...box.children]) if (!wanted.includes(child)) child.remove();
  const kept = wanted.findIndex((each) => each.parentNode === box && each.contains(document.activeElement));
  for (let at = (kept < 0 ? wanted.length : kept) - 1; at >= 0; at -= 1) {
    const following = wanted[at + 1] ?? null;
    if (wanted[at].parentNode !== box || wanted[at].nextSibling !== following) box.insertBefore(wanted[at], following);
  }
  for (let at = kept + 1; kept >= 0 && at < wanted.length; at += 1) {
    if (wanted[at - 1].nextSibling !== wanted[at]) wanted[at - 1].after(wanted[at]);
  }
}

/* A row that goes to another day is taken out and put back; if it has the focus, it keeps it. */
function keepFocus(act) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const selection = active?.tagName === "INPUT" && active.type === "text" ? [active.selectionStart, active.selectionEnd] : null;
  isDrawing = true;
  act();
  if (active && active !== document.activeElement && root.contains(active)) {
    active.focus({ preventScroll: true });
    if (selection) active.setSelectionRange(...selection);
  }
  isDrawing = false;
}

function toolbar() {
  const bar = root.querySelector(".rows-toolbar");
  if (!bar.children.length) {
    if (store.event.may_add) {
      bar.append(button(say("add"), () => toEnd(), { "data-name": "add" }), button(say("paste"), () => paste.open(acts), { "data-name": "paste" }));
    }
    if (store.event.may_change) {
      bar.append(button(say("undo"), () => again("undo"), { "data-name": "undo" }), button(say("redo"), () => again("redo"), { "data-name": "redo" }));
    }
  }
  const undo = bar.querySelector("[data-name=undo]");
  if (!undo) return;
  undo.disabled = !store.undoable;
  bar.querySelector("[data-name=redo]").disabled = !store.redoable;
}

async function again(what) {
  const answer = await store[what]();
  if (answer.ok) return announce(say(what === "undo" ? "undone" : "redone"));
  const reasons = (answer.refused ?? []).map(({ reason }) => reason);
  alert(reasons.join(" ") || (answer.failed ? say("failed") : say("nothing-to-undo")));
}

export function alert(text) {
  const box = root.querySelector(".rows-alert");
  box.replaceChildren(...(text ? [make("p", {}, text), button("×", () => box.replaceChildren(), { "aria-label": say("close"), class: "rows-small" })] : []));
}

/* New rows. */

function blank(after = null, values = begin(after)) {
  return new Row(null, { acts, after, values });
}

/* The row at the end in which nothing is written yet. */
const atEnd = () => fresh.find((row) => !row.after && row.isBlank);

/* A new part begins when the one before ends, on the same day: the one that was added last, or else
   the last one of the programme. */
function begin(after) {
  const timed = [...store.parts.values()].filter(({ on, from }) => on && from);
  const before = (after ? store.parts.get(after) : timed.find(({ id }) => id === latest)) ?? timed.sort(byTime).at(-1);
  if (!before) return { on: store.event.on, from: store.event.from };
  return { on: before.on, from: before.to ?? before.from, ...(after && { kind: "session" }) };
}

const byTime = (one, other) => (`${one.on} ${one.to ?? one.from}` < `${other.on} ${other.to ?? other.from}` ? -1 : 1);

function addAfter(row) {
  const one = blank(row.part.id);
  one.parent = row.part.parent;
  fresh = [...fresh.filter((each) => each.after !== row.part.id || !each.isBlank), one];
  draw();
  focusIn(one, one.value("from") ? "to" : "from");
}

async function duplicate(row) {
  const key = `copy-${row.part.id}`;
  const answer = await store.send([{ op: "duplicate", id: row.part.id, key }]);
  if (!answer.ok) return refuse(row, answer);
  announce(say("stored"));
  rows.get(answer.made[key])?.fields.title.focus();
}

function toEnd() {
  if (!atEnd()) draw();
  enter(atEnd());
}

/* Go to the first field of a new row that is still to be written. */
function enter(row) {
  focusIn(row, row.value("from") ? "to" : "from");
  row.element.scrollIntoView({ block: "nearest" });
}

/* Begin a row behind one that is being stored, without waiting: whoever types on loses no letter. */
function continueAfter(row) {
  const { after, parent } = row;
  const values = { on: row.value("on"), from: row.value("to") ?? row.value("from"), ...(after && { kind: "session" }) };
  const following = Object.assign(blank(after, values), { parent });
  fresh = [...fresh.filter((each) => each.after !== after || !each.isBlank), following];
  draw();
  enter(following);
}

function focusIn(row, name) {
  const field = row.fields[name];
  field.focus();
  field.select?.();
}

/* Storing. */

async function save(row) {
  row.takeSpeaker();
  if (row.pasted || row.isSaving || (row.isNew ? row.isBlank : !row.isDirty)) return;
  const sent = { ...row.typed };
  const edits = row.edits();
  if (!edits.length) return row.stand();
  row.isSaving = true;
  row.element.classList.add("rows-saving");
  const answer = await store.send(edits);
  row.isSaving = false;
  row.element.classList.remove("rows-saving");
  if (!answer.ok) return refuse(row, answer);
  row.faults = [];
  if (row.isNew) {
    fresh = fresh.filter((each) => each !== row);
    const lost = row.isFocused;
    latest = answer.made[row.key];
    fresh = fresh.filter((each) => each.after || !each.isBlank || each.isFocused);
    draw();
    if (lost) rows.get(answer.made[row.key])?.fields.title.focus();
  } else {
    for (const [name, value] of Object.entries(sent)) if (row.typed[name] === value) delete row.typed[name];
    row.seen = undefined;
    row.fill();
  }
  told(answer);
}

/* Say what else has happened: a new room, or what moved along. */
function told(answer) {
  const rooms = Object.keys(answer.made ?? {}).filter((key) => key.startsWith("room-")).length;
  const moved = (answer.followed ?? []).length;
  announce([say("stored"), rooms && say("room-made"), moved && say("followed", { number: moved })].filter(Boolean).join(" "));
  if (moved) alert(say("followed", { number: moved }));
}

function refuse(row, answer) {
  row.faults = answer.failed ? [{ field: "", reason: say("failed") }] : answer.refused;
  row.fillFaults();
  announce(row.faults.map(({ reason }) => reason).join(" "));
}

/* Keys and the way through the rows. */

function rowOf(element) {
  const key = element.closest?.(".rows-row")?.dataset.key;
  return key ? [...rows.values(), ...fresh, ...paste.rows()].find((each) => each.key === key) : null;
}

function next(row, field) {
  const at = ORDER.indexOf(field.dataset.field?.startsWith("titles.") ? "title" : field.dataset.field);
  const name = ORDER[at + 1];
  if (at >= 0 && name && row.fields[name]) return focusIn(row, name);
  below(row);
}

/* Go on to the row below; behind the last one to a new one. */
function below(row) {
  const all = [...root.querySelectorAll(".rows-row")];
  const other = rowOf(all[all.indexOf(row.element) + 1] ?? root);
  if (row.isNew && !row.pasted) {
    if (row.isBlank) return;
    save(row);
    continueAfter(row);
  } else if (other) focusIn(other, other.isNew && other.value("from") ? "to" : "from");
}

function step(row, field, by) {
  const name = field.dataset.field?.startsWith("titles.") ? "title" : field.dataset.field;
  const all = [...root.querySelectorAll(".rows-row")];
  const other = rowOf(all[all.indexOf(row.element) + by] ?? root);
  if (other?.fields[name]) focusIn(other, name);
}

function listen() {
  root.addEventListener("focusout", ({ target }) => {
    if (isDrawing) return;
    const row = rowOf(target);
    if (row) setTimeout(() => row.isFocused || save(row));
  });
  root.addEventListener("keydown", (event) => {
    const { target, key } = event;
    const row = rowOf(target);
    if (!row || event.isComposing || event.defaultPrevented) return;
    if (key === "Enter" && target.tagName === "INPUT" && target.type !== "checkbox") {
      event.preventDefault();
      if (target.dataset.field === "speakers" && target.value.trim()) row.takeSpeaker();
      else next(row, target);
    } else if (key === "Escape" && row.part && row.isDirty) {
      row.stand();
    } else if (key === "Escape" && (row.part || latest)) {
      document.dispatchEvent(new CustomEvent("programme:show", { detail: { id: row.part?.id ?? latest } }));
    } else if (target.tagName === "INPUT" && (key === "ArrowDown" || key === "ArrowUp") && !event.altKey) {
      if (target.getAttribute("aria-expanded") === "true" || (target.dataset.field === "speakers" && target.value)) return;
      event.preventDefault();
      step(row, target, key === "ArrowDown" ? 1 : -1);
    } else if (event.altKey && key.toLowerCase() === "t") {
      event.preventDefault();
      if (row.mayChange) row.showTitles();
    }
  });
  root.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!store.event.may_add || !/\S\s*\n\s*\S/.test(text) || event.target.tagName === "TEXTAREA" || !event.target.closest(".rows-new")) return;
    event.preventDefault();
    paste.read(text, acts);
  });
  document.addEventListener("keydown", (event) => {
    const isField = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.defaultPrevented || isField || event.target.closest?.("#timetable") || !(event.ctrlKey || event.metaKey)) return;
    const isRedo = (event.shiftKey && event.key.toLowerCase() === "z") || event.key.toLowerCase() === "y";
    if (isRedo ? !store.redoable : event.key.toLowerCase() !== "z" || !store.undoable) return;
    event.preventDefault();
    again(isRedo ? "redo" : "undo");
  });
  document.addEventListener("programme", draw);
  document.addEventListener("programme:open", ({ detail }) => {
    const row = rows.get(detail.id);
    row?.element.scrollIntoView({ block: "center" });
    row?.fields.title.focus();
  });
  window.addEventListener("beforeunload", (event) => {
    const isOpen = [...rows.values()].some((row) => row.isDirty) || fresh.some((row) => !row.isBlank);
    if (isOpen || paste.rows().length) event.preventDefault();
  });
}

if (root) {
  listen();
  bulk.listen(root, alert);
  paste.listen(root, alert);
}
