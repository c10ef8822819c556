// If a session ends while somebody writes, they sign in on the same page and continue.

import { csrfOf } from "../forms.js";

export class SignIn {
  constructor(form, done) {
    this.box = form.querySelector("[data-signed-out]");
    this.form = document.querySelector("[data-sign-in]");
    this.error = form.querySelector("[data-sign-in-error]");
    this.password = document.getElementById("nx-again");
    this.address = form.querySelector("[data-preview]").dataset.url;
    this.editor = form;
    this.done = done;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  ask() {
    if (!this.box.hidden) return;
    this.error.textContent = "";
    this.box.hidden = false; // announced without interrupting the writer
  }

  /** Whether their session still exists; asks them to sign in if not. */
  async check() {
    try {
      const body = new URLSearchParams({ text: "", csrf_token: csrfOf(this.editor), writer: this.editor.elements.writer.value });
      const answer = await fetch(this.address, { method: "POST", body, redirect: "error" });
      if (answer.status === 401) this.ask();
      else if (answer.ok) this.close();
      return answer.ok;
    } catch {
      return false;
    }
  }

  close() {
    this.box.hidden = true;
    this.password.value = "";
  }

  async send() {
    const body = new URLSearchParams(new FormData(this.form));
    try {
      // Success redirects, and the target doesn't matter; a refusal is a page with status 422.
      const answer = await fetch(this.form.action, { method: "POST", body, redirect: "manual" });
      if (answer.type === "opaqueredirect" && await this.check()) {
        this.editor.elements.text.focus();
        this.done();
        return;
      }
      this.error.textContent = this.box.dataset[answer.status === 422 ? "wrong" : "elsewhere"];
    } catch {
      this.error.textContent = this.box.dataset.elsewhere;
    }
    this.password.select();
  }
}
