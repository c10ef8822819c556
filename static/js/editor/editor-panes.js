// Preview and changes: beside the text where there is room, else in its place. Both come from the
// server, which renders the preview as it renders the page.

import { Follow } from "./scroll-sync.js";
import { csrfOf, textsOf } from "../forms.js";
import { FIELD } from "./kind-fields.js";
import { improve } from "../reading/reading.js";

const QUICK = 400; // ms of silence before a preview
const SLOW = 6000; // ms at most, on a line that takes long
const CHOICE = "nexus_view"; // a cookie: the server lays the page out as it will be
const YEAR = 365 * 24 * 3600; // seconds
const LINE = / data-source-line="\d+"/;

export class Views {
  constructor(form, area, mirror) {
    this.form = form;
    this.area = area;
    this.panes = form.querySelector("[data-panes]");
    this.preview = form.querySelector("[data-preview]");
    this.changes = form.querySelector("[data-changes]");
    this.shown = this.preview.querySelector("[data-text]");
    this.status = this.preview.querySelector("[data-preview-status]");
    this.buttons = [...form.querySelectorAll("[data-view]")];
    this.isWide = matchMedia("(min-width: 62.5rem)");
    this.wait = QUICK;
    this.follow = new Follow(area, this.shown, mirror);
    form.classList.add("live");
    this.begins = this.panes.classList.contains("begins-beside") ? "preview" : "write";
    for (const button of this.buttons) {
      button.addEventListener("click", () => {
        this.open(button.dataset.view);
        if (this.isWide.matches) this.remember(button.dataset.view);
      });
    }
    area.addEventListener("input", () => this.soon());
    form.elements.path?.addEventListener("change", () => this.soon());
    form.querySelector("[data-kind-fields]")?.addEventListener("input", () => this.soon());
    this.isWide.addEventListener("change", () => this.open(this.first()));
    this.open(this.changes.hidden ? this.first() : "changes");
  }

  /** The view with which an editor opens. */
  first() {
    return this.isWide.matches ? this.begins : "write";
  }

  remember(view) {
    this.begins = view === "write" ? "write" : "preview";
    const { protocol } = location;
    document.cookie = `${CHOICE}=${this.begins}; path=/; max-age=${YEAR}; samesite=lax${protocol === "https:" ? "; secure" : ""}`;
  }

  open(view) {
    const line = this.isWide.matches ? null : this.follow.lineInView(this.view === "preview");
    this.view = view;
    this.preview.hidden = view !== "preview";
    this.changes.hidden = view !== "changes";
    this.panes.classList.remove("begins-beside");
    this.panes.classList.toggle("beside", view !== "write");
    for (const button of this.buttons) button.ariaPressed = String(button.dataset.view === view);
    if (view === "changes") this.compare();
    else if (view === "write") this.asking?.abort();
    const isReady = view === "preview" ? this.render() : null;
    if (line !== null && view !== "changes") Promise.resolve(isReady).then(() => this.follow.show(line, view === "preview"));
  }

  soon() {
    clearTimeout(this.waiting);
    if (this.view === "write") return;
    this.waiting = setTimeout(() => (this.view === "preview" ? this.render() : this.compare()), this.wait);
  }

  /** Send a form and return the answer; cancels the request before, and returns null if a newer one was sent. */
  async ask(address, body) {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    const begun = performance.now();
    try {
      const answer = await fetch(address, { method: "POST", body, signal: asking.signal, priority: "low" });
      const text = await answer.text();
      if (asking.signal.aborted) return null;
      // On a slow line, ask less often, or no answer would ever arrive in time.
      this.wait = Math.min(Math.max(QUICK, 1.5 * (performance.now() - begun)), SLOW);
      if (answer.redirected || !answer.ok) throw new Error(answer.status === 422 ? text : "");
      return text;
    } catch (error) {
      if (asking.signal.aborted) return null;
      throw error;
    }
  }

  /** The text, the fields of its kind, and the path of the page. */
  previewBody() {
    const path = this.form.elements.path?.value || this.preview.dataset.path;
    const fields = [...textsOf(this.form)].filter(([name, value]) => value && (name === "kind" || name.startsWith(FIELD)));
    return new URLSearchParams([["text", this.area.value], ["path", path], ...fields]);
  }

  async render() {
    const body = this.previewBody();
    const asked = body.toString();
    if (asked === this.previewed) return;
    body.set("csrf_token", csrfOf(this.form));
    this.preview.classList.add("waiting");
    try {
      const html = await this.ask(this.preview.dataset.url, body);
      if (html === null) return;
      this.put(html);
      this.previewed = asked;
      this.status.textContent = "";
    } catch (error) {
      this.status.textContent = error.message.length < 300 && error.name === "Error" && error.message ? error.message : this.preview.dataset.failed;
    }
    this.preview.classList.remove("waiting");
  }

  /** Show the new HTML; unchanged parts stay, with their pictures and frames. */
  put(html) {
    const { shown } = this;
    const made = document.createElement("template");
    made.innerHTML = html;
    const nodes = [...made.content.childNodes].filter((node) => node.nodeType === Node.ELEMENT_NODE || node.textContent.trim());
    const blocks = nodes.map((node) => ({ node, source: (node.outerHTML ?? node.textContent).replace(LINE, "") }));
    const old = this.blocks ?? [];
    if (!this.blocks) shown.replaceChildren();
    const most = Math.min(blocks.length, old.length);
    const same = (one, other) => one.source === other.source;
    let first = 0;
    let last = 0;
    while (first < most && same(blocks[first], old[first])) first += 1;
    while (last < most - first && same(blocks.at(-1 - last), old.at(-1 - last))) last += 1;
    for (const { node } of old.slice(first, old.length - last)) node.remove();
    const next = last ? old.at(-last).node : null;
    for (const { node } of blocks.slice(first, blocks.length - last)) shown.insertBefore(node, next);
    const stays = (index) => (index < first ? old[index] : index >= blocks.length - last ? old.at(index - blocks.length) : null);
    this.blocks = blocks.map((block, index) => {
      const kept = stays(index);
      if (kept && block.node.dataset?.sourceLine) kept.node.dataset.sourceLine = block.node.dataset.sourceLine;
      return kept ?? block;
    });
    improve(shown);
    this.follow.renew();
    if (this.previewed !== undefined) this.follow.caret();
  }

  /** The changes of the text, from the page that the button opens without scripts. */
  async compare() {
    const body = textsOf(this.form);
    body.set("action", "changes");
    const box = this.changes.querySelector("[data-changes-body]");
    try {
      // Buttons called "action" hide the form's property of that name.
      const page = await this.ask(this.form.getAttribute("action") || location.href, body);
      if (page === null) return;
      const found = new DOMParser().parseFromString(page, "text/html").querySelector("[data-changes-body]");
      box.replaceChildren(...document.importNode(found, true).childNodes);
    } catch {
      box.textContent = this.changes.dataset.failed;
    }
  }
}
