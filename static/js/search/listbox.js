// A list of suggestions under a field that keeps the focus: a combobox with a listbox popup as the ARIA
// Authoring Practices describe it. The arrows walk through the list, one step being the field itself.

/** An option of two parts: the text to choose and an optional quiet note beside it. */
export function makeOption(element, label, note) {
  element.append(label);
  if (!note) return element;
  const small = document.createElement("small");
  small.className = "quiet";
  small.textContent = note;
  element.append(" ", small);
  return element;
}

export class ListBox {
  /** `wait` is how many milliseconds nothing is typed before a question is asked. */
  constructor(field, { id, label, className = "suggestions", wait }) {
    this.field = field;
    this.wait = wait;
    this.options = [];
    this.chosen = -1;
    this.list = document.createElement("div");
    this.list.className = className;
    this.list.id = id;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    this.list.hidden = true;
    this.status = document.createElement("span");
    this.status.className = "sr-only";
    this.status.setAttribute("role", "status");
    field.after(this.list, this.status);
    field.setAttribute("aria-autocomplete", "list");
    // A text area can't be a combobox: it refers to the list only while the list is open.
    this.isCombobox = field.localName === "input";
    if (this.isCombobox) {
      field.setAttribute("role", "combobox");
      field.setAttribute("aria-controls", id);
    }
    this.tellState();
    field.addEventListener("blur", () => this.close());
    // Before the blur; otherwise the list is gone when the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Ask for suggestions after a pause in typing; a newer question cancels this one. */
  ask(question) {
    this.cancel();
    this.timer = setTimeout(async () => {
      this.asking = new AbortController();
      try {
        await question(this.asking.signal);
      } catch (error) {
        if (error.name !== "AbortError") this.close();
      }
    }, this.wait);
  }

  cancel() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  /** Offer these elements, whose click takes them; `announcement` is read aloud. */
  show(options, announcement) {
    for (const [index, option] of options.entries()) {
      option.id = `${this.list.id}-${index}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
    }
    this.options = options;
    this.list.replaceChildren(...options);
    this.list.hidden = !options.length;
    this.status.textContent = announcement;
    this.choose(-1);
    this.tellState();
  }

  close() {
    this.cancel();
    this.list.hidden = true;
    this.status.textContent = "";
    this.choose(-1);
    this.tellState();
  }

  tellState() {
    const { field } = this;
    if (this.isCombobox) {
      field.setAttribute("aria-expanded", String(this.isOpen));
    } else if (this.isOpen) {
      field.setAttribute("aria-haspopup", "listbox");
      field.setAttribute("aria-controls", this.list.id);
    } else {
      field.removeAttribute("aria-haspopup");
      field.removeAttribute("aria-controls");
    }
  }

  /** Whether the open list took the key for itself. */
  press(event) {
    if (!this.isOpen) return false;
    if (event.key === "ArrowDown") this.choose(this.chosen + 1);
    else if (event.key === "ArrowUp") this.choose(this.chosen - 1);
    else if (event.key === "Enter" && this.chosen >= 0) this.options[this.chosen].click();
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopImmediatePropagation();
    return true;
  }

  choose(index) {
    const steps = this.options.length + 1;
    this.options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = ((index + 1 + steps) % steps) - 1;
    const option = this.options[this.chosen];
    if (!option) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }
}

/** Safari ends a composition before the key that ended it. */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;
