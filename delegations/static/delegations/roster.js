/* Reordering by keyboard: the drag handle also reacts to arrow keys. */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector('table[data-ordering-field="precedence"]');
  if (!table) return;
  const label = document.getElementById("move-label");
  for (const handle of table.querySelectorAll(".form-group.original [x-sort\\:handle]")) {
    handle.tabIndex = 0;
    handle.setAttribute("role", "button");
    handle.setAttribute("aria-label", label ? label.textContent : "↑ ↓");
    handle.addEventListener("keydown", (event) => move(table, handle, event));
  }
});

function move(table, handle, event) {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  const row = handle.closest(".form-group.original");
  const rows = [...table.querySelectorAll(".form-group.original")];
  const other = rows[rows.indexOf(row) + (event.key === "ArrowUp" ? -1 : 1)];
  if (!other) return;
  if (event.key === "ArrowUp") other.before(row);
  else other.after(row);
  sortRecords({ from: table });
  handle.focus();
}
