// Pictures and files by paste, drop or choice: uploaded at once, linked where the caret was. Until a file
// has arrived, a placeholder stands for it; whatever happens to it, the text stays.

import { describe } from "./alt-text.js";
import { csrfOf } from "../forms.js";
import { receive, Sending } from "./upload-rows.js";
import { smaller } from "./image-resize.js";
import { applyAside, insert } from "../editor/textfield.js";

// A mark that nobody types: the server refuses a text that contains it (wiki/pages/editing/unfinished_text.py).
const mark = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Uploads {
  constructor(form, area) {
    this.area = area;
    this.list = form.querySelector("[data-uploads]");
    this.news = form.querySelector("[data-upload-news]");
    const fields = () => ({ csrf_token: csrfOf(form), page: form.dataset.page, writer: form.elements.writer.value });
    const side = Number(this.list.dataset.side);
    this.sending = new Sending(this.list, form.dataset.uploadUrl, fields, (file) => smaller(file, side));
    receive(area, (file) => this.send(file));
    const chosen = form.querySelector("[data-upload-choose]");
    const sendChosen = () => {
      for (const file of chosen.files) this.send(file);
      chosen.value = "";
    };
    chosen?.addEventListener("change", sendChosen);
    if (chosen?.files.length) sendChosen(); // chosen before this script was loaded
    addEventListener("beforeunload", (event) => { if (this.count) event.preventDefault(); });
  }

  get count() {
    return this.sending.count;
  }

  send(file) {
    const name = file.name.replace(/[[\]`\p{C}]/gu, " "); // a field would change line ends, so the text would differ
    const stand = `![${this.list.dataset.sending.replace("{name}", () => name)}](sending:${mark()})`;
    const { area } = this;
    const { value, selectionStart: start, selectionEnd: end } = area;
    const gap = start && /\S/.test(value[start - 1]) ? " " : "";
    // Before a line, it takes a line to itself: the mark of a heading or a list has to begin its line.
    const isBeforeLine = start === 0 || value[start - 1] === "\n";
    const text = gap + stand + (end < value.length && /\S/.test(value[end]) ? (isBeforeLine ? "\n\n" : " ") : "");
    insert(area, start, end, text);

    let stored = null;
    let description = "";
    let isAsked = file.type.startsWith("image/");
    // A file's name doesn't describe the picture; it only identifies the file.
    const written = () => stored.markdown.replace(/^!\[[^\]]*\]/, () => `![${description.replace(/[\\[\]]/g, "\\$&")}]`);
    const row = this.sending.add(file, (arrived, words) => {
      stored = arrived;
      if (!stored) this.drop(question, row);
      const markdown = stored ? written() : "";
      this.put(stand, markdown, Boolean(markdown));
      this.ended?.(words ? file.name : "");
      return stored && isAsked && question;
    });
    const question = isAsked ? describe(this.list, file, (words) => {
      const before = stored && written();
      description = words;
      isAsked = false;
      if (stored) this.put(before, written());
      if (stored) this.leave(row);
      question.remove();
      area.focus();
    }) : null;
    if (!question) return;
    row.append(question);
    this.news.textContent = question.ariaLabel;
  }

  /** Remove the question about a file that didn't arrive, without moving the focus. */
  drop(question, row) {
    const hadFocus = question?.contains(document.activeElement);
    question?.remove();
    if (hadFocus) row.querySelector("button").focus();
  }

  leave(row) {
    row.remove();
    this.list.hidden = !this.list.children.length;
  }

  /** Put `text` in place of `stand` if the writer left it there; otherwise at the caret, if it `mustStand`. */
  put(stand, text, mustStand = false) {
    const { area } = this;
    const start = area.value.indexOf(stand);
    if (start >= 0) applyAside(area, { start, end: start + stand.length, text });
    else if (mustStand) insert(area, area.selectionStart, area.selectionStart, text);
  }

  stop() {
    this.sending.stopAll();
  }

  /** Alternative texts that were typed but not yet confirmed. */
  finish() {
    for (const question of this.list.querySelectorAll("[data-describe]")) question.dispatchEvent(new Event("finish"));
  }
}
