/* Find anything: a combobox in a dialog; the server answers with groups of links. */
"use strict";

(() => {
  const PAUSE = 150; // milliseconds after a key before the server is asked
  const SLOW = 500; // milliseconds after which it is said that the answer takes long
  const box = document.getElementById("finder");
  const field = box.querySelector("input");
  const list = document.getElementById("finder-results");
  const says = box.querySelector("[data-finder-says]");
  const hint = box.querySelector("[data-finder-hint]");
  const state = { shown: "", chosen: -1, open: null, timer: 0, slow: 0, asked: null };

  const options = () => [...list.querySelectorAll('[role="option"]')];
  const typed = () => field.value.trim();

  function open() {
    if (box.open) return;
    box.showModal();
    field.select();
  }

  function close() {
    state.open = null;
    forget();
    box.close(); // the browser gives the focus back
  }

  function forget() {
    clearTimeout(state.timer);
    state.asked?.abort();
    state.asked = null;
    wait(false);
  }

  function wait(on) {
    clearTimeout(state.slow);
    if (on) state.slow = setTimeout(() => say(box.dataset.searching), SLOW);
    box.classList.toggle("finder-waits", on);
    list.setAttribute("aria-busy", String(on));
  }

  function say(text, { aloud = false } = {}) {
    says.textContent = "";
    says.textContent = text;
    says.classList.toggle("finder-unseen", aloud);
  }

  function show(text, found) {
    const groups = [...found.querySelectorAll(".finder-group")];
    const words = found.querySelector("[data-says]")?.textContent.trim() ?? "";
    list.replaceChildren(...groups);
    list.hidden = !groups.length;
    hint.hidden = groups.length > 0;
    field.setAttribute("aria-expanded", String(groups.length > 0));
    state.shown = text;
    say(words.replace(/\s+/g, " "), { aloud: groups.length > 0 });
    choose(groups.length ? 0 : -1);
  }

  function choose(number) {
    const all = options();
    state.chosen = all.length ? (number + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === state.chosen)));
    const chosen = all[state.chosen];
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function follow(inNewTab) {
    const chosen = options()[state.chosen];
    if (!chosen) {
      say(says.textContent);
      return;
    }
    if (inNewTab) window.open(chosen.href, "_blank", "noopener");
    else window.location.assign(chosen.href);
  }

  /* An answer that arrives after a newer question is dropped: its request was aborted. */
  async function ask() {
    const text = typed();
    forget();
    if (!text) {
      show("", document.createElement("div"));
      return;
    }
    const asked = new AbortController();
    state.asked = asked;
    wait(true);
    try {
      const address = `${box.dataset.url}?${new URLSearchParams({ s: text, part: "" })}`;
      const answer = await fetch(address, { signal: asked.signal, credentials: "same-origin" });
      if (answer.redirected) window.location.reload(); // the login has ended
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (state.asked !== asked) return;
      show(text, found.body);
      if (state.open) follow(state.open.inNewTab);
    } catch {
      if (state.asked !== asked) return;
      list.replaceChildren();
      list.hidden = true;
      choose(-1);
      state.shown = "";
      say(box.dataset.failed);
    }
    state.asked = state.open = null;
    wait(false);
  }

  /* Enter before the answer has come opens the first row of the answer. */
  function enter(event) {
    const inNewTab = event.ctrlKey || event.metaKey;
    if (typed() === state.shown && !state.asked) {
      if (typed()) follow(inNewTab);
      return;
    }
    state.open = { inNewTab };
    if (!state.asked) ask();
  }

  const KEYS = {
    ArrowDown: () => choose(state.chosen + 1),
    ArrowUp: () => choose(state.chosen - 1),
    Enter: enter,
    Escape: close, // the browser would empty the field first
  };

  field.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.key in KEYS)) return;
    event.preventDefault();
    KEYS[event.key](event);
  });

  field.addEventListener("input", () => {
    clearTimeout(state.timer);
    state.open = null;
    state.timer = setTimeout(ask, PAUSE);
  });

  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  box.querySelector("[data-finder-closes]").addEventListener("click", close);
  box.addEventListener("cancel", () => {
    state.open = null;
    forget();
  });
  box.addEventListener("click", (event) => {
    if (event.target === box) close();
  });
  list.addEventListener("mousemove", (event) => {
    const at = options().indexOf(event.target.closest('[role="option"]'));
    if (at >= 0 && at !== state.chosen) choose(at);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    if (event.shiftKey || event.altKey) return;
    event.preventDefault();
    open();
  });

  for (const button of document.querySelectorAll("[data-finder-opens]")) {
    button.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      open();
    });
  }

  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    for (const key of document.querySelectorAll("[data-finder-key]")) key.textContent = "⌘ K";
  }
})();
