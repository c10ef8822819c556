// Pages to link to, offered after "[[" where the caret stands; sections of one after its name and "#".
// The field stays a text field: the list is announced, and walked with the arrows from inside it.

import { isInFence, lineAt } from "./markdown.js";
import { apply } from "./textfield.js";

const WAIT = 120; // ms of silence before asking
const OPEN = /\[\[([^[\]\n|]*)$/;

export class Completion {
  constructor(area, mirror) {
    this.area = area;
    this.mirror = mirror;
    this.options = [];
    this.chosen = -1;
    this.list = document.createElement("div");
    this.list.className = "suggestions completion";
    this.list.id = "nx-completion";
    this.list.setAttribute("role", "listbox");
    this.list.ariaLabel = area.dataset.completeLabel;
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "sr-only";
    this.status.setAttribute("role", "status");
    area.after(this.list, this.status);
    area.setAttribute("aria-autocomplete", "list");
    area.addEventListener("input", (event) => { if (!event.isComposing) this.look(); });
    area.addEventListener("compositionend", () => this.look());
    // Before other listeners: while the list is open, Enter, Tab and Escape are its own.
    area.addEventListener("keydown", (event) => this.press(event), { capture: true });
    area.addEventListener("blur", () => this.close());
    area.addEventListener("click", () => this.close());
    area.addEventListener("scroll", () => this.list.hidden || this.put(), { passive: true });
    // Before the blur, or the list is gone when the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.take(this.options.indexOf(event.target.closest("[role=option]"))));
  }

  /** What stands between "[[" and the caret; null where no link is being typed. */
  typed() {
    const { value, selectionStart: at, selectionEnd: end } = this.area;
    if (at !== end) return null;
    const line = lineAt(value, at);
    const before = value.slice(line.start, at);
    const found = OPEN.exec(before);
    const isCode = found && (before.slice(0, found.index).split("`").length % 2 === 0 || isInFence(value, at));
    return found && !isCode ? found[1] : null;
  }

  look() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const typed = this.typed();
    if (typed === null) return this.close();
    this.timer = setTimeout(() => (typed.startsWith("#") ? this.show(typed, this.headings(typed)) : this.ask(typed)), WAIT);
  }

  /** The headings of the text itself, as it stands. */
  headings(typed) {
    const part = typed.slice(1).trim().toLowerCase();
    const found = [...this.area.value.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$/gm)]
      .filter((each) => !isInFence(this.area.value, each.index))
      .map((each) => each[1]);
    return found.filter((text) => text.toLowerCase().includes(part) && !/[[\]|#]/.test(text)).slice(0, 8)
      .map((text) => ({ link: `#${text}`, label: text, note: "" }));
  }

  async ask(typed) {
    this.asking = new AbortController();
    try {
      const address = `${this.area.dataset.complete}?${new URLSearchParams({ q: typed })}`;
      const answer = await fetch(address, { signal: this.asking.signal });
      if (!answer.ok || answer.redirected) return this.close();
      this.show(typed, await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(typed, choices) {
    if (this.typed() !== typed || document.activeElement !== this.area) return;
    this.choices = choices;
    this.chosen = -1;
    this.options = choices.map(({ label, note }, index) => {
      const option = document.createElement("div");
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      const words = document.createElement("bdi");
      words.textContent = label;
      const small = document.createElement("small");
      small.className = "quiet";
      small.textContent = note;
      option.append(words, " ", small);
      return option;
    });
    if (!choices.length) return this.close();
    this.list.replaceChildren(...this.options);
    this.list.hidden = false;
    this.put();
    this.area.setAttribute("aria-haspopup", "listbox");
    this.area.setAttribute("aria-controls", this.list.id);
    this.status.textContent = this.area.dataset.completeCount.replace("{count}", choices.length);
    // With nothing typed, Enter may still mean a new line.
    this.choose(typed.replace("#", "") ? 0 : -1);
  }

  /** Below the caret, inside the field's width. */
  put() {
    const { area, list } = this;
    const [{ left, top, height }] = this.mirror.measure([area.selectionStart]);
    const y = Math.min(Math.max(0, top + height - area.scrollTop), area.clientHeight);
    list.style.setProperty("--x", `${area.offsetLeft + left}px`);
    list.style.setProperty("--y", `${area.offsetTop + y + 4}px`);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.options = [];
    this.chosen = -1;
    this.status.textContent = "";
    for (const name of ["aria-haspopup", "aria-controls", "aria-activedescendant"]) this.area.removeAttribute(name);
  }

  press(event) {
    if (event.isComposing || this.list.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    const isTaking = (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) && this.chosen >= 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if (isTaking) this.take(this.chosen);
    else if (event.key === "Escape") this.close();
    else {
      if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Tab"].includes(event.key)) this.close();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  choose(place) {
    this.options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = place < 0 ? (place < -1 || this.chosen >= 0 ? this.options.length - 1 : -1) : place % this.options.length;
    for (const [index, option] of this.options.entries()) option.setAttribute("aria-selected", String(index === this.chosen));
    const option = this.options[this.chosen];
    if (!option) return this.area.removeAttribute("aria-activedescendant");
    option.scrollIntoView({ block: "nearest" });
    this.area.setAttribute("aria-activedescendant", option.id);
  }

  take(place) {
    const choice = this.choices[place];
    const typed = this.typed();
    if (!choice || typed === null) return this.close();
    const { value, selectionStart: at } = this.area;
    const end = at + (value.startsWith("]]", at) ? 2 : 0);
    const text = `${choice.link}]]`;
    const start = at - typed.length;
    this.close();
    apply(this.area, { start, end, text, from: start + text.length, to: start + text.length });
  }
}
