// What the reader has changed: in memory, where it works also in the browser's storage, and saved as a file.
import { contentOf, facts, keyOf, pages } from "./store.js";

const FORMAT = "nexus-changes";
const VERSION = 1;
const WAIT = 400; // ms after typing until the browser's copy is written
const SHAPE = { path: "", title: "", text: "", tags: "", summary: "" };

const changes = new Map(); // by key: "p12" of a page, "n…" of a new one
const touched = new Set(); // keys of what was changed in this tab and isn't in the storage yet
const hearers = []; // of any change; of one that came from another tab, with its key
let isUnsaved = false;
let waiting = 0;

export const all = () => [...changes.values()];
export const changeOf = (key) => changes.get(key);
export const newAt = (path) => path && all().find((change) => change.id === null && keyOf(change.path) === keyOf(path));
export const hear = (hearer) => hearers.push(hearer);
export const mustAsk = () => isUnsaved;

export function put(change) {
  changes.set(change.key, change);
  touched.add(change.key);
  tell();
}

export function discard(key) {
  changes.delete(key);
  touched.add(key);
  tell();
}

export function discardAll() {
  for (const key of changes.keys()) touched.add(key);
  changes.clear();
  tell();
}

// Another tab with this file must not choose the same.
export const newKey = () => `n${Date.now()}${Math.floor(Math.random() * 1000)}`;

function tell(key) {
  isUnsaved = changes.size > 0;
  for (const hearer of hearers) hearer(key);
  clearTimeout(waiting);
  waiting = setTimeout(writeCopy, WAIT);
}

// Files opened from a disk may share one storage: what comes from there is checked, and shown as text alone.
// Each change has an item of its own, and what one tab writes the others take over at once: so none writes over
// what another one has changed.
const prefix = () => `nexus-change ${facts.hubKey} `;

export function writeCopy() {
  try {
    for (const key of touched) {
      if (changes.has(key)) localStorage.setItem(prefix() + key, JSON.stringify(changes.get(key)));
      else localStorage.removeItem(prefix() + key);
    }
    touched.clear();
  } catch {
    // Without storage, or with a full one, the file that is saved is the only copy.
  }
}

export function readCopy() {
  try {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(prefix()))) readItem(name);
  } catch {
    return;
  }
  if (changes.size) tell();
}

// What another tab has written or discarded since; what is typed here is later than that.
function takeOver(name) {
  const key = name.slice(prefix().length);
  if (touched.has(key)) return;
  const before = JSON.stringify(changes.get(key));
  if (localStorage.getItem(name) === null) changes.delete(key);
  else readItem(name);
  if (JSON.stringify(changes.get(key)) !== before) tell(key);
}

export function followOthers() {
  addEventListener("storage", ({ key }) => { if (key?.startsWith(prefix())) takeOver(key); });
  // A tab that was frozen has heard nothing.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return;
    try {
      const names = new Set([...Object.keys(localStorage), ...[...changes.keys()].map((key) => prefix() + key)]);
      for (const name of names) if (name.startsWith(prefix())) takeOver(name);
    } catch {
      // There is nothing to be read.
    }
  });
}

function readItem(name) {
  try {
    const change = JSON.parse(localStorage.getItem(name));
    if (isChange(change) && name === prefix() + change.key) changes.set(change.key, change);
  } catch {
    // Not of this script.
  }
}

function isChange(change) {
  const isNew = change?.id === null;
  const isKey = isNew ? /^n\d{1,17}$/.test(change.key) : change?.key === `p${change?.id}`;
  const begun = isNew || (Number.isSafeInteger(change?.id) && Number.isSafeInteger(change.base) && typeof change.hash === "string");
  return isKey && begun && Object.keys(SHAPE).every((name) => typeof change[name] === "string");
}

// What was submitted is in the pages of a file that was made later.
export async function discardWhatIsThere() {
  for (const change of all().filter(({ id }) => id !== null)) {
    const page = pages.find(({ id }) => id === change.id);
    const content = page && await contentOf(page);
    if (content?.text === change.text && page.title === change.title && page.tags.join() === tagsOf(change.tags).join()) discard(change.key);
  }
}

const tagsOf = (tags) => tags.split(",").map((tag) => tag.trim()).filter(Boolean);

// What is submitted to the hub; wiki/hub/offline/change_file.py reads it.
function asText(some) {
  const sent = some.map(({ id, base, hash, path, title, text, tags, summary, given }) => {
    const common = { path, title, tags: tagsOf(tags), text, summary };
    if (given) common.given = { ...given, tags: tagsOf(given.tags) };
    return id === null ? common : { id, base, hash, ...common };
  });
  const { name, address, mark, exportedAt } = facts;
  const whole = { format: FORMAT, version: VERSION, hub: { name, address, mark }, exported_at: exportedAt, saved_at: new Date().toISOString(), pages: sent };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

export const sizeOf = (text) => new TextEncoder().encode(text).length;

// The files that are saved, each with no more than the hub takes at once.
export function asTexts() {
  const files = [];
  let some = [];
  let size = 0;
  for (const change of all()) {
    const own = sizeOf(asText([change]));
    if (some.length && (some.length >= facts.maxPages || size + own > facts.maxBytes)) {
      files.push(asText(some));
      some = [];
      size = 0;
    }
    some.push(change);
    size += own;
  }
  return some.length ? [...files, asText(some)] : files;
}

// If somebody continues to write, the next file has the new text beside what is saved now.
export function save() {
  const texts = asTexts();
  const day = new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-");
  texts.forEach((text, number) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `changes-${day}${texts.length > 1 ? `-${number + 1}` : ""}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
  for (const change of all()) {
    const { title, text, tags } = change;
    changes.set(change.key, { ...change, given: { title, text, tags } });
    touched.add(change.key);
  }
  writeCopy();
  isUnsaved = false;
  return texts.length;
}
