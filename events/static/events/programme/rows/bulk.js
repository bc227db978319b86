/* Several rows chosen at once, and what is done with all of them. */
import { store } from "../store.js";
import { combo, suggestions } from "./combo.js";
import { announce, button, labels, make, say } from "./words.js";

const VERBS = [["announce", "propose"], ["confirm", "publish", "confirm"], ["reinstate", "reinstate"], ["postpone", "postpone"], ["cancel", "cancel"], ["delete", "delete"]];
const WITH_REASON = ["postpone", "cancel"];
const chosen = new Set();
let last = null;
let bar;
let alert = () => {};

export function listen(root, say_) {
  bar = root.querySelector(".rows-bulk");
  alert = say_;
}

/* Choose a row or no longer; with Shift also those between it and the one chosen before. */
export function choose(row, event) {
  const on = row.box.checked;
  const all = [...row.element.closest(".rows-list").querySelectorAll(".rows-row[data-id]")].map(({ dataset }) => Number(dataset.id));
  const ends = event.shiftKey && last ? [all.indexOf(last), all.indexOf(row.part.id)].sort((a, b) => a - b) : null;
  for (const id of ends ? all.slice(ends[0], ends[1] + 1) : [row.part.id]) chosen[on ? "add" : "delete"](id);
  last = row.part.id;
  store.show();
}

export function draw(rows) {
  for (const id of [...chosen]) if (!store.parts.has(id)) chosen.delete(id);
  for (const [id, row] of rows) if (row.box) row.box.checked = chosen.has(id);
  bar.hidden = !chosen.size;
  const key = [...chosen].map((id) => [id, store.parts.get(id).may.join()]).join(";");
  if (!chosen.size || bar.dataset.key === key) return;
  bar.dataset.key = key;
  bar.replaceChildren(...controls());
}

const parts = () => [...store.parts.values()].filter(({ id }) => chosen.has(id)); // those above before those below

function controls() {
  const steps = VERBS.filter(([, ...verbs]) => parts().some(({ may }) => verbs.some((verb) => may.includes(verb))));
  return [
    make("strong", {}, say("chosen", { number: chosen.size })),
    ...steps.map(([name, ...verbs]) => button(say(name), () => step(name, verbs), { "data-verb": name })),
    visibility(), place(), shift(),
    button(say("none"), () => clear(), { class: "rows-small" }),
  ];
}

function clear() {
  chosen.clear();
  store.show();
}

async function send(edits, text) {
  if (!edits.length) return;
  const answer = await store.send(edits);
  if (!answer.ok) {
    const reasons = (answer.refused ?? []).map(({ id, reason }) => [store.parts.get(id)?.title, reason].filter(Boolean).join(": "));
    return alert(answer.failed ? say("failed") : reasons.join(" · "));
  }
  const moved = (answer.followed ?? []).length;
  const words = [text, moved && say("followed", { number: moved }), answer.final && say("final")].filter(Boolean).join(" ");
  announce(words);
  alert(moved || answer.final ? words : "");
}

function step(name, verbs) {
  const verb = verbs[0];
  const ids = parts().filter(({ may }) => verbs.some((each) => may.includes(each))).map(({ id }) => id);
  if (!WITH_REASON.includes(name)) return send([{ op: "step", ids, verb }], say("stored"));
  const reason = make("input", { maxlength: 300, "aria-label": say("reason"), placeholder: say("reason"), dir: "auto" });
  const go = () => send([{ op: "step", ids: outermost(ids), verb, reason: reason.value.trim() }], say("stored"));
  const form = make("span", { class: "rows-reason" }, reason, button(say(name), go), button(say("close"), () => (delete bar.dataset.key, store.show())));
  reason.addEventListener("keydown", (event) => event.key === "Enter" && !event.isComposing && (event.preventDefault(), go()));
  bar.replaceChildren(make("strong", {}, say("chosen", { number: ids.length })), form);
  reason.focus();
}

/* A part is called off with what lies below it, so those are not called off once more. */
function outermost(ids) {
  const all = new Set(ids);
  return ids.filter((id) => {
    for (let part = store.parts.get(id); part; part = store.parts.get(part.parent)) if (part.id !== id && all.has(part.id)) return false;
    return true;
  });
}

const changeable = () => parts().filter(({ may_change }) => may_change);
const setAll = (name, value) => changeable().filter((part) => part[name] !== value).map((part) => ({ op: "set", id: part.id, was: { [name]: part[name] }, to: { [name]: value } }));

function visibility() {
  const choices = Object.entries(labels("visibilities")).map(([value, text]) => make("option", { value }, text));
  const select = make("select", { "aria-label": say("visibility") }, make("option", { value: "" }, say("visibility")), ...choices);
  select.addEventListener("change", () => select.value && send(setAll("visibility", select.value), say("stored")));
  return select;
}

function place() {
  const input = make("input", { "aria-label": say("place"), placeholder: say("place"), class: "rows-bulk-place", dir: "auto" });
  const take = (room) => {
    if (room.id) return send(setAll("room", room.id), say("stored"));
    const key = `room-${room.name}`;
    return send([{ op: "room", key, name: room.name, parent_place: null }, ...setAll("room", key)], say("stored"));
  };
  combo(input, {
    find: async (text, signal) => {
      const near = store.rooms.filter(({ name }) => name.toLocaleLowerCase().includes(text.toLocaleLowerCase())).map((room) => ({ label: room.name, value: room }));
      const { found } = await suggestions("place", text, signal);
      const others = found.filter(({ key }) => !near.some(({ value }) => value.id === key)).map(({ key, label }) => ({ label, value: { id: key, name: label } }));
      const is = near.some(({ value }) => value.name.toLocaleLowerCase() === text.toLocaleLowerCase());
      return [...near, ...others, ...(is ? [] : [{ label: say("new-room", { name: text }), value: { id: null, name: text } }])];
    },
    take,
  });
  return make("span", { class: "rows-cell" }, input);
}

function shift() {
  const number = make("input", { type: "number", step: "5", value: "20", "aria-label": say("shift"), class: "rows-number" });
  const unit = make("select", { "aria-label": say("unit") }, make("option", { value: "minutes" }, say("minutes")), make("option", { value: "days" }, say("days")));
  const go = () => {
    const by = Math.round(Number(number.value));
    const ids = changeable().map(({ id }) => id);
    if (by && ids.length) send([{ op: "shift", ids, [unit.value]: by }], say("stored"));
  };
  number.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), go()));
  return make("span", { class: "rows-shift" }, number, unit, button(say("shift"), go, { "data-verb": "shift" }));
}
