/* Tabs: roles and arrow keys for the bars of Unfold, whose tabs are plain links. Tab reaches the
   chosen tab, and from there its panel. */
"use strict";

desk.each("#tabs-items:has(> a[href^='#']), nav:has(> a[x-on\\:click^='activeFieldsetTab'])", (bar) => {
  const tabs = () => [...bar.querySelectorAll(":scope > a")];
  bar.setAttribute("role", "tablist");
  for (const tab of tabs()) dressTab(tab);
  bar.addEventListener("keydown", (event) => {
    const tab = event.target.closest("[role=tab]");
    const next = tab && neighbour(tabs(), tab, event.key);
    if (!next) return;
    event.preventDefault();
    next.click();
    next.focus();
  });
});

/* Return the tab to which a key leads; Enter and the space bar choose the tab itself. */
function neighbour(tabs, tab, key) {
  const at = tabs.indexOf(tab);
  const last = tabs.length - 1;
  const to = {
    ArrowRight: at === last ? 0 : at + 1,
    ArrowDown: at === last ? 0 : at + 1,
    ArrowLeft: at === 0 ? last : at - 1,
    ArrowUp: at === 0 ? last : at - 1,
    Home: 0,
    End: last,
    Enter: at,
    " ": at,
  }[key];
  return tabs[to];
}

function dressTab(tab) {
  tab.setAttribute("role", "tab");
  const panels = panelsOf(tab);
  if (panels.length) tab.setAttribute("aria-controls", panels.map(desk.id).join(" "));
  for (const panel of panels) {
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", desk.id(tab));
  }
  const show = () => {
    const chosen = tab.classList.contains("active");
    tab.setAttribute("aria-selected", chosen);
    tab.tabIndex = chosen ? 0 : -1;
  };
  show();
  desk.observe(tab, "class", show);
}

/* Return the parts of the page that Alpine shows while the tab is chosen. */
function panelsOf(tab) {
  const chosen = tab.getAttribute("x-on:click").replace(/\s*=\s*/, " == ");
  const scope = tab.closest("[x-data]");
  return [...scope.querySelectorAll(`div[x-show="${CSS.escape(chosen)}"]`)];
}

/* The tabs of translated fields (jQuery UI) are list items with a link in them: only the item is to
   be reached, and it bears the language's own name. */
desk.each(".ui-tabs-nav .ui-tabs-anchor", (link) => {
  const tag = link.textContent.trim();
  // jQuery UI still asks where the link leads; without it, it would load the panel from the server.
  for (const name of ["href", "hash"]) Object.defineProperty(link, name, { value: link[name] });
  link.removeAttribute("href");
  link.removeAttribute("tabindex");
  link.removeAttribute("title");
  link.lang = tag;
  link.textContent = new Intl.DisplayNames(tag, { type: "language" }).of(tag);
  if (link.closest("li").classList.contains("ui-tab-has-errors")) link.append(" (!)");
});
