// Suggestions under every search field (data-suggest): a combobox as WAI-ARIA describes it.
// Without this script the field is a plain form; Enter always searches unless an option is chosen.

const WAIT = 90; // ms of silence before asking
const LONGEST = 200; // characters; a longer text was pasted, and no title is like it
const KEPT = 100; // answers, until the page is left: who types on, or takes back, waits for nothing

class Suggestions {
  constructor(field, number) {
    this.field = field;
    this.address = new URL(field.dataset.suggest, location.href);
    this.options = [];
    this.chosen = -1;
    this.answers = new Map();
    this.list = document.createElement("div");
    this.list.className = "suggestions";
    this.list.id = `nx-suggestions-${number}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "sr-only";
    this.status.setAttribute("role", "status");
    field.after(this.list, this.status);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]) {
      field.setAttribute(name, value);
    }
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => this.close());
    // What is still asked for would open over the results, or over this page when one comes back.
    field.form?.addEventListener("submit", () => this.close());
    addEventListener("pagehide", () => this.close());
    // Before the blur, or the list is gone when the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  wait() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.field.value;
    if (!text.trim() || text.length > LONGEST) return this.close();
    const known = this.answers.get(text);
    if (known) return this.show(...known);
    this.timer = setTimeout(() => this.ask(text), WAIT);
  }

  async ask(text) {
    this.asking = new AbortController();
    this.address.searchParams.set("q", text);
    try {
      const answer = await fetch(this.address, { signal: this.asking.signal });
      if (!answer.ok) return this.close();
      const [, ...known] = await answer.json();
      if (this.answers.size === KEPT) this.answers.clear();
      this.answers.set(text, known);
      if (text === this.field.value) this.show(...known);
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show(titles, notes, urls) {
    this.chosen = -1;
    this.options = titles.map((title, index) => {
      const option = document.createElement("a"); // opens in another tab as links do
      option.id = `${this.list.id}-${index}`;
      option.href = urls[index];
      option.tabIndex = -1;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dir = "auto";
      const words = document.createElement("span");
      words.textContent = title;
      option.append(words);
      if (notes[index]) {
        const note = document.createElement("small");
        note.className = "quiet";
        note.textContent = notes[index];
        option.append(" ", note);
      }
      return option;
    });
    this.list.replaceChildren(...this.options);
    this.field.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-expanded", String(titles.length > 0));
    this.list.hidden = !titles.length;
    // data-counted: "{count} suggestions" in the reader's language; one and none have words of their own
    const { counted, countedOne, countedNone } = this.field.dataset;
    const words = [countedNone, countedOne][titles.length] ?? counted ?? "";
    this.status.textContent = words.replace("{count}", titles.length);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.status.textContent = "";
    this.chosen = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  press(event) {
    if (event.isComposing || event.keyCode === 229) return; // Safari ends composing before the key
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen) return void (event.key === "ArrowDown" && this.wait());
      event.preventDefault();
      this.choose(this.chosen + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen && this.chosen >= 0) {
      event.preventDefault();
      this.options[this.chosen].click();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(event.key) && isOpen) {
      this.choose(-1); // these move in the field
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  choose(place) {
    // One place stands for the field itself, between the last option and the first.
    const places = this.options.length + 1;
    this.options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = ((place + 1 + places) % places) - 1;
    const option = this.options[this.chosen];
    if (!option) return this.field.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }
}

document.querySelectorAll("[data-suggest]").forEach((field, index) => new Suggestions(field, index));
