/* Rules for elements of the desk: a rule applies to each element that matches, now and when a script
   adds one later (Alpine, select2, rows of a form). */
"use strict";

const desk = {
  rules: [],
  done: new WeakMap(),

  /* Call `act` once for each element that matches. */
  each(selector, act) {
    desk.rules.push({ selector, act });
  },

  apply(root) {
    for (const rule of desk.rules) {
      if (root.matches(rule.selector)) desk.once(rule, root);
      for (const element of root.querySelectorAll(rule.selector)) desk.once(rule, element);
    }
  },

  once(rule, element) {
    const applied = desk.done.get(element) ?? new Set();
    if (applied.has(rule) || element.closest(".empty-form")) return;
    desk.done.set(element, applied.add(rule));
    rule.act(element);
  },

  /* Return a text in the language of the page. */
  text(name) {
    return document.getElementById("desk-words")?.getAttribute(`data-${name}`) ?? "";
  },

  /* Return the id of an element, which gets one if it has none. */
  id(element) {
    element.id ||= `desk-${++desk.count}`;
    return element.id;
  },
  count: 0,

  visible(element) {
    return element.checkVisibility({ visibilityProperty: true });
  },

  /* Return the visible elements within `root` that Tab reaches. */
  stops(root) {
    const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
    return [...root.querySelectorAll(all)].filter(
      (element) => element.tabIndex >= 0 && !element.disabled && desk.visible(element),
    );
  },

  /* Call `act` whenever an attribute of the element changes. */
  observe(element, attribute, act) {
    new MutationObserver(act).observe(element, { attributeFilter: [attribute] });
  },
};

document.addEventListener("DOMContentLoaded", () => {
  desk.apply(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof HTMLElement && node.isConnected) desk.apply(node);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
});
