// The editor, and the list of what was changed.
import { contentOf, facts, pageAt, words } from "./store.js";
import { all, asTexts, changeOf, discard, discardAll, hear, newAt, newKey, put, save, sizeOf } from "./changes.js";
import { byId } from "./views.js";
import { copy, part, show } from "./elements.js";

const FIELDS = ["title", "path", "text", "tags", "summary"];

let openForm = () => {}; // told the key of what another tab has changed
hear((key) => { if (key) openForm(key); });

export async function showEditor(key) {
  const change = changeOf(key) ?? await changeOfPage(key);
  if (change) showForm(change, words.editing.replace("{title}", () => change.title || words.untitled));
  else location.replace("#changes");
}

async function changeOfPage(key) {
  const page = key.startsWith("p") && byId(Number(key.slice(1)));
  if (!page) return null;
  const { number, hash, tags, text } = await contentOf(page);
  return { key, id: page.id, base: number, hash, path: page.path, title: page.title, text, tags: tags.join(", "), summary: "" };
}

// `asked` names a title and a path, as links to pages do that aren't written yet.
export function showNew(asked) {
  const values = new URLSearchParams(asked);
  const path = values.get("path") ?? "";
  const page = path && pageAt(path);
  if (page) {
    location.replace(`#edit:p${page.id}`);
    return;
  }
  const begun = newAt(path);
  if (begun) {
    location.replace(`#edit:${begun.key}`);
    return;
  }
  const change = { key: newKey(), id: null, path, title: values.get("title") ?? "", text: "", tags: "", summary: "" };
  showForm(change, words.new);
}

function showForm(begun, heading) {
  const view = copy("edit");
  part(view, "title").textContent = heading;
  part(view, "path-field").hidden = begun.id !== null;
  const original = FIELDS.map((name) => begun[name]).join("\0");
  const inputs = FIELDS.map((name) => view.getElementById(`nx-${name}`));
  let wasThere = Boolean(changeOf(begun.key));
  const tooLong = part(view, "too-long");
  FIELDS.forEach((name, number) => { inputs[number].value = begun[name]; });
  const keep = () => {
    const typed = Object.fromEntries(FIELDS.map((name, number) => [name, inputs[number].value]));
    const isSame = FIELDS.map((name) => typed[name]).join("\0") === original;
    tooLong.hidden = sizeOf(typed.text) <= facts.maxText;
    if (isSame && !wasThere) discard(begun.key);
    else put({ ...begun, given: changeOf(begun.key)?.given, ...typed });
    // Whoever comes back to a page that they have begun finds it again.
    if (begun.id === null && location.hash !== `#edit:${begun.key}`) history.replaceState(null, "", `#edit:${begun.key}`);
  };
  for (const input of inputs) input.addEventListener("input", keep);
  openForm = (key) => {
    const change = key === begun.key && changeOf(key);
    if (!change || !inputs[0].isConnected) return;
    wasThere = true;
    FIELDS.forEach((name, number) => { if (inputs[number].value !== change[name]) inputs[number].value = change[name]; });
  };
  part(view, "done").href = begun.id === null ? "#changes" : `#/${encodeURI(begun.path).replaceAll("#", "%23")}`;
  part(view, "discard").addEventListener("click", ({ currentTarget }) => {
    if (changeOf(begun.key) && !confirm(currentTarget.dataset.ask)) return;
    discard(begun.key);
    location.hash = begun.id === null ? "#changes" : `#/${encodeURI(begun.path).replaceAll("#", "%23")}`;
  });
  show(view, heading);
}

export function showChanges() {
  const view = copy("changes");
  const changes = all();
  part(view, "nothing").hidden = changes.length > 0;
  part(view, "something").hidden = !changes.length;
  view.querySelector("ul").append(...changes.map(changeItem));
  const field = view.querySelector("textarea");
  const texts = asTexts();
  field.value = texts[0] ?? "";
  part(view, "several").hidden = texts.length < 2;
  for (const text of texts.slice(1).reverse()) {
    const more = field.cloneNode();
    more.value = text;
    field.after(more);
  }
  const saved = part(view, "saved");
  part(view, "save").addEventListener("click", () => {
    save();
    saved.hidden = false;
  });
  part(view, "forget").addEventListener("click", ({ currentTarget }) => {
    if (!confirm(currentTarget.dataset.ask)) return;
    discardAll();
    showAgain();
  });
  show(view, document.querySelector('a[href="#changes"]').firstChild.textContent.trim());
}

function showAgain() {
  showChanges();
  document.querySelector("#nx-main h1").focus();
}

function changeItem(change) {
  const item = copy("change");
  const title = change.title || words.untitled;
  const link = item.querySelector("a");
  link.href = `#edit:${change.key}`;
  link.textContent = title;
  item.querySelector("span").textContent = change.id === null ? words.new : words.from.replace("{number}", change.base);
  const button = item.querySelector("button");
  button.setAttribute("aria-label", button.getAttribute("aria-label").replace("{title}", () => title));
  button.addEventListener("click", () => {
    if (!confirm(button.dataset.ask)) return;
    discard(change.key);
    showAgain();
  });
  return item;
}
