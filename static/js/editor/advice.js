// Advice from the server while somebody writes: for a challenge, pages that may answer it. Asks after a
// pause, and shows nothing if the server can't be reached.

import { csrfOf, textsOf } from "../forms.js";
import { FIELD } from "./kind-fields.js";

const PAUSE = 1500; // ms of silence

export class Advice {
  constructor(form) {
    this.form = form;
    this.box = form.querySelector("[data-advice]");
    if (!this.box) return;
    form.addEventListener("input", (event) => {
      if (event.target.name !== "text") this.soon();
    });
    this.asked = this.body().toString();
  }

  soon() {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.ask(), PAUSE);
  }

  body() {
    const told = [...textsOf(this.form)].filter(([name]) => name === "title" || name === "kind" || name.startsWith(FIELD));
    return new URLSearchParams(told);
  }

  async ask() {
    const body = this.body();
    const asked = body.toString();
    if (asked === this.asked) return;
    this.asked = asked;
    if (!this.box.dataset.kinds.split(" ").includes(body.get("kind"))) {
      this.box.replaceChildren();
      return;
    }
    body.set("csrf_token", csrfOf(this.form));
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const answer = await fetch(this.box.dataset.url, { method: "POST", body, signal: this.asking.signal, priority: "low" });
      if (!answer.ok || answer.redirected) return;
      const made = document.createElement("template");
      made.innerHTML = await answer.text();
      this.box.replaceChildren(made.content);
    } catch {
      // it is advice only
    }
  }
}
