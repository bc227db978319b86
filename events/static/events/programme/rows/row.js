/* One row: a part, or one that is not stored yet. It keeps what was typed until that is stored. */
import { clockText, DAY, minuteOf } from "../clock.js";
import { store } from "../store.js";
import { combo, suggestions } from "./combo.js";
import { button, clock, dayLabel, days, icon, iconButton, labels, make, say } from "./words.js";

const LANGUAGES = ["en", "zh_hans", "zh_hant"];
const NAMES = { en: "English", zh_hans: "简体", zh_hant: "繁體" };
const FIRST = { kind: "session", visibility: null };
let numbers = 0;

export class Row {
  /* `part` is null for a new row; `values` are those to begin with; `after` is the part before. */
  constructor(part, { values = {}, after = null, acts, pasted = null }) {
    this.part = part;
    this.after = after;
    this.acts = acts; // what the page does: save, addAfter, menu …
    this.pasted = pasted;
    this.key = part ? `part-${part.id}` : `new-${(numbers += 1)}`;
    this.typed = { ...values }; // by field, what differs from what is stored
    this.faults = [];
    this.element = this.build();
  }

  get isNew() {
    return this.part === null;
  }

  get mayChange() {
    return this.isNew || this.part.may_change;
  }

  /* The value of a field as it is stored. */
  stored(name) {
    if (name.startsWith("titles.")) return this.part?.titles[name.slice(7)] ?? "";
    if (name === "speakers") return this.part?.speakers ?? [];
    if (name === "room") return this.part ? { id: this.part.room, name: this.part.place } : { id: null, name: "" };
    return this.part ? this.part[name] : (FIRST[name] ?? null);
  }

  value(name) {
    return name in this.typed ? this.typed[name] : this.stored(name);
  }

  put(name, value) {
    const about = name.startsWith("titles.") ? /^title/ : new RegExp(`^${name}$`);
    if (this.faults.some(({ field }) => about.test(field))) {
      this.faults = this.faults.filter(({ field, theirs }) => theirs !== undefined || !about.test(field));
      this.fillFaults();
    }
    if (same(name, value, this.stored(name)) && !this.isNew) delete this.typed[name];
    else this.typed[name] = value;
  }

  get isDirty() {
    return Object.keys(this.typed).length > 0;
  }

  get isBlank() {
    const says = LANGUAGES.some((each) => this.value(`titles.${each}`)) || this.value("speakers").length || this.value("room").name;
    return this.isNew && !says;
  }

  get isFocused() {
    return this.element.contains(document.activeElement);
  }

  /* The edits that store what was typed; rooms and people that are new are named. */
  edits() {
    const { to, rooms } = this.wanted();
    if (this.isNew) {
      const parent = this.parent ?? null;
      const add = { op: "add", key: this.key, to, ...(parent && { parent }), ...(this.after && { next_to: this.after }) };
      return [...rooms, add];
    }
    const was = {};
    for (const name of Object.keys(to)) {
      if (name === "titles") was.titles = Object.fromEntries(Object.keys(to.titles).map((each) => [each, this.base(`titles.${each}`)]));
      else was[name] = this.base(name);
    }
    return Object.keys(to).length ? [...rooms, { op: "set", id: this.part.id, was, to }] : [];
  }

  /* What a field was when somebody began to change it, or what they have seen of others since. */
  base(name) {
    const seen = this.seen?.[name];
    const value = seen === undefined ? this.stored(name) : seen;
    if (name === "speakers") return value.map((each) => (typeof each === "object" ? each.id : each));
    return name === "room" && value !== null && typeof value === "object" ? value.id : value;
  }

  wanted() {
    const to = {};
    const rooms = [];
    for (const [name, value] of Object.entries(this.typed)) {
      if (name.startsWith("titles.")) (to.titles ??= {})[name.slice(7)] = value;
      else if (name === "speakers") to.speakers = value.map((each) => each.id ?? each.name);
      else if (name === "room") this.wantRoom(value, to, rooms);
      else if (value !== null || !this.isNew) to[name] = value;
    }
    return { to, rooms };
  }

  wantRoom(value, to, rooms) {
    if (value.id || !value.name) {
      if (value.id || !this.isNew) to.room = value.id ?? null;
      return;
    }
    const key = `room-${value.name.toLocaleLowerCase()}`;
    rooms.push({ op: "room", key, name: value.name, parent_place: null });
    to.room = key;
  }

  /* Take over what is stored now; what was typed stays. */
  update(part) {
    const before = this.part;
    this.part = part;
    for (const name of Object.keys(this.typed)) {
      if (same(name, this.typed[name], this.stored(name))) {
        delete this.typed[name];
      } else if (before) {
        const kept = this.part;
        this.part = before;
        (this.seen ??= {})[name] ??= this.stored(name); // so that a collision is noticed
        this.part = kept;
      }
    }
    if (!this.isDirty) this.seen = undefined;
    this.fill();
  }

  stand() {
    this.typed = {};
    this.seen = undefined;
    this.faults = [];
    this.fill();
  }

  /* Elements. */

  build() {
    const ro = !this.mayChange;
    const language = store.language;
    this.fields = {
      title: this.input(`titles.${language}`, say("title"), { maxlength: 300, class: "rows-title" }),
      kind: this.select("kind", say("kind"), () => labels("kinds")),
      on: this.select("on", say("day"), () => dayChoices(this.value("on"))),
      from: this.time("from", say("from")),
      to: this.time("to", say("to")),
      room: this.place(),
      visibility: this.select("visibility", say("visibility"), () => ({ ...(this.isNew && { "": say("like-event") }), ...labels("visibilities") })),
    };
    this.chips = make("span", { class: "rows-chips" });
    const speakers = make("div", { class: "rows-cell rows-speakers", "data-label": say("speakers") }, this.chips);
    if (!ro) speakers.append((this.fields.speakers = this.speaker()));
    this.status = make("span", { class: "rows-status" });
    this.others = make("div", { class: "rows-others", hidden: true });
    this.faultList = make("ul", { class: "rows-faults", id: `${this.key}-faults`, hidden: true });
    const choose = this.isNew || ro ? make("span", { class: "rows-choose" }) : make("label", { class: "rows-choose" },
      (this.box = make("input", { type: "checkbox", "aria-label": say("choose"), click: (event) => this.acts.choose(this, event) })));
    const cell = (name, label) => make("div", { class: `rows-cell rows-${name}`, "data-label": label }, this.fields[name]);
    const titles = make("div", { class: "rows-cell rows-what", "data-label": say("title") }, this.fields.title);
    if (!ro) titles.append(iconButton("translate", say("languages"), () => this.showTitles(), { "aria-expanded": "false" }));
    const element = make("div", { class: "rows-row", role: "group", "data-id": this.part?.id ?? null, "data-key": this.key },
      choose, cell("from", say("from")), cell("to", say("to")), titles, cell("kind", say("kind")), cell("on", say("day")),
      cell("room", say("place")), speakers, make("div", { class: "rows-cell rows-state" }, this.status), cell("visibility", say("visibility")),
      make("div", { class: "rows-acts" }, ...this.buttons()), this.others, this.faultList);
    element.classList.toggle("rows-new", this.isNew);
    this.element = element;
    this.fill();
    return element;
  }

  buttons() {
    if (this.isNew) {
      return this.pasted ? [iconButton("close", say("leave-out"), () => this.acts.leaveOut(this))] : [];
    }
    const found = [];
    if (store.event.may_add && this.part.may_change) {
      found.push(iconButton("add", say("add-after"), () => this.acts.addAfter(this)));
      found.push(iconButton("content_copy", say("duplicate"), () => this.acts.duplicate(this)));
    }
    found.push(make("a", { class: "rows-small", href: this.part.url, title: say("open"), "aria-label": say("open") }, icon("arrow_forward")));
    return found;
  }

  input(name, label, attributes) {
    const input = make("input", { "aria-label": label, dir: "auto", readonly: !this.mayChange, enterkeyhint: "next", ...attributes });
    input.addEventListener("input", () => this.put(name, input.value));
    input.dataset.field = name;
    return input;
  }

  time(name, label) {
    const input = this.input(name, label, { maxlength: 12, size: 5, placeholder: name === "from" ? "9:00" : "9:30", inputmode: "text", spellcheck: "false" });
    input.addEventListener("input", () => {
      const at = clock(input.value);
      mark(input, at === undefined);
      this.put(name, at === undefined ? input.value : at);
    });
    input.addEventListener("change", () => {
      if (this.acts.isDrawing()) return; // the row is only taken elsewhere
      if (name === "from") this.keepLength();
      this.fill();
    });
    return input;
  }

  /* A start that is changed by itself moves the end along, as it does when a part is dragged. */
  keepLength() {
    const [old, end, start] = [this.stored("from"), this.stored("to"), this.value("from")];
    if (this.isNew || !old || !end || !/^\d\d:\d\d$/.test(start ?? "") || "to" in this.typed) return;
    const length = minuteOf(end) - minuteOf(old);
    const at = minuteOf(start) + length;
    if (length > 0 && at < DAY) this.put("to", clockText(at));
  }

  /* The choices are written when somebody comes near: a page of many rows is light without them. */
  select(name, label, choices) {
    const select = make("select", { "aria-label": label, disabled: !this.mayChange });
    const open = () => {
      if (select.options.length > 1) return;
      const value = select.value;
      select.replaceChildren(...Object.entries(choices()).map(([key, text]) => make("option", { value: key }, text)));
      select.value = value;
    };
    for (const event of ["focus", "pointerdown", "mouseenter"]) select.addEventListener(event, open);
    select.addEventListener("change", () => this.put(name, select.value || null));
    select.dataset.field = name;
    return select;
  }

  place() {
    const input = this.input("room", say("place"), { maxlength: 200, spellcheck: "false", placeholder: this.isNew ? (store.event.place?.name ?? "") : null });
    input.addEventListener("input", () => this.put("room", roomMeant(input.value)));
    combo(input, {
      find: async (text, signal) => {
        const near = store.rooms.filter(({ name }) => name.toLocaleLowerCase().includes(text.toLocaleLowerCase()));
        const meant = roomMeant(text).id;
        near.sort((one, other) => (other.id === meant) - (one.id === meant));
        const ours = near.map((room) => ({ label: room.name, value: room, isMeant: room.id === meant }));
        const { found } = await suggestions("place", text, signal);
        const others = found.filter(({ key }) => !near.some(({ id }) => id === key));
        const known = [...ours, ...others.map(({ key, label }) => ({ label, value: { id: key, name: label.split(" · ")[0] } }))];
        const is = known.some(({ value }) => value.name.toLocaleLowerCase() === text.toLocaleLowerCase());
        return is ? known : [...known, { label: say("new-room", { name: text }), value: { id: null, name: text } }];
      },
      take: (room) => {
        this.put("room", { id: room.id, name: room.name });
        this.fill();
        this.acts.next(this, input);
      },
    });
    return input;
  }

  speaker() {
    const input = make("input", { "aria-label": say("speakers"), dir: "auto", class: "rows-speaker", maxlength: 250, spellcheck: "false", autocapitalize: "words", placeholder: say("add-speaker"), enterkeyhint: "next" });
    combo(input, {
      find: async (text, signal) => {
        const answer = await suggestions("person", text, signal);
        const known = answer.found.map(({ key, label }) => ({ label, value: { id: key, name: label.split(" · ")[0] } }));
        const name = answer.new?.formal || text;
        return [...known, { label: say("new-person", { name }), value: { name: text } }];
      },
      take: (person) => this.addSpeaker(person, input),
    });
    input.addEventListener("change", () => this.acts.isDrawing() || this.takeSpeaker(input));
    input.dataset.field = "speakers";
    return input;
  }

  /* What was typed and not chosen is the name of somebody, known or new: the server finds out. */
  takeSpeaker(input = this.fields.speakers) {
    if (input?.value.trim()) this.addSpeaker({ name: input.value.trim() }, input);
  }

  addSpeaker(person, input) {
    input.value = "";
    if (person.id && this.value("speakers").some(({ id }) => id === person.id)) return;
    this.put("speakers", [...this.value("speakers"), person]);
    this.fill();
  }

  showTitles() {
    const open = this.others.hidden;
    this.others.hidden = !open;
    this.element.querySelector(".rows-what button").setAttribute("aria-expanded", String(open));
    if (open && !this.others.children.length) {
      for (const each of LANGUAGES.filter((other) => other !== store.language)) {
        const name = `titles.${each}`;
        const input = this.input(name, `${say("title")} (${NAMES[each]})`, { maxlength: 300 });
        this.fields[name] = input;
        this.others.append(make("label", {}, make("span", {}, NAMES[each]), input));
      }
      this.fill();
    }
    if (open) this.others.querySelector("input").focus();
  }

  /* Write the values into the fields, but for the one that somebody is typing in. */
  fill() {
    const language = store.language;
    const set = (element, value) => {
      if (element && (element !== document.activeElement || element.tagName === "SELECT")) element.value = value ?? "";
    };
    set(this.fields.title, this.value(`titles.${language}`));
    const instead = this.part && !this.part.titles[language] ? this.part.title : "";
    this.fields.title.placeholder = this.isNew ? say("new-title") : instead;
    for (const each of LANGUAGES) set(this.fields[`titles.${each}`], this.value(`titles.${each}`));
    for (const name of ["from", "to"]) set(this.fields[name], this.value(name));
    set(this.fields.room, this.value("room").name);
    this.option(this.fields.kind, this.value("kind"), labels("kinds")[this.value("kind")]);
    this.option(this.fields.visibility, this.value("visibility") ?? "", labels("visibilities")[this.value("visibility")] ?? say("like-event"));
    const on = this.value("on");
    this.option(this.fields.on, on ?? "", on ? dayLabel(on) : this.part?.when || say("no-day"));
    this.fields.to.title = this.nights();
    this.chips.replaceChildren(...this.value("speakers").map((person) => this.chip(person)));
    this.status.textContent = this.part ? (labels("statuses")[this.part.status] ?? "") : "";
    this.status.dataset.status = this.part?.status ?? "";
    this.element?.classList.toggle("rows-dirty", this.isDirty && !this.isNew);
    this.element?.style.setProperty("--depth", this.part ? this.part.depth - 1 : 0);
    this.element?.setAttribute("aria-label", this.part?.title || say("new-part"));
    this.element?.classList.toggle("rows-off", ["cancelled", "postponed"].includes(this.part?.status));
    this.fillFaults();
  }

  nights() {
    const until = this.part?.until_on;
    return until && this.part.on && until !== this.part.on && this.part.to ? dayLabel(until) : "";
  }

  option(select, value, text) {
    const isFull = select.options.length > 1;
    if (!isFull || ![...select.options].some((each) => each.value === value)) {
      select.replaceChildren(make("option", { value }, text ?? value));
    }
    select.value = value;
  }

  chip(person) {
    if (!this.mayChange) return make("span", { class: "rows-chip", dir: "auto" }, person.name);
    const drop = () => {
      this.put("speakers", this.value("speakers").filter((each) => each !== person));
      this.fill();
      this.fields.speakers.focus();
    };
    return button(`${person.name} ×`, drop, { class: "rows-chip", dir: "auto", "aria-label": say("drop-speaker", { name: person.name }) });
  }

  fillFaults() {
    const list = this.faultList;
    if (!list) return;
    list.hidden = !this.faults.length;
    list.replaceChildren(...this.faults.map((fault) => this.fault(fault)));
    for (const [name, field] of Object.entries(this.fields)) {
      const isWrong = this.faults.some((fault) => fault.field === name || (name === "title" && fault.field.startsWith("title")));
      mark(field, isWrong);
      if (isWrong) field.setAttribute("aria-describedby", list.id);
      else field.removeAttribute("aria-describedby");
    }
  }

  fault({ field, reason, theirs, yours }) {
    const item = make("li", {}, reason);
    if (theirs === undefined) return item;
    item.append(" ", make("span", {}, say("both", { field: say(field.startsWith("titles") ? "title" : labelOf[field] ?? field), theirs: shown(field, theirs), yours: shown(field, yours) })), " ",
      button(say("keep-mine"), () => this.keepMine(field, theirs)), " ", button(say("take-theirs"), () => this.takeTheirs(field)));
    return item;
  }

  keepMine(field, theirs) {
    (this.seen ??= {})[field] = theirs;
    this.faults = this.faults.filter((each) => each.field !== field);
    this.acts.save(this);
  }

  takeTheirs(field) {
    delete this.typed[field];
    if (this.seen) delete this.seen[field];
    this.faults = this.faults.filter((each) => each.field !== field);
    store.refresh().then(() => {
      this.fill();
      this.acts.save(this);
    });
  }
}

const labelOf = { on: "day", from: "from", to: "to", room: "place", kind: "kind", visibility: "visibility", speakers: "speakers" };

function shown(field, value) {
  if (value === null || value === "" || value === undefined) return "–";
  if (field === "room") return store.rooms.find(({ id }) => id === value)?.name ?? "…";
  if (field === "on" || field === "until_on") return dayLabel(value);
  if (field === "kind") return labels("kinds")[value] ?? value;
  if (field === "visibility") return labels("visibilities")[value] ?? value;
  if (field === "speakers") return value.map((key) => nameOf(key)).join(", ") || "–";
  return value;
}

function nameOf(key) {
  for (const part of store.parts.values()) {
    const known = part.speakers.find(({ id }) => id === key);
    if (known) return known.name;
  }
  return typeof key === "string" ? key : "…";
}

function dayChoices(now) {
  const found = { "": say("no-day") };
  for (const on of new Set([...days(store.event), ...(now ? [now] : [])])) found[on] = dayLabel(on);
  return found;
}

/* Say of a field whether something is wrong with it. */
function mark(field, isWrong) {
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

/* Return the room that somebody means who has typed this much: that of the name, or the only one
   whose name begins so; else one that is still to be made. */
function roomMeant(text) {
  const room = roomOf(text);
  if (room.id || !room.name) return room;
  const begun = room.name.toLocaleLowerCase();
  const found = store.rooms.filter(({ name }) => name.toLocaleLowerCase().startsWith(begun));
  return found.length === 1 ? { id: found[0].id, name: found[0].name } : room;
}

/* Return the room of this name, or one that is still to be made. */
export function roomOf(text) {
  const name = text.trim();
  const known = store.rooms.find((room) => room.name.toLocaleLowerCase() === name.toLocaleLowerCase());
  return known ? { id: known.id, name: known.name } : { id: null, name };
}

function same(name, one, other) {
  if (name === "room") return (one.id ?? null) === (other.id ?? null) && (Boolean(one.id) || one.name === other.name);
  if (name === "speakers") return JSON.stringify(one.map(({ id, name: text }) => id ?? text)) === JSON.stringify(other.map(({ id }) => id));
  return (one || null) === (other || null);
}
