// The editor: Markdown by buttons and keys. The modules that it starts do the rest.

import { Advice } from "./advice.js";
import { Completion } from "./completion.js";
import { Drafts } from "./draft.js";
import { KindFields } from "./kind-fields.js";
import * as markdown from "./markdown.js";
import { keepFocusInView } from "./viewport.js";
import { Saving } from "../upload/pending-uploads.js";
import { apply, Mirror } from "./textfield.js";
import { Uploads } from "../upload/upload.js";
import { Views } from "./editor-panes.js";

const form = document.querySelector("[data-editor]");
const area = form.elements.text;
const toolbar = form.querySelector("[data-toolbar]");
const help = document.querySelector("[data-help]");
const mirror = new Mirror(area);
const completion = new Completion(area, mirror);

const edit = (make, ...rest) => apply(area, make(area.value, area.selectionStart, area.selectionEnd, ...rest));

function link(sample) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const words = value.slice(start, end);
  const isAddress = /^https?:\/\/\S+$/.test(words);
  const text = isAddress ? `[${sample}](${words})` : `[${words || sample}](https://)`;
  const from = isAddress || !words ? start + 1 : start + text.length - 9;
  apply(area, { start, end, text, from, to: isAddress || !words ? from + sample.length : from + 8 });
}

function linkPage() {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const words = value.slice(start, end).replaceAll("\n", " ");
  const at = start + 2 + words.length;
  apply(area, { start, end, text: `[[${words}]]`, from: at, to: at });
  completion.look();
}

const TOOLS = {
  heading: () => edit(markdown.heading),
  bold: (sample) => edit(markdown.wrap, "**", sample),
  italic: (sample) => edit(markdown.wrap, "_", sample),
  code: (sample) => edit(markdown.wrap, "`", sample),
  page: linkPage,
  link,
  list: () => edit(markdown.prefix, "list"),
  numbers: () => edit(markdown.prefix, "numbers"),
  tasks: () => edit(markdown.prefix, "tasks"),
  quote: () => edit(markdown.prefix, "quote"),
  fence: (sample) => edit(markdown.fence, sample),
  table: (sample) => edit(markdown.table, sample),
  attach: () => form.querySelector("[data-upload-choose]").click(),
  help: () => help.showModal(),
};
const use = (button) => TOOLS[button.dataset.tool](button.dataset.sample);

if (!form.dataset.uploadUrl) toolbar.querySelector("[data-tool=attach]").remove();
if (!help?.showModal) toolbar.querySelector("[data-tool=help]").remove();

// Tab reaches the toolbar as a whole; the arrow keys move inside it.
const buttons = [...toolbar.querySelectorAll("[data-tool]")];
buttons[0].tabIndex = 0;
toolbar.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tool]");
  if (button) use(button);
});
toolbar.addEventListener("keydown", (event) => {
  const here = buttons.indexOf(event.target);
  const place = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
  if (place === undefined || here < 0) return;
  event.preventDefault();
  const next = buttons.at(place % buttons.length);
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});
// Digits by their key: with Shift they are other characters, depending on the keyboard.
const keyOf = (event) => /^Digit(\d)$/.exec(event.code)?.[1] ?? event.key.toUpperCase();
const named = (event) => `Control+${event.shiftKey && event.key !== "/" ? "Shift+" : ""}${keyOf(event)}`;
const byKeys = new Map(buttons.map((button) => [button.ariaKeyShortcuts ?? button.getAttribute("aria-keyshortcuts"), button]));

form.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing) return;
  const button = event.target === area ? byKeys.get(named(event)) : null;
  if (button) use(button);
  else if (event.key === "Enter") save(event);
  else return;
  event.preventDefault();
});

// Saves the choices on a conflict page if the focus is among them or there is no other button; otherwise the text.
function save(event) {
  if (event.repeat || document.querySelector("dialog[open]") || completion.isOpen) return;
  const button = form.querySelector(".editor-bar [value=save]");
  const isChoosing = event.target.closest("fieldset") || button.checkVisibility?.() === false;
  form.requestSubmit((isChoosing && form.querySelector("[value=resolve]")) || button);
}

// Wherever the focus is, instead of the browser's shortcut, which would save the page as a file.
document.addEventListener("keydown", (event) => {
  const isS = event.key.toLowerCase() === "s" || (event.code === "KeyS" && event.key > "\x7f"); // also among other letters
  if (!isS || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  save(event);
});

let isLeaving = false; // Escape, then Tab: out of the field, also from a list
let isPlain = false; // Ctrl+Shift+V: as it is

/** The change that Enter or Tab makes in the list, quote or code around the caret; null for the usual effect. */
function continued({ key, shiftKey }, wasLeaving) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  if (key === "Enter" && !shiftKey && start === end) return markdown.enter(value, start);
  return key === "Tab" && !wasLeaving ? markdown.indent(value, start, end, shiftKey) : null;
}

area.addEventListener("keydown", (event) => {
  const wasLeaving = isLeaving;
  if (event.key !== "Shift") isLeaving = event.key === "Escape";
  isPlain = event.shiftKey && event.key.toUpperCase() === "V";
  if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const made = continued(event, wasLeaving);
  if (!made) return;
  event.preventDefault();
  apply(area, made);
});

area.addEventListener("paste", (event) => {
  const pasted = event.clipboardData?.getData("text/plain") ?? "";
  const made = isPlain ? null : markdown.linked(area.value, area.selectionStart, area.selectionEnd, pasted, location.origin);
  if (!made) return;
  event.preventDefault();
  apply(area, made);
});

new Saving(form, form.dataset.uploadUrl ? new Uploads(form, area) : null); // hears of a submit before the others
new Views(form, area, mirror);
new Drafts(form);
new KindFields(form);
new Advice(form);
keepFocusInView(form);
