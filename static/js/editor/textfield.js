// A textarea: changes that "undo" knows of, and where on the screen a place in its text is.

/** Make a change in the form that markdown.js describes. */
export function apply(area, { start, end, text, from, to }) {
  area.focus();
  area.setSelectionRange(start, end);
  // The one way to change a field that "undo" takes back, deprecated and without a successor.
  const isDone = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!isDone) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(from, to);
}

/** Put `text` in place of [start, end), the caret behind it. */
export function insert(area, start, end, text) {
  apply(area, { start, end, text, from: start + text.length, to: start + text.length });
}

/** The same from outside the field: the selection stays on its words, and the focus doesn't move. */
export function applyAside(area, { start, end, text }) {
  const by = text.length - (end - start);
  const moved = (at) => (at >= end ? at + by : Math.min(at, start));
  const [from, to] = [moved(area.selectionStart), moved(area.selectionEnd)];
  if (document.activeElement === area) {
    apply(area, { start, end, text, from, to });
    return;
  }
  area.setRangeText(text, start, end, "preserve");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A copy of the field's text laid out as the field lays it out, which can be measured. */
export class Mirror {
  constructor(area) {
    this.area = area;
    this.copy = document.createElement("div");
    this.copy.className = "editor-text editor-mirror";
    this.copy.ariaHidden = "true";
    this.copy.dir = "auto";
    area.after(this.copy);
  }

  /** `{left, top}` of each place, in pixels of the field's content; `places` are in order. */
  measure(places) {
    const { area, copy } = this;
    copy.style.setProperty("--mirror-width", `${area.clientWidth}px`);
    const marks = [];
    let last = 0;
    copy.replaceChildren();
    for (const place of places) {
      const mark = document.createElement("span");
      copy.append(area.value.slice(last, place), mark);
      marks.push(mark);
      last = place;
    }
    copy.append(area.value.slice(last), "\u200b");
    const found = marks.map((mark) => ({ left: mark.offsetLeft, top: mark.offsetTop, height: mark.offsetHeight }));
    copy.replaceChildren();
    return found;
  }
}
