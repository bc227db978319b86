/* Guests as rows: names and organisations on record are offered while somebody types; Enter goes on
   to the next field, and after the mail address to the next guest, whose role is that of the last. */
"use strict";

(() => {
  const PAUSE = 150; // milliseconds after a key before the server is asked
  const form = document.getElementById("guests");
  const rows = document.getElementById("guest-rows");
  const pattern = document.getElementById("guest-pattern");
  const says = document.getElementById("guests-said");
  const state = { field: null, list: null, chosen: -1, timer: 0, asked: null };
  let typing = false; // within an input method, whose Enter is not ours

  const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const options = () => (state.list ? [...state.list.children] : []);

  /* Rows. */

  function isBlank(row) {
    return ["name", "organisation", "email", "who"].every((name) => !part(row, name)?.value);
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
      part(below, "role").value = part(row, "role").value;
      const language = part(below, "language");
      if (language) language.value = part(row, "language").value;
    }
    part(below, "name").focus();
    below.scrollIntoView({ block: "nearest" });
  }

  function number(row, value) {
    row.dataset.number = value;
    for (const field of row.querySelectorAll("[name]")) {
      field.name = field.name.replace(/^g\d+-/, `g${value}-`);
    }
  }

  function move(field) {
    const row = field.closest(".guest");
    if (!/-(name|organisation)$/.test(field.name)) return next(row);
    const fields = [part(row, "name"), part(row, "organisation"), part(row, "email")];
    fields[fields.indexOf(field) + 1].focus();
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

  /* Nothing is chosen before ↓ is pressed: a name stands as typed, and the server asks if it is known. */
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
    const made = field.dataset.finds === "person" ? answer.new?.formal : field.value.trim();
    if (!answer.found.length && !made) return;
    state.list = document.createElement("ul");
    state.list.className = "guest-found";
    state.list.id = "guest-found";
    state.list.setAttribute("role", "listbox");
    state.list.setAttribute("aria-label", field.parentElement.querySelector("span").textContent);
    field.parentElement.append(state.list);
    for (const each of answer.found) option(each.label, each);
    const words = field.dataset.finds === "person" ? form.dataset.new : form.dataset.body;
    if (made) option(words.replace("{name}", made), { made: true, parts: answer.new });
    field.setAttribute("aria-expanded", "true");
    field.setAttribute("aria-controls", "guest-found");
    says.textContent = form.dataset.found.replace("{number}", answer.found.length);
  }

  async function ask(field) {
    const text = field.value.trim();
    state.asked?.abort();
    if (!text) return close();
    const asked = new AbortController();
    state.asked = asked;
    const query = new URLSearchParams({ find: text, what: field.dataset.finds });
    try {
      const answer = await fetch(`${location.pathname}?${query}`, { signal: asked.signal });
      if (answer.redirected) return location.reload(); // the login has ended
      const found = await answer.json();
      if (document.activeElement === field && field.value.trim() === text) show(field, found);
    } catch {
      if (!asked.signal.aborted) close(); // without suggestions a name is still a name
    }
  }

  function take(field, chosen) {
    const row = field.closest(".guest");
    if (field.dataset.finds === "organisation") {
      if (!chosen.made) field.value = chosen.label.split(" · ")[0];
    } else if (chosen.made) {
      for (const [name, value] of Object.entries(chosen.parts)) {
        if (part(row, name)) part(row, name).value = value;
      }
      part(row, "split").value = field.value.trim();
      row.querySelector("[data-state]").textContent = form.dataset.new.replace("{name}", chosen.parts.formal);
    } else {
      known(row, chosen);
    }
    close();
  }

  /* A row with a select of people alike gets a hidden field in its place. */
  function known(row, person) {
    const who = part(row, "who");
    if (who.tagName === "SELECT") {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: who.name });
      who.closest("label").replaceWith(hidden);
    }
    part(row, "who").value = person.key;
    part(row, "name").value = person.label.split(" · ")[0];
    row.querySelector("[data-state]").textContent = person.label;
  }

  /* Events. */

  form.addEventListener("compositionstart", () => (typing = true));
  form.addEventListener("compositionend", () => (typing = false));

  form.addEventListener("input", ({ target }) => {
    if (!target.dataset.finds) return;
    const row = target.closest(".guest");
    if (target.dataset.finds === "person") {
      const who = part(row, "who");
      if (who.tagName === "INPUT") who.value = "";
      row.querySelector("[data-state]").textContent = "";
    }
    clearTimeout(state.timer);
    state.timer = setTimeout(() => ask(target), PAUSE);
  });

  form.addEventListener("focusin", ({ target }) => {
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
      close();
      move(target);
    } else if (state.list && (key === "ArrowDown" || key === "ArrowUp")) {
      event.preventDefault();
      choose(key === "ArrowDown" ? state.chosen + 1 : Math.max(state.chosen, 0) - 1);
    } else if (state.list && key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (key === "Tab" && chosen) {
      take(target, chosen.guest);
    }
  });

  /* Begin: one blank row, with the focus, or the first field to mend. */
  form.classList.add("guests-live");
  const blank = [...rows.children].filter(isBlank);
  const filled = rows.children.length > blank.length;
  blank.slice(filled ? 0 : 1).forEach((row) => (row.hidden = true));
  const wrong = form.querySelector("[aria-invalid=true]");
  (wrong ?? part(filled ? rows.firstElementChild : blank[0], "name")).focus();
})();
