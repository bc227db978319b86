/* Rows that many are typed into: guests, members, applications, parts. What is on record is offered
   while somebody types; Enter goes on to the next field of `data-order`, after the last to the next
   row, and from the first field of an empty row to the button that saves. A new row keeps the fields
   of `data-keeps`, and begins where the row above ends (`data-chains`). */
"use strict";

(() => {
  const PAUSE = 150; // milliseconds after a key before the server is asked
  const form = document.getElementById("guests");
  const rows = document.getElementById("guest-rows");
  const pattern = document.getElementById("guest-pattern");
  const says = document.getElementById("guests-said");
  const state = { field: null, list: null, chosen: -1, timer: 0, asked: null };
  let typing = false; // within an input method, whose Enter is not ours
  const words = (name) => (form.dataset[name] ?? "").split(" ").filter(Boolean);
  const order = words("order"); // the fields that Enter visits

  const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const options = () => (state.list ? [...state.list.children] : []);

  /* Rows. */

  function isBlank(row) {
    return words("tells").every((name) => !part(row, name)?.value);
  }

  function next(row) {
    let below = row.nextElementSibling;
    if (below && below.hidden) below.hidden = false;
    if (!below) {
      rows.append(pattern.content.cloneNode(true));
      below = rows.lastElementChild;
      number(below, Math.max(...[...rows.children].map((each) => Number(each.dataset.number) % 9999)) + 1);
    }
    if (isBlank(below)) {
      for (const name of words("keeps")) if (part(row, name)) part(below, name).value = part(row, name).value;
      for (const [end, start] of words("chains").map((pair) => pair.split(":"))) {
        part(below, start).value = part(row, end).value || part(row, start).value;
      }
    }
    part(below, order[0]).focus();
    below.scrollIntoView({ block: "nearest" });
  }

  function number(row, value) {
    row.dataset.number = value;
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/^([a-z])\d+-/, `$1${value}-`);
    }
  }

  function move(field) {
    const row = field.closest(".guest");
    const at = order.findIndex((name) => part(row, name) === field);
    if (at === 0 && isBlank(row)) return form.querySelector(".guests-buttons [name=_save]").focus();
    const following = at < 0 ? null : part(row, order[at + 1] ?? "");
    if (!following) return next(row);
    following.focus();
    following.select?.();
  }

  /* Suggestions. */

  function close() {
    clearTimeout(state.timer);
    state.asked?.abort();
    state.list?.remove();
    state.field?.setAttribute("aria-expanded", "false");
    state.field?.removeAttribute("aria-activedescendant");
    Object.assign(state, { list: null, chosen: -1, asked: null });
  }

  /* Nothing is chosen before ↓ is pressed: a name stands as typed, and the server asks if it is known.
     Where only a record can stand (`data-strict`) the best one is chosen at once. */
  function choose(at) {
    const all = options();
    state.chosen = (at + all.length) % all.length;
    all.forEach((option, index) => option.setAttribute("aria-selected", String(index === state.chosen)));
    const chosen = all[state.chosen];
    state.field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  function option(text, value) {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.id = `guest-option-${options().length}`;
    item.dir = "auto";
    item.textContent = text;
    item.guest = value;
    state.list.append(item);
  }

  function show(field, answer) {
    close();
    state.field = field;
    const isStrict = "strict" in field.dataset;
    const typed = field.dataset.finds === "person" ? answer.new?.formal : field.value.trim();
    const made = isStrict ? "" : typed;
    if (!answer.found.length && !made) return;
    state.list = document.createElement("ul");
    state.list.className = "guest-found";
    state.list.id = "guest-found";
    state.list.setAttribute("role", "listbox");
    state.list.setAttribute("aria-label", field.parentElement.querySelector("span").textContent);
    field.parentElement.append(state.list);
    for (const each of answer.found) option(each.label, each);
    const text = field.dataset.finds === "person" ? form.dataset.new : form.dataset.body;
    if (made) option(text.replace("{name}", made), { made: true, parts: answer.new });
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "guest-found");
    says.textContent = form.dataset.found.replace("{number}", answer.found.length);
    if (isStrict) choose(0);
  }

  async function find(field, text, signal) {
    const query = new URLSearchParams({ find: text, what: field.dataset.finds });
    const answer = await fetch(`${location.pathname}?${query}`, { signal });
    if (answer.redirected) location.reload(); // the login has ended
    return answer.json();
  }

  async function ask(field) {
    const text = field.value.trim();
    state.asked?.abort();
    if (!text) return close();
    const asked = new AbortController();
    state.asked = asked;
    try {
      const found = await find(field, text, asked.signal);
      if (document.activeElement === field && field.value.trim() === text) show(field, found);
    } catch {
      if (!asked.signal.aborted) close(); // without suggestions a name is still a name
    }
  }

  /* Who types faster than the server answers and goes on gets the best record all the same. */
  async function settle(field) {
    const text = field.value.trim();
    const key = part(field.closest(".guest"), field.dataset.key ?? "");
    if (!("strict" in field.dataset) || !text || key.value) return;
    const [best] = (await find(field, text)).found;
    if (best && !key.value && field.value.trim() === text) fill(field, best);
  }

  function take(field, chosen) {
    fill(field, chosen);
    close();
  }

  function fill(field, chosen) {
    const row = field.closest(".guest");
    if (field.dataset.finds !== "person") {
      if (!chosen.made) field.value = chosen.label.split(" · ")[0];
      if (field.dataset.key) part(row, field.dataset.key).value = chosen.key;
    } else if (chosen.made) {
      for (const [name, value] of Object.entries(chosen.parts)) {
        if (part(row, name)) part(row, name).value = value;
      }
      if (part(row, "split")) part(row, "split").value = field.value.trim();
      row.querySelector("[data-state]").textContent = form.dataset.new.replace("{name}", chosen.parts.formal);
    } else {
      known(row, field, chosen);
    }
  }

  /* A row with a select of people alike gets a hidden field in its place. */
  function known(row, field, person) {
    const who = part(row, "who");
    if (who.tagName === "SELECT") {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: who.name });
      who.closest("label").replaceWith(hidden);
    }
    part(row, "who").value = person.key;
    field.value = person.label.split(" · ")[0];
    row.querySelector("[data-state]").textContent = person.label;
  }

  /* Events. */

  form.addEventListener("compositionstart", () => (typing = true));
  form.addEventListener("compositionend", () => (typing = false));

  form.addEventListener("input", ({ target }) => {
    if (!target.dataset.finds) return;
    const row = target.closest(".guest");
    const key = part(row, target.dataset.key ?? "");
    if (key?.tagName === "INPUT") key.value = "";
    if (target.dataset.finds === "person") row.querySelector("[data-state]").textContent = "";
    clearTimeout(state.timer);
    state.timer = setTimeout(() => ask(target), PAUSE);
  });

  form.addEventListener("focusin", ({ target }) => {
    if (target.closest("#guest-rows")) target.enterKeyHint = "next";
    if (target.dataset.finds) {
      target.setAttribute("role", "combobox");
      target.setAttribute("aria-autocomplete", "list");
      target.setAttribute("aria-expanded", "false");
    }
  });

  form.addEventListener("focusout", ({ target }) => {
    if (target === state.field || target.dataset.finds) close();
  });

  form.addEventListener("mousedown", (event) => {
    const chosen = event.target.closest(".guest-found > li");
    if (!chosen) return;
    event.preventDefault(); // the field keeps the focus
    const field = state.field;
    take(field, chosen.guest);
    move(field);
  });

  form.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (typing || event.isComposing) return;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return form.requestSubmit(form.querySelector("[name=_save]"));
    }
    if (!target.closest("#guest-rows") || !/^(INPUT|SELECT)$/.test(target.tagName)) return;
    const chosen = options()[state.chosen];
    if (key === "Enter" && target.type !== "checkbox") {
      event.preventDefault();
      if (chosen) take(target, chosen.guest);
      else settle(target);
      close();
      move(target);
    } else if (state.list && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      choose(key === "ArrowDown" ? state.chosen + 1 : Math.max(state.chosen, 0) - 1);
    } else if (state.list && key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (key === "Tab") {
      if (chosen) take(target, chosen.guest);
      else settle(target);
    }
  });

  /* Begin: one blank row, with the focus, or the first field to mend. */
  form.classList.add("guests-live");
  const blank = [...rows.children].filter(isBlank);
  const filled = rows.children.length > blank.length;
  blank.slice(filled ? 0 : 1).forEach((row) => (row.hidden = true));
  const wrong = form.querySelector("[aria-invalid=true]");
  (wrong ?? part(filled ? rows.firstElementChild : blank[0], order[0])).focus();
})();
