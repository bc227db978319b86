/* Writing an invitation: a placeholder goes to where the cursor was, and the preview follows what is
   typed. Without this script the button “Show” does the latter. */
"use strict";

(() => {
  const PAUSE = 600; // milliseconds after a key before the server is asked
  const form = document.getElementById("invitation");
  const shown = document.getElementById("invitation-shown");
  const says = document.getElementById("invitation-said");
  const texts = [...form.querySelectorAll("textarea, input[type=text]")];
  let last = texts.find((field) => field.tagName === "TEXTAREA");
  let timer = 0;
  let asked = null;

  function insert(token) {
    last.setRangeText(token, last.selectionStart, last.selectionEnd, "end");
    last.focus();
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  }

  async function refresh() {
    asked?.abort();
    asked = new AbortController();
    const data = new FormData(form);
    data.append("_live", "1");
    try {
      const answer = await fetch(window.location.pathname + window.location.search, {
        method: "POST",
        body: data,
        signal: asked.signal,
      });
      if (answer.status === 200 && !answer.redirected) shown.innerHTML = await answer.text();
      says.textContent = answer.status === 204 ? shown.dataset.fault : "";
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  for (const field of texts) {
    field.addEventListener("focus", () => (last = field));
    field.addEventListener("input", later);
  }
  for (const button of form.querySelectorAll("[data-token]")) {
    button.addEventListener("click", () => insert(button.dataset.token));
  }
  document.getElementById("invitation-reader").addEventListener("change", refresh);
})();
