/* Many lines pasted at once: read by the server, shown as rows, stored when somebody says so. */
import { store } from "../store.js";
import { Row, roomOf } from "./row.js";
import { announce, button, make, say } from "./words.js";

let box; // where the rows stand until they are stored
let dialog;
let alert = () => {};
let pasted = [];

export const rows = () => pasted;

export function listen(root, say_) {
  box = root.querySelector(".rows-pasted");
  dialog = root.querySelector(".rows-paste");
  alert = say_;
}

export function open(acts) {
  const text = dialog.querySelector("textarea");
  const read_ = dialog.querySelector("[data-name=read]");
  read_.onclick = async () => {
    if (!text.value.trim()) return text.focus();
    if (await read(text.value, acts)) {
      text.value = "";
      dialog.close();
      pasted[0]?.fields.title.focus();
    }
  };
  dialog.querySelector("[data-name=close]").onclick = () => dialog.close();
  dialog.showModal();
  text.focus();
}

/* Show what lines describe as rows; return whether they could be read. */
export async function read(text, acts) {
  const root = document.getElementById("programme");
  const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(root.dataset.lines, { method: "POST", body: JSON.stringify({ text }), headers: { "Content-Type": "application/json", "X-CSRFToken": token } });
    const found = await answer.json();
    if (!answer.ok) return alert(found.refused.map(({ reason }) => reason).join(" ")), false;
    pasted.push(...found.lines.map((line) => row(line, acts)));
    draw();
    announce(say("pasted", { number: found.lines.length }));
    alert(found.left_out ? say("left-out", { number: found.left_out }) : found.lines.length ? "" : say("no-lines"));
    return true;
  } catch {
    alert(say("failed"));
    return false;
  }
}

function row(line, acts) {
  const title = `titles.${/\p{Script=Han}/u.test(line.title) ? chinese(line) : "en"}`;
  const values = {
    [title]: line.title,
    kind: line.kind,
    on: line.on,
    from: line.raw.from ?? line.from,
    to: line.raw.to ?? line.to,
    room: roomOf(line.room),
    speakers: line.speakers.map((name) => ({ name })),
  };
  const made = new Row(null, { acts, values, pasted: line });
  made.faults = Object.entries(line.errors).map(([field, reason]) => ({ field, reason }));
  made.element.title = line.text;
  made.fillFaults();
  return made;
}

const chinese = ({ script }) => (script === "zh-hant" ? "zh_hant" : "zh_hans");

export function leaveOut(one) {
  pasted = pasted.filter((each) => each !== one);
  draw();
}

function draw() {
  box.hidden = !pasted.length;
  if (!pasted.length) return box.replaceChildren();
  const wrong = pasted.filter(({ faults }) => faults.length).length;
  const say_ = make("p", {}, say("pasted", { number: pasted.length }), " ", wrong ? make("strong", {}, say("wrong", { number: wrong })) : null);
  const buttons = make("div", { class: "rows-toolbar" },
    button(say("store-all"), () => storeAll(), { "data-name": "store-all", class: "rows-primary" }),
    button(say("store-good"), () => storeGood(), { "data-name": "store-good" }),
    button(say("leave-all"), () => ((pasted = []), draw()), { "data-name": "leave-all" }));
  box.replaceChildren(make("h4", {}, say("pasted-title")), say_, buttons, ...pasted.map(({ element }) => element));
}

/* Store the rows, or none; return whether they are stored. */
async function store_(these) {
  const edits = [];
  const of = [];
  const rooms = new Set();
  for (const one of these) {
    one.takeSpeaker();
    for (const edit of one.edits()) {
      if (edit.op === "room" && rooms.has(edit.key)) continue;
      if (edit.op === "room") rooms.add(edit.key);
      edits.push(edit);
      of.push(one);
    }
  }
  if (!edits.length) return false;
  const answer = await store.send(edits);
  for (const one of these) one.faults = [];
  if (answer.ok) {
    pasted = pasted.filter((one) => !these.includes(one));
    announce(say("added", { number: these.length }));
  } else if (answer.failed) alert(say("failed"));
  else for (const fault of answer.refused) of[fault.index].faults.push(fault);
  for (const one of these) one.fillFaults();
  draw();
  return answer.ok;
}

async function storeAll() {
  const done = await store_(pasted);
  alert(done ? "" : say("none-stored"));
}

/* What is wrong only the server knows for sure: what it refuses is left, and the others go once more. */
async function storeGood() {
  for (let round = 0; round < 3; round += 1) {
    const good = pasted.filter(({ faults }) => !faults.length);
    if (!good.length) break;
    if (await store_(good)) break;
  }
  alert(pasted.length ? say("wrong", { number: pasted.length }) : "");
}
