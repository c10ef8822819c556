// Pictures and files by paste, drop or choice: sent at once, linked where the caret was. Until they
// have arrived a word stands in for each; whatever happens to them, the text stays.

import { apply, applyAside } from "./textfield.js";

export class Uploads {
  constructor(form, area) {
    this.form = form;
    this.area = area;
    this.list = form.querySelector("[data-uploads]");
    this.words = this.list.dataset;
    this.number = 0;
    this.turn = Promise.resolve(); // one after the other: the server looks into one at a time
    area.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    area.addEventListener("drop", (event) => this.take(event, event.dataTransfer));
    area.addEventListener("dragover", (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      area.classList.add("dropping");
    });
    for (const name of ["dragleave", "drop"]) area.addEventListener(name, () => area.classList.remove("dropping"));
    const chosen = form.querySelector("[data-upload-choose]");
    const sendChosen = () => {
      for (const file of chosen.files) this.send(file);
      chosen.value = "";
    };
    chosen?.addEventListener("change", sendChosen);
    if (chosen?.files.length) sendChosen(); // chosen before this script had come
  }

  take(event, data) {
    // A table copied out of an office program is a picture as well as text: then it is text.
    if (event.defaultPrevented || !data?.files.length || (event.type === "paste" && data.types.includes("text/plain"))) return;
    event.preventDefault();
    for (const file of data.files) this.send(file);
  }

  send(file) {
    this.number += 1;
    const name = file.name.replace(/[[\]\n`]/g, " ");
    const stand = `![${this.words.sending.replace("%s", name)} ${this.number}]()`;
    const { area } = this;
    const { value, selectionStart: start, selectionEnd: end } = area;
    const gap = start && /\S/.test(value[start - 1]) ? " " : "";
    const text = gap + stand + (end < value.length && /\S/.test(value[end]) ? " " : "");
    apply(area, { start, end, text, from: start + text.length, to: start + text.length });

    const row = document.createElement("li");
    const label = document.createElement("span");
    const bar = document.createElement("progress");
    const button = document.createElement("button");
    label.textContent = `${file.name} `;
    bar.max = 1;
    bar.ariaLabel = this.words.sending.replace("%s", file.name);
    button.type = "button";
    button.className = "button second";
    button.textContent = this.words.cancel;
    button.ariaLabel = `${this.words.cancel}: ${file.name}`;
    row.append(label, bar, button);
    this.list.append(row);
    this.list.hidden = false;

    const request = new XMLHttpRequest(); // fetch tells nothing of what was sent so far
    const finish = (words, text = "") => {
      this.put(stand, text);
      if (!words) row.remove();
      else {
        bar.remove();
        label.textContent = `${file.name}: ${words} `;
        row.setAttribute("role", "alert");
        button.textContent = this.words.close;
        button.onclick = () => { row.remove(); this.list.hidden = !this.list.children.length; };
      }
      this.list.hidden = !this.list.children.length;
    };
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      const answer = request.response ?? {};
      const sent = answer.files?.[0];
      if (request.status < 300 && sent) finish("", sent.markdown);
      else finish(answer.error ?? answer.message ?? this.words.failed);
    };
    request.onerror = () => finish(this.words.failed);
    request.onabort = () => finish("");
    button.onclick = () => {
      if (request.readyState < XMLHttpRequest.OPENED) end(""); // its turn has not come, and will not
      request.abort();
    };
    const body = new FormData();
    body.set("csrf_token", this.form.elements.csrf_token.value);
    body.set("page", this.form.dataset.page);
    body.append("file", file, file.name || "image.png");
    this.turn = this.turn.then(() => new Promise((done) => {
      if (!row.isConnected) return done();
      request.onloadend = done;
      request.open("POST", this.form.dataset.uploadUrl);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.send(body);
    }));
  }

  /** `text` where the word stands, if the writer left it there. */
  put(stand, text) {
    const start = this.area.value.indexOf(stand);
    if (start >= 0) applyAside(this.area, { start, end: start + stand.length, text });
    else if (text) apply(this.area, { start: this.area.selectionStart, end: this.area.selectionStart, text, from: this.area.selectionStart + text.length, to: this.area.selectionStart + text.length });
  }
}
