/* What the changes have to tell, shown once for all: tell them, not now, or never. */
import { store } from "./store.js";
import { announce, button, make, say } from "./rows/words.js";

const bar = document.getElementById("programme-telling");
let left = ""; // what was put off: the same is not asked again

function draw() {
  const { changes, people } = store.waiting;
  const key = `${changes} ${people}`;
  bar.hidden = !people || !store.waiting.may_tell || key === left;
  if (bar.hidden || bar.dataset.key === key) return;
  bar.dataset.key = key;
  const number = (name, value) => say(value === 1 ? `${name}-one` : name, { number: value });
  const text = say("waiting", { changes: number("changes", changes), people: number("people", people) });
  bar.replaceChildren(
    make("strong", {}, text),
    button(say("tell"), () => tell("now"), { class: "rows-primary", "data-choice": "now", title: say("tell-help") }),
    button(say("later"), () => put(key), { "data-choice": "later", title: say("later-help") }),
    button(say("never"), () => tell("never"), { "data-choice": "never", title: say("never-help") }),
  );
  announce(text);
}

/* The mails are held already: there is nothing to send. */
function put(key) {
  left = key;
  bar.hidden = true;
  delete bar.dataset.key;
}

async function tell(choice) {
  const answer = await store.tell(choice);
  delete bar.dataset.key;
  if (!answer.ok) return bar.append(make("span", { role: "alert" }, say("failed")));
  left = "";
  announce(say(choice === "now" ? "told" : "not-told", { number: answer.told }));
  draw();
}

if (bar) document.addEventListener("programme", draw);
