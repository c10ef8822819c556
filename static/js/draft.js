// What one writes is kept on the server while one writes; in this browser when the server is away.

const form = document.querySelector("[data-keep]");
const status = form.querySelector("[data-keep-status]");
const place = `nexus-draft:${form.dataset.page}:${form.elements.section?.value ?? ""}`;
const WAIT = 3000; // ms of silence before a draft is kept
const PARTING = 60_000; // bytes a browser still sends while its page goes away
const words = { ...status.dataset };
let timer = 0;
let asking = null;
let isSaving = false;

const typed = () => {
  const data = new FormData(form);
  data.set("page", form.dataset.page);
  return new URLSearchParams([...data].filter(([, value]) => typeof value === "string"));
};
// The token changes with the session, and it is nobody's text.
const marked = (body) => {
  const copy = new URLSearchParams(body);
  copy.delete("csrf_token");
  return copy.toString().replaceAll("%0D%0A", "%0A");
};
let kept = marked(typed());

function tell(text) {
  status.textContent = text;
}

/** In this browser, until the server has it. */
function keepHere(text) {
  try {
    localStorage.setItem(place, JSON.stringify({ text, base: form.elements.base_revision?.value, at: Date.now() }));
    return true;
  } catch {
    return false; // full, or forbidden
  }
}

function forget() {
  try {
    localStorage.removeItem(place);
  } catch {
    // nothing was kept there either
  }
}

async function keep(isLast = false) {
  clearTimeout(timer);
  const body = typed();
  const mark = marked(body);
  if (isSaving || mark === kept) return;
  if (isLast && body.toString().length > PARTING) {
    keepHere(form.elements.text.value);
    return;
  }
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(form.dataset.keep, { method: "POST", body, keepalive: isLast, redirect: "error", signal: asking.signal });
    if (!answer.ok) throw new Error(answer.statusText);
    const { saved_at: at } = await answer.json();
    kept = mark;
    if (marked(typed()) === mark) form.dataset.kept = "";
    forget();
    tell(`${words.kept} ${new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`);
  } catch (error) {
    if (error.name === "AbortError") return;
    tell(keepHere(form.elements.text.value) ? words.here : words.nowhere);
    timer = setTimeout(keep, 5 * WAIT);
  }
}

form.addEventListener("input", () => {
  delete form.dataset.kept;
  clearTimeout(timer);
  timer = setTimeout(keep, WAIT);
});
form.addEventListener("submit", () => {
  isSaving = true;
  clearTimeout(timer);
  asking?.abort();
});
addEventListener("pageshow", () => { isSaving = false; });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") keep(true);
});

/** Offer what this browser kept while the server was away. */
function offer() {
  let found = null;
  try {
    found = JSON.parse(localStorage.getItem(place));
  } catch {
    return;
  }
  const area = form.elements.text;
  if (!found?.text || found.text === area.value) return forget();
  const box = form.querySelector("[data-keep-offer]");
  const [take, drop] = box.querySelectorAll("button");
  take.addEventListener("click", () => {
    area.focus();
    area.select();
    if (!document.execCommand("insertText", false, found.text)) area.value = found.text;
    // The revision it was begun from: saving merges with what happened since.
    if (found.base && form.elements.base_revision) form.elements.base_revision.value = found.base;
    box.hidden = true;
  });
  drop.addEventListener("click", () => {
    forget();
    box.hidden = true;
  });
  box.hidden = false;
}
offer();
