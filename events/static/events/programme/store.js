/* The programme as it is stored: read from the server, kept up to date, changed by edits alone.
   Both views, the rows and the timetable, read `store` and change it by `store.send`. After each
   change the document gets an event `programme` with `{changed, gone, mine, first}`. */

const EVERY = 5_000; // milliseconds between two questions of what is new
const WHOLE = 60; // of so many questions one is for everything, such as the new name of a person
const root = document.getElementById("programme");

export const store = {
  event: {},
  parts: new Map(),
  rooms: [],
  hubs: [],
  clashes: [],
  waiting: { changes: 0, people: 0, may_tell: false },
  language: root?.dataset.language.replace("-", "_") ?? "en",
  get undoable() {
    return done.length;
  },
  get redoable() {
    return undone.length;
  },
  send,
  undo: () => again(done, undone),
  redo: () => again(undone, done),
  override,
  tell,
  show,
  refresh: () => queued(() => read(stamp)),
};

const done = []; // lists of edits that take back what was done here, the latest last
const undone = [];
let stamp = "";
let asked = 0;
let queue = Promise.resolve();

/* One request after the other: an answer must not be overtaken by an older one. */
function queued(act) {
  const next = queue.then(act, act);
  queue = next.catch(() => {});
  return next;
}

async function request(url, body) {
  const token = root.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
  const options = body
    ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRFToken": token } }
    : {};
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  if (answer.redirected) location.reload(); // the login has ended
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (!isJson) throw new Error(`${answer.status}`);
  return { ok: answer.ok, ...(await answer.json()) };
}

/* Send edits; the answer is `{ok: true, …}` or `{ok: false, refused: […], failed}`. */
function send(edits) {
  return queued(() => post(edits, true));
}

async function post(edits, keep) {
  try {
    const answer = await request(root.dataset.edits, { edits });
    if (!answer.ok) return answer;
    if (keep) {
      done.push(answer.undo);
      undone.length = 0;
      if (answer.final) done.length = 0; // what cannot be taken back hides what lies before it
      if (done.at(-1)?.length === 0) done.pop();
    }
    take(answer, true);
    return answer;
  } catch {
    return { ok: false, refused: [], failed: true };
  }
}

/* Take back what was done last, once all that was sent before is answered. */
function again(from, to) {
  return queued(async () => {
    const edits = from.pop();
    if (!edits) return { ok: false, refused: [], nothing: true };
    const answer = await post(edits, false);
    if (answer.ok) {
      if (answer.undo.length) to.push(answer.undo);
    } else if (answer.failed) from.push(edits);
    show();
    return answer;
  });
}

/* Let the views be drawn again. */
function show(detail = {}) {
  document.dispatchEvent(new CustomEvent("programme", { detail: { changed: [], gone: [], mine: true, ...detail } }));
}

/* Accept a clash for a reason; with `reopen` it counts again. The answer says what clashes now. */
function override(key, reason, reopen = false) {
  return beside(root.dataset.clashes, { key, reason, reopen }, ({ clashes }) => {
    store.clashes = clashes;
    show();
  });
}

/* Say what becomes of the mails: `now`, `later` or `never`. */
function tell(choice) {
  return beside(root.dataset.telling, { choice }, () => read(stamp));
}

function beside(url, body, then) {
  return queued(async () => {
    try {
      const answer = await request(url, body);
      if (answer.ok) await then(answer);
      return answer;
    } catch {
      return { ok: false, refused: [], failed: true };
    }
  });
}

async function read(since) {
  const url = since ? `${root.dataset.url}?since=${encodeURIComponent(since)}` : root.dataset.url;
  const answer = await request(url);
  if (answer.ok) take(answer, false);
  return answer;
}

/* Take over what the server says; tell the views what differs. */
function take(answer, mine) {
  const first = !stamp;
  const before = beyond();
  const fresh = new Map(answer.parts.map((part) => [part.id, part]));
  const known = new Set(answer.ids);
  const gone = [...store.parts.keys()].filter((id) => !known.has(id));
  const changed = [];
  const ordered = new Map();
  for (const id of answer.ids) {
    const old = store.parts.get(id);
    const part = fresh.get(id) ?? old;
    if (!part) continue;
    if (!old || JSON.stringify(old) !== JSON.stringify(part)) changed.push(id);
    ordered.set(id, part);
  }
  const moved = [...ordered.keys()].join() !== [...store.parts.keys()].join();
  store.parts = ordered;
  for (const name of ["event", "rooms", "hubs", "clashes", "waiting"]) store[name] = answer[name];
  stamp = answer.stamp;
  if (first || mine || moved || changed.length || gone.length || before !== beyond()) {
    show({ changed, gone, mine, first });
  }
}

const beyond = () => JSON.stringify([store.event, store.rooms, store.hubs, store.clashes, store.waiting]);

async function poll() {
  if (document.visibilityState === "visible") {
    asked += 1;
    await queued(() => read(asked % WHOLE ? stamp : "")).catch(() => {});
  }
  setTimeout(poll, EVERY);
}

/* Begin when all modules have said what they listen to. */
if (root) {
  document.addEventListener("DOMContentLoaded", () => queued(() => read("")).catch(() => {}).finally(() => setTimeout(poll, EVERY)));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") store.refresh().catch(() => {});
  });
}
