// What the reader has changed: in memory, where it works also in the browser's storage, and saved as a file.
import { facts } from "./store.js";

const FORMAT = "nexus-changes";
const VERSION = 1;
const WAIT = 400; // ms after typing until the browser's copy is written
const SHAPE = { path: "", title: "", text: "", tags: "", summary: "" };

const changes = new Map(); // by key: "p12" of a page, "n1" of a new one
const hearers = [];
let isUnsaved = false;
let waiting = 0;

export const all = () => [...changes.values()];
export const changeOf = (key) => changes.get(key);
export const newAt = (path) => all().find((change) => !change.id && change.path === path && path);
export const hear = (hearer) => hearers.push(hearer);
export const mustAsk = () => isUnsaved;

export function put(change) {
  changes.set(change.key, change);
  tell();
}

export function discard(key) {
  changes.delete(key);
  tell();
}

export function discardAll() {
  changes.clear();
  tell();
}

export function newKey() {
  let number = 1;
  while (changes.has(`n${number}`)) number += 1;
  return `n${number}`;
}

function tell() {
  isUnsaved = changes.size > 0;
  for (const hearer of hearers) hearer();
  clearTimeout(waiting);
  waiting = setTimeout(writeCopy, WAIT);
}

// Files opened from a disk may share one storage: what comes from there is checked, and shown as text alone.
const storageName = () => `nexus-changes ${facts.address || facts.name}`;

export function writeCopy() {
  try {
    if (changes.size) localStorage.setItem(storageName(), JSON.stringify(all()));
    else localStorage.removeItem(storageName());
  } catch {
    // Without storage, or with a full one, the file that is saved is the only copy.
  }
}

export function readCopy() {
  let found = [];
  try {
    found = JSON.parse(localStorage.getItem(storageName()) ?? "[]");
  } catch {
    return 0;
  }
  for (const change of Array.isArray(found) ? found.filter(isChange) : []) changes.set(change.key, change);
  if (changes.size) tell();
  return changes.size;
}

function isChange(change) {
  const isNew = change?.id === null;
  const begun = isNew || (Number.isSafeInteger(change?.id) && Number.isSafeInteger(change.base) && typeof change.hash === "string");
  return begun && /^[pn]\d{1,10}$/.test(change.key) && Object.keys(SHAPE).every((name) => typeof change[name] === "string");
}

// What is given back to the hub; wiki/hub/offline/change_file.py reads it.
export function asText() {
  const sent = all().map(({ id, base, hash, path, title, text, tags, summary }) => {
    const common = { path, title, tags: tags.split(",").map((tag) => tag.trim()).filter(Boolean), text, summary };
    return id === null ? common : { id, base, hash, ...common };
  });
  const { name, address, mark, exportedAt } = facts;
  const whole = { format: FORMAT, version: VERSION, hub: { name, address, mark }, exported_at: exportedAt, saved_at: new Date().toISOString(), pages: sent };
  return `${JSON.stringify(whole, null, 1)}\n`;
}

export function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([asText()], { type: "application/json" }));
  link.download = `changes-${new Date().toISOString().slice(0, 16).replace(/[T:]/g, "-")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  isUnsaved = false;
}
