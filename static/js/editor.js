// The editor: Markdown by buttons and keys, the preview as one writes, and a word before work is lost.

import { improve } from "./reading.js";

const form = document.querySelector("[data-editor]");
const area = form.elements.text;
const sprite = document.querySelector(".find-button use").getAttribute("href").split("#")[0];

/** Put `text` in place of the selection so that "undo" knows of it, and select part of it. */
function insert(text, from, to) {
  const start = area.selectionStart;
  area.focus();
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, start, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(start + from, start + to);
}

const selected = () => area.value.slice(area.selectionStart, area.selectionEnd);

function wrap(before, after, sample) {
  const text = selected() || sample;
  insert(before + text + after, before.length, before.length + text.length);
}

/** Begin every selected line with `mark(number)`. */
function lines(mark) {
  area.selectionStart = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const text = selected().split("\n").map((line, i) => mark(i) + line).join("\n");
  insert(text, text.length, text.length);
}

function block(text, from, to) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  insert(gap + text, gap.length + from, gap.length + to);
}

const TABLE = "| Name | What it is |\n|---|---|\n| one | first |\n";
const TOOLS = [
  ["bold", "Bold", () => wrap("**", "**", "bold"), "b"],
  ["italic", "Italic", () => wrap("*", "*", "italic"), "i"],
  ["code", "Code", () => wrap("`", "`", "code")],
  ["brackets", "Link to a page", () => wrap("[[", "]]", "Title"), "k"],
  ["link", "Link to a site", () => wrap("[", "](https://)", "label")],
  ["heading", "Heading", () => lines(() => "## ")],
  ["list", "List", () => lines(() => "- ")],
  ["list-ordered", "Numbered list", () => lines((i) => `${i + 1}. `)],
  ["quote", "Quote", () => lines(() => "> ")],
  ["square-code", "Code block", () => { const text = selected() || "print()"; block(`\`\`\`python\n${text}\n\`\`\`\n`, 3, 9); }],
  ["table", "Table", () => block(TABLE, 2, 6)],
];

function fillToolbar(bar) {
  for (const [icon, name, act, key] of TOOLS) {
    const button = document.createElement("button");
    button.type = "button";
    button.tabIndex = bar.children.length ? -1 : 0;
    button.ariaLabel = name;
    button.title = key ? `${name} (Ctrl+${key.toUpperCase()})` : name;
    button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#${icon}"/></svg>`;
    button.addEventListener("click", act);
    bar.append(button);
  }
  bar.addEventListener("keydown", (event) => {
    const buttons = [...bar.children];
    const here = buttons.indexOf(event.target);
    const place = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (place === undefined) return;
    event.preventDefault();
    const next = buttons.at(place % buttons.length);
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  bar.hidden = false;
}

area.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const tool = TOOLS.find(([, , , key]) => key === event.key.toLowerCase());
  if (!tool) return;
  event.preventDefault();
  tool[2]();
});

// Preview: beside the text where there is room, as one writes; below it when asked for.
const preview = document.querySelector("[data-preview]");
const status = preview.querySelector("[data-preview-status]");
const shown = preview.querySelector("[data-text]");
const isWide = matchMedia("(min-width: 62.5rem)");
let request = null;
let waiting = 0;
let previewed = null;

async function show() {
  const text = area.value;
  if (text === previewed) return;
  request?.abort();
  request = new AbortController();
  preview.classList.add("waiting");
  try {
    const body = new URLSearchParams({ text, path: preview.dataset.path, csrf_token: form.elements.csrf_token.value });
    const answer = await fetch(preview.dataset.url, { method: "POST", body, signal: request.signal });
    if (answer.redirected || !answer.ok) throw new Error(answer.status === 422 ? await answer.text() : "");
    shown.innerHTML = await answer.text();
    improve(shown);
    previewed = text;
    status.textContent = "";
  } catch (error) {
    if (error.name === "AbortError") return;
    status.textContent = error.message || "The preview could not be made just now. Your text is safe in the editor.";
  }
  preview.classList.remove("waiting");
}

function soon() {
  clearTimeout(waiting);
  if (isWide.matches) waiting = setTimeout(show, 400);
}

area.addEventListener("input", soon);
isWide.addEventListener("change", beside);
function beside() {
  if (!isWide.matches) return;
  preview.hidden = false;
  show();
}
form.classList.add("live");
beside();

area.addEventListener("scroll", () => {
  const room = area.scrollHeight - area.clientHeight;
  if (isWide.matches && room > 0) shown.scrollTop = (area.scrollTop / room) * (shown.scrollHeight - shown.clientHeight);
}, { passive: true });

// Unsaved work: a word before leaving.
const before = new FormData(form);
const isChanged = () => "changed" in form.dataset
  || [...new FormData(form)].some(([name, value]) => value.replaceAll("\r\n", "\n") !== String(before.get(name) ?? "").replaceAll("\r\n", "\n"));
let isSaving = false;

form.addEventListener("submit", async (event) => {
  if (event.submitter?.value === "preview") {
    event.preventDefault();
    preview.hidden = false;
    await show();
    preview.querySelector("h2").focus();
    return;
  }
  isSaving = true;
});
addEventListener("pageshow", () => { isSaving = false; });
addEventListener("beforeunload", (event) => {
  if (!isSaving && !("kept" in form.dataset) && isChanged()) event.preventDefault();
});

const only = form.querySelector("[data-only-for]");
const kind = form.elements.kind;
if (only && kind) {
  const fit = () => { only.hidden = kind.value !== only.dataset.onlyFor; };
  kind.addEventListener("change", fit);
  fit();
}

fillToolbar(form.querySelector("[data-toolbar]"));
