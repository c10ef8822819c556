// The fields of a kind: another kind brings its own, made by the server as without scripts. What was
// typed into the others stays in the form.

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
    const body = textsOf(this.form);
    body.delete("text"); // it may be long, and says nothing here
    body.set("action", "kind");
    try {
      // Buttons called "action" hide the form's property of that name.
      const answer = await fetch(this.form.getAttribute("action") || location.href, { method: "POST", body, signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-kind-fields]");
      this.box.replaceChildren(...document.importNode(found, true).childNodes);
      this.box.dispatchEvent(new Event("input", { bubbles: true }));
    } catch {
      if (!signal.aborted) this.tellFailure();
    }
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
