// What one writes is kept while one writes: in this browser at once, on the server in each pause. It
// is called kept when the server says so. Who leaves before that is asked.

import { textsOf } from "../forms.js";
import { FIELD, fillField } from "./kind-fields.js";
import { SignIn } from "../account/signin.js";

const PAUSE = 3000; // ms of silence before the server gets a draft
const HERE = 500; // ms before this browser has it
const RETRY = 15_000; // ms, while the server is away
const AWAY = 60_000; // ms, after which a session may have ended
const PARTING = 60_000; // bytes a browser still sends while its page goes away
const SHELF = "nexus-draft:";

export class Drafts {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-keep-status]");
    this.news = form.querySelector("[data-keep-news]");
    this.box = form.querySelector("[data-keep-offer]");
    this.person = `${SHELF}${form.dataset.person}:`;
    this.begun = this.mark(this.typed());
    this.kept = "changed" in form.dataset ? null : this.begun;
    this.heard = Date.now(); // when the server last answered
    this.warn = (event) => event.preventDefault();
    if (this.status) {
      this.signIn = new SignIn(form, () => this.keep());
      this.listen();
      this.offer();
    }
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", () => this.leave());
    addEventListener("pageshow", () => { this.isSaving = false; this.changed(); });
    this.changed();
  }

  listen() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.keep(true);
      else if (Date.now() - this.heard > AWAY) this.signIn.check();
    });
    addEventListener("online", () => this.keep());
  }

  typed() {
    const fields = textsOf(this.form);
    fields.set("page", this.form.dataset.page ?? "");
    return fields;
  }

  /** What is compared: the token changes with the session, and is nobody's text. */
  mark(body) {
    const copy = new URLSearchParams(body);
    for (const name of ["csrf_token", "draft_key"]) copy.delete(name);
    return copy.toString().replaceAll("%0D%0A", "%0A");
  }

  changed() {
    const mark = this.mark(this.typed());
    const isSafe = this.isSaving || mark === this.kept || mark === this.begun && this.kept !== null;
    window[isSafe ? "removeEventListener" : "addEventListener"]("beforeunload", this.warn);
    clearTimeout(this.pause);
    clearTimeout(this.soon);
    if (!this.status || mark === this.kept) return;
    this.soon = setTimeout(() => this.keepHere(), HERE);
    this.pause = setTimeout(() => this.keep(), PAUSE);
  }

  leave() {
    this.isSaving = true;
    this.keepHere();
    this.asking?.abort();
    this.changed();
    clearTimeout(this.pause);
  }

  async keep(isLast = false) {
    clearTimeout(this.pause);
    const body = this.typed();
    const mark = this.mark(body);
    if (!this.status || this.isSaving || mark === this.kept) return;
    this.keepHere();
    if (isLast && body.toString().length > PARTING) return;
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const at = await this.send(body, { keepalive: isLast, signal });
      this.kept = mark;
      if (this.mark(this.typed()) === mark) this.forgetHere();
      this.tell("kept", at);
      this.changed();
    } catch (error) {
      if (error.name === "AbortError" || signal.aborted) return;
      this.tell(!this.keepHere() ? "nowhere" : error.cause === 401 ? "out" : "here");
      this.pause = setTimeout(() => this.keep(), RETRY);
    }
  }

  /** When the server has kept the draft; throws with the status of a refusal as its cause. */
  async send(body, options) {
    const headers = { Accept: "application/json" };
    const answer = await fetch(this.form.dataset.keep, { method: "POST", body, headers, redirect: "error", ...options });
    this.heard = Date.now();
    if (answer.status === 401) this.signIn.ask();
    if (!answer.ok) throw new Error(answer.statusText, { cause: answer.status });
    return (await answer.json()).saved_at;
  }

  /** Where the draft is; read aloud when that is something new. */
  tell(what, at) {
    const { lang, dataset } = document.documentElement;
    const clock = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeStyle: "short", timeZone: dataset.chosenZone });
    this.status.textContent = this.status.dataset[what].replace("{time}", at ? clock.format(new Date(at)) : "");
    this.status.classList.toggle("trouble", what !== "kept");
    if (this.told !== what) this.news.textContent = this.status.textContent;
    this.told = what;
  }

  get place() {
    const { draft_key: key, section } = this.form.elements;
    return `${this.person}${this.form.dataset.page}:${section?.value ?? ""}:${key.value}`;
  }

  /** In this browser, until the server has it; for this person, this page and this editor. */
  keepHere() {
    clearTimeout(this.soon);
    if (!this.status || this.mark(this.typed()) === this.kept) return true;
    try {
      const typed = this.typed();
      const names = new Set([...typed.keys()].filter((name) => !["csrf_token", "page"].includes(name)));
      const fields = Object.fromEntries([...names].map((name) => [name, name.startsWith(FIELD) ? typed.getAll(name) : typed.get(name)]));
      localStorage.setItem(this.place, JSON.stringify({ fields, at: Date.now() }));
      return true;
    } catch {
      return false; // full, or forbidden
    }
  }

  forgetHere(place = this.place) {
    try {
      localStorage.removeItem(place);
    } catch {
      // nothing was kept there either
    }
  }

  /** The newest text of this page that the server never got; `[place, {fields, at}]`. */
  found() {
    const beginning = this.place.slice(0, this.place.lastIndexOf(":") + 1);
    try {
      return Object.keys(localStorage)
        .filter((place) => place.startsWith(beginning))
        .map((place) => [place, JSON.parse(localStorage.getItem(place))])
        .filter(([place, kept]) => {
          if (kept?.fields?.text !== undefined && kept.fields.text !== this.form.elements.text.value) return true;
          this.forgetHere(place);
          return false;
        })
        .sort(([, one], [, other]) => other.at - one.at)[0];
    } catch {
      return undefined;
    }
  }

  offer() {
    const found = this.found();
    this.box.hidden = !found;
    if (!found) return;
    const [place, { fields }] = found;
    // The box stands where it moves nothing that is read already; so a word in view leads there.
    const way = document.createElement("a");
    way.href = `#${this.box.id}`;
    way.textContent = this.box.querySelector("p").textContent;
    this.status.replaceChildren(way);
    this.box.querySelector("[data-take]").onclick = () => {
      for (const [name, value] of Object.entries(fields)) {
        if (Array.isArray(value)) {
          fillField(this.form, name, value);
          continue;
        }
        const field = this.form.elements[name];
        if (field?.type === "checkbox") field.checked = true;
        else if (field) field.value = value;
      }
      if (place !== this.place) this.forgetHere(place);
      this.form.elements.text.dispatchEvent(new Event("input", { bubbles: true }));
      this.form.elements.text.focus();
      this.box.hidden = true;
    };
    const drop = this.box.querySelector("[data-forget]");
    drop.onclick = () => {
      if (!confirm(drop.dataset.sure)) return;
      this.forgetHere(place);
      this.offer();
    };
  }
}
