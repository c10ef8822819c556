// Files on their way: a row for each, with a bar that grows and a button that stops it.

export class Sending {
  /** `fields` returns the fields to send with each file; the messages are in the data attributes of `list`. */
  constructor(list, url, fields, prepare = (file) => file) {
    this.list = list;
    this.words = list.dataset;
    this.url = url;
    this.fields = fields;
    this.prepare = prepare;
    this.under = new Map(); // uploads in progress, and how to stop each
    this.turn = Promise.resolve(); // one after the other: the server looks into one at a time
  }

  /** The row of `file`: its name, a bar and the button that stops it. */
  addRow(file) {
    const row = document.createElement("li");
    const label = document.createElement("span");
    const bar = document.createElement("progress");
    const button = document.createElement("button");
    label.textContent = `${file.name} `;
    bar.max = 1;
    bar.ariaLabel = this.words.sending.replace("{name}", () => file.name);
    button.type = "button";
    button.className = "button second";
    button.textContent = this.words.cancel;
    button.ariaLabel = `${this.words.cancel}: ${file.name}`;
    row.append(label, bar, button);
    this.list.append(row);
    this.list.hidden = false;
    return { row, label, bar, button };
  }

  /** Send `file`; returns its row, in which the result of `done` stays. `done` gets the stored file, or nothing and the error. */
  add(file, done) {
    const { row, label, bar, button } = this.addRow(file);
    const request = new XMLHttpRequest(); // fetch doesn't report upload progress
    const remove = () => {
      row.remove();
      this.list.hidden = !this.list.children.length;
    };
    const finish = (words, stored) => {
      if (!this.under.delete(row)) return;
      const stays = done(stored, words);
      if (words) {
        bar.remove();
        label.textContent = `${file.name}: ${words} `;
        row.setAttribute("role", "alert");
        button.textContent = this.words.close;
        button.onclick = remove;
      } else if (stays) {
        // Rows that stay aren't moved: somebody may be typing in them.
        for (const child of [...row.children]) if (child !== stays) child.remove();
        if (stays.parentNode !== row) row.append(stays);
      } else remove();
    };
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      const answer = request.response ?? {};
      const stored = answer.files?.[0];
      if (request.status < 300 && stored) finish("", stored);
      else finish(answer.error ?? answer.message ?? this.words.failed);
    };
    request.onerror = () => finish(this.words.failed);
    button.onclick = () => {
      finish("");
      request.abort();
    };
    this.under.set(row, button.onclick);
    this.turn = this.turn.then(async () => {
      const sent = this.under.has(row) && await this.prepare(file);
      if (!this.under.has(row)) return; // stopped before its turn
      const body = new FormData();
      for (const [name, value] of Object.entries(this.fields())) body.set(name, value);
      body.append("file", sent, sent.name || "image.png");
      await new Promise((next) => {
        request.onloadend = next;
        request.open("POST", this.url);
        request.setRequestHeader("Accept", "application/json");
        request.responseType = "json";
        request.send(body);
      });
    });
    return row;
  }

  get count() {
    return this.under.size;
  }

  stopAll() {
    for (const stop of [...this.under.values()]) stop();
  }
}

/** Pictures embedded in pasted HTML. */
function inlined(html) {
  const pictures = new DOMParser().parseFromString(html, "text/html").querySelectorAll("img[src^='data:image/']");
  return [...pictures].flatMap(({ src }) => {
    const [, type, content] = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(src) ?? [];
    if (!type) return [];
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    return [new File([bytes], `image.${type.slice("image/".length).replace(/\W.*/, "")}`, { type })];
  });
}

/** Let files be dropped on `place` and pasted into it. */
export function receive(place, take) {
  const given = (event, data) => {
    // A table copied from an office program comes as picture and as text: paste the text.
    if (event.defaultPrevented || !data || (event.type === "paste" && data.types.includes("text/plain"))) return;
    const files = data.files.length ? [...data.files] : inlined(data.getData("text/html"));
    if (!files.length) return;
    event.preventDefault();
    for (const file of files) take(file);
  };
  place.addEventListener("paste", (event) => given(event, event.clipboardData));
  place.addEventListener("drop", (event) => given(event, event.dataTransfer));
  place.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    place.classList.add("dropping");
  });
  for (const name of ["dragleave", "drop"]) place.addEventListener(name, () => place.classList.remove("dropping"));
}
