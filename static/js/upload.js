// Pictures and files by paste, drop or choice: sent at once, linked where the caret was. Until they
// have arrived a word stands in for each; whatever happens to them, the text stays.

import { receive, Sending } from "./sending.js";
import { apply, applyAside } from "./textfield.js";

export class Uploads {
  constructor(form, area) {
    this.area = area;
    this.number = 0;
    this.sending = new Sending(form.querySelector("[data-uploads]"), form.dataset.uploadUrl, () => ({
      csrf_token: form.elements.csrf_token.value,
      page: form.dataset.page,
    }));
    receive(area, (file) => this.send(file));
    const chosen = form.querySelector("[data-upload-choose]");
    const sendChosen = () => {
      for (const file of chosen.files) this.send(file);
      chosen.value = "";
    };
    chosen?.addEventListener("change", sendChosen);
    if (chosen?.files.length) sendChosen(); // chosen before this script had come
  }

  send(file) {
    this.number += 1;
    const name = file.name.replace(/[[\]`\p{C}]/gu, " "); // a field would change line ends, and not be the same
    const stand = `![${this.sending.words.sending.replace("{name}", () => name)} ${this.number}]()`;
    const { area } = this;
    const { value, selectionStart: start, selectionEnd: end } = area;
    const gap = start && /\S/.test(value[start - 1]) ? " " : "";
    const text = gap + stand + (end < value.length && /\S/.test(value[end]) ? " " : "");
    apply(area, { start, end, text, from: start + text.length, to: start + text.length });
    this.sending.add(file, (stored) => this.put(stand, stored?.markdown ?? ""));
  }

  /** `text` where the word stands, if the writer left it there. */
  put(stand, text) {
    const start = this.area.value.indexOf(stand);
    if (start >= 0) applyAside(this.area, { start, end: start + stand.length, text });
    else if (text) apply(this.area, { start: this.area.selectionStart, end: this.area.selectionStart, text, from: this.area.selectionStart + text.length, to: this.area.selectionStart + text.length });
  }
}
