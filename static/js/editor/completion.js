// Pages to link to, offered after "[[" where the caret stands; sections of one after its name and "#".
// The field stays a text field: the list is announced, and walked with the arrows from inside it.

import { isComposing, ListBox, makeOption } from "../search/listbox.js";
import { isInFence, lineAt } from "./markdown.js";
import { insert } from "./textfield.js";

const WAIT = 120; // ms of silence before asking
const OPEN = /\[\[([^[\]\n|]*)$/;
const MOST = 8; // headings

export class Completion {
  constructor(area, mirror) {
    this.area = area;
    this.mirror = mirror;
    this.box = new ListBox(area, {
      id: "nx-completion", label: area.dataset.completeLabel, className: "suggestions completion", wait: WAIT,
    });
    area.addEventListener("input", (event) => { if (!event.isComposing) this.look(); });
    area.addEventListener("compositionend", () => this.look());
    // Before other listeners: while the list is open, Enter, Tab and Escape belong to it.
    area.addEventListener("keydown", (event) => this.press(event), { capture: true });
    area.addEventListener("click", () => this.box.close());
    area.addEventListener("scroll", () => { if (this.isOpen) this.place(); }, { passive: true });
  }

  get isOpen() {
    return this.box.isOpen;
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
    const typed = this.typed();
    if (typed === null) this.box.close();
    else if (typed.startsWith("#")) this.box.ask(() => this.show(typed, this.headings(typed)));
    else this.box.ask((signal) => this.fetch(typed, signal));
  }

  /** The headings of the text itself, as it stands. */
  headings(typed) {
    const part = typed.slice(1).trim().toLowerCase();
    const found = [...this.area.value.matchAll(/^ {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$/gm)]
      .filter((each) => !isInFence(this.area.value, each.index))
      .map((each) => each[1]);
    return found.filter((text) => text.toLowerCase().includes(part) && !/[[\]|#]/.test(text)).slice(0, MOST)
      .map((text) => ({ link: `#${text}`, label: text, note: "" }));
  }

  async fetch(typed, signal) {
    const address = `${this.area.dataset.complete}?${new URLSearchParams({ q: typed })}`;
    const answer = await fetch(address, { signal });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    this.show(typed, await answer.json());
  }

  show(typed, choices) {
    if (this.typed() !== typed || document.activeElement !== this.area) return;
    if (!choices.length) {
      this.box.close();
      return;
    }
    const options = choices.map(({ link, label, note }) => {
      const option = document.createElement("div");
      const words = document.createElement("bdi");
      words.textContent = label;
      option.addEventListener("click", () => this.take(link));
      return makeOption(option, words, note);
    });
    this.box.show(options, this.area.dataset.completeCount.replace("{count}", choices.length));
    this.place();
    // If nothing was typed, Enter may still mean a new line.
    if (typed.replace("#", "")) this.box.choose(0);
  }

  /** Put the list below the caret, inside the field's width. */
  place() {
    const { area, box: { list } } = this;
    const [{ left, top, height }] = this.mirror.measure([area.selectionStart]);
    const y = Math.min(Math.max(0, top + height - area.scrollTop), area.clientHeight);
    list.style.setProperty("--x", `${area.offsetLeft + left}px`);
    list.style.setProperty("--y", `${area.offsetTop + y + 4}px`);
  }

  press(event) {
    if (isComposing(event) || !this.isOpen || event.ctrlKey || event.metaKey || event.altKey || this.box.press(event)) return;
    if (event.key === "Tab" && !event.shiftKey && this.box.chosen >= 0) {
      this.box.options[this.box.chosen].click();
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter", "Tab"].includes(event.key)) {
      this.box.close();
    }
  }

  take(link) {
    const typed = this.typed();
    this.box.close();
    if (typed === null) return;
    const { value, selectionStart: at } = this.area;
    const end = at + (value.startsWith("]]", at) ? 2 : 0);
    insert(this.area, at - typed.length, end, `${link}]]`);
  }
}
