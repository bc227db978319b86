// The formal name of a person while its parts are typed; the server makes it.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const shown = document.querySelector("[data-formal-name]");
  const parts = ["family_name", "given_name", "western_name", "name_order"]
    .map((name) => document.getElementById(`id_${name}`))
    .filter(Boolean);
  if (!shown || !parts.length) return;
  let waiting;
  let asked = 0;

  const ask = async () => {
    const number = ++asked;
    const body = new URLSearchParams();
    for (const field of parts) body.set(field.name, field.value);
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token };
    const answer = await fetch(shown.dataset.formalName, { method: "POST", headers, body });
    // A later question may have been answered before.
    if (answer.ok && number === asked) shown.textContent = (await answer.json()).name || "–";
  };

  for (const field of parts) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 200);
    });
  }
  // A form that came back still has what was typed.
  if (shown.textContent === "–" && parts[0].value) ask();
});
