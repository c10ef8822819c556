// The fields of a kind. Choosing another kind loads its fields from the server, as without scripts. Text
// typed into the former fields stays in the form.

import { textsOf } from "../forms.js";

export const FIELD = "field-"; // how their names begin

/** Put `values` into the field called `name`: boxes are ticked, a field that isn't shown is hidden. */
export function fillField(form, name, values) {
  const found = [...form.elements].filter((each) => each.name === name);
  const boxes = found.filter((each) => each.type === "checkbox");
  for (const box of boxes) box.checked = values.includes(box.value);
  if (boxes.length) return;
  const typed = values.filter(Boolean).join("\n");
  if (found.length) {
    found[0].value = typed;
    return;
  }
  const hidden = document.createElement("input");
  Object.assign(hidden, { type: "hidden", name, value: typed });
  form.querySelector("[data-kind-fields]").append(hidden);
}

export class KindFields {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("[data-kind-fields]");
    this.choice = form.querySelector("[data-kind]");
    if (this.box && this.choice) this.choice.addEventListener("change", () => this.renew());
  }

  async renew() {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    const sent = this.typed();
    const body = textsOf(this.form);
    body.delete("text"); // it may be long and isn't needed here
    body.set("action", "kind");
    try {
      // Buttons called "action" hide the form's property of that name.
      const answer = await fetch(this.form.getAttribute("action") || location.href, { method: "POST", body, signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-kind-fields]");
      const typed = this.typed();
      const focused = this.box.contains(document.activeElement) ? document.activeElement.name : "";
      const { selectionStart: start, selectionEnd: end } = document.activeElement;
      this.box.replaceChildren(...document.importNode(found, true).childNodes);
      // Text typed meanwhile is newer than the answer.
      for (const [name, values] of typed) {
        if (values.join("\n") !== (sent.get(name) ?? []).join("\n")) fillField(this.form, name, values);
      }
      if (focused) this.focus(focused, start, end);
      this.box.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      if (!signal.aborted) this.tellFailure();
    }
  }

  /** The values of all fields of kinds, by their names; none for boxes that aren't ticked. */
  typed() {
    const fields = new FormData(this.form);
    const names = [...this.form.elements].map(({ name }) => name).filter((name) => name.startsWith(FIELD));
    return new Map(names.map((name) => [name, fields.getAll(name)]));
  }

  focus(name, start, end) {
    const field = [...this.box.querySelectorAll("[name]")].find((each) => each.name === name && each.type !== "hidden");
    if (!field) return;
    field.focus();
    if (typeof start === "number" && field.setSelectionRange) field.setSelectionRange(start, end);
  }

  tellFailure() {
    this.failure?.remove();
    const words = document.createElement("p");
    words.className = "field-error";
    words.setAttribute("role", "alert");
    words.textContent = this.box.dataset.failed;
    this.box.prepend(words);
    this.failure = words;
  }
}
