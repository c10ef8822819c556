// Saves drafts: in this browser at once, on the server after each pause. A draft counts as saved once the
// server says so; until then, leaving the page asks first.

import { defaultsOf, textsOf } from "../forms.js";
import { forgetWhere, isSaved, keepAt, keptBelow, SHELF } from "./browser-copy.js";
import { FIELD, fillField } from "./kind-fields.js";
import { SignIn } from "../account/signin.js";

const PAUSE = 3000; // ms of silence before the server gets a draft
const HERE = 500; // ms before this browser has it
const RETRY = 15_000; // ms, while the server is away
const AWAY = 60_000; // ms, after which a session may have ended
const PARTING = 60_000; // bytes a browser still sends while its page goes away
const STOPPED = 60_000; // ms, after which a save that leads nowhere has been stopped
// Fields that nobody typed: they differ between sessions or editors.
const MACHINERY = ["csrf_token", "draft_key", "writer"];

export class Drafts {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-keep-status]");
    this.news = form.querySelector("[data-keep-news]");
    this.box = form.querySelector("[data-keep-offer]");
    this.person = `${SHELF}${form.dataset.person}:`;
    this.isChoosing = "choosing" in form.dataset; // between two versions; only this browser saves the choices
    this.begun = this.mark(this.sent());
    this.kept = "changed" in form.dataset ? null : this.begun;
    this.heard = Date.now(); // when the server last answered
    this.warn = (event) => event.preventDefault();
    if (this.status) {
      this.signIn = new SignIn(form, () => this.keep());
      this.listen();
      if (this.isChoosing && "draftStored" in form.dataset) {
        // The server has the conflicting texts, but not the choices made here.
        forgetWhere((place) => place.startsWith(this.person) && place.endsWith(`:${this.key}`) && place !== this.place);
      }
      this.offer();
    }
    form.addEventListener("input", () => this.stay());
    form.addEventListener("submit", () => this.leave());
    addEventListener("pageshow", (event) => {
      // Back in an editor whose text is already saved: open a new one.
      if (event.persisted && isSaved(this.key)) location.replace(location.pathname + location.search);
      else this.stay();
    });
    this.changed();
  }

  listen() {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") {
        this.keep(true);
        return;
      }
      this.changed();
      if (Date.now() - this.heard > AWAY) this.signIn.check();
    });
    addEventListener("online", () => this.keep());
  }

  typed() {
    return this.withPage(textsOf(this.form));
  }

  /** The form as the server sent it. */
  sent() {
    return this.withPage(defaultsOf(this.form));
  }

  withPage(fields) {
    fields.set("page", this.form.dataset.page ?? "");
    return fields;
  }

  /** The values to compare. */
  mark(body) {
    const copy = new URLSearchParams(body);
    for (const name of MACHINERY) copy.delete(name);
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
    this.stopped = setTimeout(() => this.stay(), STOPPED);
  }

  /** The writer is still here: a save was stopped, or its answer was no page. */
  stay() {
    clearTimeout(this.stopped);
    this.isSaving = false;
    this.changed();
  }

  async keep(isLast = false) {
    clearTimeout(this.pause);
    const body = this.typed();
    const mark = this.mark(body);
    if (!this.status || this.isSaving || mark === this.kept) return;
    const isHere = this.keepHere();
    if (this.isChoosing) {
      this.tell(isHere ? "here" : "nowhere");
      return;
    }
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    // A text too long to outlive its tab is sent all the same: hidden tabs usually stay open.
    const keepalive = isLast && body.toString().length <= PARTING;
    try {
      const at = await this.send(body, { keepalive, signal });
      this.kept = mark;
      if (this.mark(this.typed()) === mark) this.forgetHere();
      this.tell("kept", at);
      this.changed();
    } catch (error) {
      if (error.name !== "AbortError" && !signal.aborted) this.retry(error);
    }
  }

  retry(error) {
    this.tell(!this.keepHere() ? "nowhere" : error.cause === 401 ? "out" : "here");
    this.pause = setTimeout(() => this.keep(), RETRY);
  }

  /** Resolves when the server has saved the draft; throws with the status of a refusal as its cause. */
  async send(body, options) {
    const headers = { Accept: "application/json" };
    const answer = await fetch(this.form.dataset.keep, { method: "POST", body, headers, redirect: "error", ...options });
    this.heard = Date.now();
    if (answer.status === 401) this.signIn.ask();
    if (!answer.ok) throw new Error(answer.statusText, { cause: answer.status });
    return (await answer.json()).saved_at;
  }

  /** Say where the draft is saved; read aloud when this changes. */
  tell(what, at) {
    const { lang, dataset } = document.documentElement;
    const clock = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { timeStyle: "short", timeZone: dataset.chosenZone });
    this.status.textContent = this.status.dataset[what].replace("{time}", at ? clock.format(new Date(at)) : "");
    this.status.classList.toggle("trouble", what !== "kept");
    if (this.told !== what) this.news.textContent = this.status.textContent;
    this.told = what;
  }

  get key() {
    return this.form.elements.draft_key.value;
  }

  get place() {
    const { base_revision: base, section } = this.form.elements;
    return `${this.person}${this.form.dataset.page}:${this.isChoosing ? `choices ${base.value}` : section?.value ?? ""}:${this.key}`;
  }

  /** Save in this browser until the server has it; for this person, this page and this editor. */
  keepHere() {
    clearTimeout(this.soon);
    if (!this.status || this.mark(this.typed()) === this.kept) return true;
    const typed = this.typed();
    const names = new Set([...typed.keys()].filter((name) => !["csrf_token", "page", "writer"].includes(name)));
    return keepAt(this.place, Object.fromEntries(
      [...names].map((name) => [name, name.startsWith(FIELD) ? typed.getAll(name) : typed.get(name)]),
    ));
  }

  forgetHere(place = this.place) {
    forgetWhere((each) => each === place);
  }

  /** Whether any field saved in the browser differs from what the server sent. */
  isNews(fields) {
    const sent = this.sent();
    const names = new Set([...sent.keys(), ...Object.keys(fields)]);
    for (const name of [...MACHINERY, "base_revision", "page", "page_id"]) names.delete(name);
    const said = (values) => values.filter(Boolean).join("\n").replaceAll("\r\n", "\n");
    return [...names].some((name) => said([fields[name] ?? []].flat()) !== said(sent.getAll(name)));
  }

  /** The newest form of this page that the server never got; `[place, {fields, at}]`. */
  found() {
    const beginning = this.isChoosing ? this.place : this.place.slice(0, this.place.lastIndexOf(":") + 1);
    const isNews = ([, kept]) => kept?.fields?.text !== undefined && this.isNews(kept.fields);
    const found = keptBelow(beginning);
    for (const entry of found) if (!isNews(entry)) this.forgetHere(entry[0]);
    return found.find(isNews);
  }

  offer() {
    const found = this.found();
    this.box.hidden = !found;
    if (!found) return;
    const [place, { fields }] = found;
    // The box is placed where it doesn't move text in view, so a visible message links to it.
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
