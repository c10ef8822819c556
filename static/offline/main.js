// What the address of the file says, from `#/guides/redis#section` to `#search:cache`, and what is always there.
import { open } from "./store.js";
import { all, discardWhatIsThere, followOthers, hear, mustAsk, readCopy, writeCopy } from "./changes.js";
import { load } from "./search.js";
import { showFront, showPath, showResults, showTag } from "./views.js";
import { showChanges, showEditor, showNew } from "./writing.js";

const field = document.getElementById("nx-find");
const opening = document.getElementById("nx-opening");
let isTyping = false;

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function route() {
  const hash = location.hash.slice(1);
  const [, name, rest] = /^([a-z]*):?([^]*)$/.exec(hash);
  const isResult = name === "search";
  if (!isResult) field.value = "";
  if (isResult) await showResults(decoded(rest));
  else if (name === "tag") showTag(decoded(rest));
  else if (name === "edit") await showEditor(rest);
  else if (name === "new") showNew(rest);
  else if (name === "changes") showChanges();
  else if (hash.length > 1 && hash.startsWith("/")) {
    const [path, section] = hash.slice(1).split("#").map(decoded);
    await showPath(path, section);
    if (section) return;
  } else showFront();
  arrive(isResult);
}

// To the top, and a screen reader to the heading; but who types goes on typing.
function arrive(isResult) {
  if (isResult && !field.value) field.value = decoded(location.hash.slice("#search:".length));
  if (isTyping) return;
  scrollTo(0, 0);
  document.querySelector("#nx-main h1")?.focus({ preventScroll: true });
}

function search() {
  const query = field.value.trim();
  const to = query ? `#search:${encodeURIComponent(query)}` : "#/";
  isTyping = true;
  // One step back for a whole search, not one for each letter.
  if (location.hash.startsWith("#search:")) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  return (query ? showResults(query) : Promise.resolve(showFront())).finally(() => { isTyping = false; });
}

function countChanges() {
  document.getElementById("nx-count").textContent = all().length || "";
}

function listen() {
  addEventListener("hashchange", route);
  addEventListener("popstate", () => { isTyping = false; });
  addEventListener("beforeunload", (event) => {
    writeCopy();
    if (mustAsk()) event.preventDefault();
  });
  field.addEventListener("input", search);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") document.querySelector(".results a")?.focus();
  });
  field.addEventListener("focus", load, { once: true });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("nx-main").focus();
  });
  document.addEventListener("keydown", (event) => {
    const isWriting = event.target.closest("input, textarea");
    if (event.key !== "/" || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
  });
}

async function begin() {
  if (!("DecompressionStream" in window)) {
    opening.textContent = opening.dataset.old;
    return;
  }
  await open();
  hear(countChanges);
  readCopy();
  followOthers();
  await discardWhatIsThere();
  listen();
  await route();
  const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 500));
  idle(load);
}

begin();
