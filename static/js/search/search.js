// Suggestions under every search field (data-suggest). Without this script the field is a plain form;
// Enter always searches unless an option is chosen.

import { isComposing, ListBox, makeOption } from "./listbox.js";

const WAIT = 90; // ms of silence before asking
const LONGEST = 200; // characters; a longer text was pasted, and no title is like it
const KEPT = 100; // answers, until the page is left: typing on or deleting needs no new request

class Suggestions {
  constructor(field, number) {
    this.field = field;
    this.address = new URL(field.dataset.suggest, location.href);
    this.answers = new Map();
    const label = field.labels[0]?.textContent ?? "";
    this.box = new ListBox(field, { id: `nx-suggestions-${number}`, label, wait: WAIT });
    field.addEventListener("input", () => this.look());
    field.addEventListener("keydown", (event) => this.press(event));
    // A late answer would open over the results, or over this page when somebody comes back.
    field.form?.addEventListener("submit", () => this.box.close());
    addEventListener("pagehide", () => this.box.close());
  }

  look() {
    const text = this.field.value;
    this.box.cancel();
    const known = this.answers.get(text);
    if (!text.trim() || text.length > LONGEST) this.box.close();
    else if (known) this.show(...known);
    else this.box.ask((signal) => this.fetch(text, signal));
  }

  async fetch(text, signal) {
    this.address.searchParams.set("q", text);
    const answer = await fetch(this.address, { signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const [, ...known] = await answer.json();
    if (this.answers.size === KEPT) this.answers.clear();
    this.answers.set(text, known);
    if (text === this.field.value) this.show(...known);
  }

  show(titles, notes, urls) {
    const options = titles.map((title, index) => {
      const link = document.createElement("a"); // opens in another tab as links do
      link.href = urls[index];
      link.tabIndex = -1;
      link.dir = "auto";
      const words = document.createElement("span");
      words.textContent = title;
      return makeOption(link, words, notes[index]);
    });
    // data-counted: "{count} suggestions" in the reader's language; one and none have their own wording
    const { counted, countedOne, countedNone } = this.field.dataset;
    const words = [countedNone, countedOne][titles.length] ?? counted ?? "";
    this.box.show(options, words.replace("{count}", titles.length));
  }

  press(event) {
    if (isComposing(event) || this.box.press(event)) return;
    if (!this.box.isOpen && event.key === "ArrowDown") this.look();
    else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key)) this.box.choose(-1); // these move in the field
  }
}

for (const [index, field] of document.querySelectorAll("[data-suggest]").entries()) new Suggestions(field, index);
