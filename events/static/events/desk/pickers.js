/* Pickers (select2): a letter typed on a closed one opens it and counts; Enter and Tab take the best
   hit, also when they come before the server has answered, and Tab goes on to the next field. */
"use strict";

const SEARCH = ".select2-search--dropdown .select2-search__field";
const picker = { arrived: null, awaited: "" }; // of the one that is open: the words that the results are for, and a key

/* Return the open picker: its select, its box and its controller. */
function opened() {
  const box = document.querySelector(".select2-container--open .select2-selection");
  const select = box?.closest(".select2").previousElementSibling;
  return select && { box, select, control: django.jQuery(select).data("select2") };
}

/* Open a picker with the first letter of what is sought. */
function openWith(box, letter) {
  django.jQuery(box.closest(".select2").previousElementSibling).select2("open");
  const field = document.querySelector(SEARCH);
  if (!field) return;
  field.value += letter;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function takeBest({ box, control }, key) {
  picker.awaited = "";
  control.trigger("results:select", {});
  if (key === "Tab" && !control.isOpen()) nextStop(box)?.focus();
}

/* Return what Tab reaches after a field. */
function nextStop(box) {
  const stops = desk.stops(box.closest("form") ?? document.body);
  return stops[stops.indexOf(box) + 1];
}

document.addEventListener(
  "keydown",
  (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches(".select2-selection--single") && event.key.length === 1 && event.key !== " ") {
      event.preventDefault();
      openWith(event.target, event.key);
    } else if (event.target.matches(SEARCH) && !event.shiftKey) {
      pickOn(event);
    }
  },
  true,
);

function pickOn(event) {
  const words = event.target.value;
  const isReady = picker.arrived === words;
  if (event.key !== "Enter" && (event.key !== "Tab" || !words.trim())) return;
  if (event.key === "Enter" && isReady) return; // select2 takes what is marked
  event.preventDefault();
  event.stopImmediatePropagation();
  if (isReady) takeBest(opened(), event.key);
  else picker.awaited = event.key;
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.(SEARCH)) picker.awaited = "";
});

window.addEventListener("load", () => {
  const $ = window.django?.jQuery;
  if (!$) return;
  const watched = new WeakSet();
  $(document).on("select2:open", ({ target }) => {
    Object.assign(picker, { arrived: null, awaited: "" });
    document.querySelector(SEARCH)?.focus(); // select2 does so later, and letters typed before are lost
    const control = $(target).data("select2");
    if (watched.has(control)) return;
    watched.add(control);
    control.on("results:all", ({ query }) => {
      picker.arrived = query.term ?? "";
      const words = document.querySelector(SEARCH)?.value;
      if (picker.awaited && picker.arrived === words) takeBest(opened(), picker.awaited);
    });
  });
});
