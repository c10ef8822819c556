// What there is to read: the front, folders, pages, tags, what a search finds.
import { contentOf, facts, keyOf, pageAt, pages, placesBelow, routeOf, titleOf, words } from "./store.js";
import { changeOf, newAt } from "./changes.js";
import { find, load, passageOf } from "./search.js";
import { announce, copy, fillBelow, fillCrumbs, fillHTML, fillPlaces, part, show } from "./elements.js";

const FIRST = 12; // results that stand there at once
const MOST = 50;
const WITH_PASSAGES = 10;
const PAUSE = 250; // ms without typing, after which the rest is shown
let searching = 0; // what was typed last; an earlier answer that comes late is thrown away

export function showFront() {
  const view = copy("front");
  part(view, "count").textContent = facts.pages.toLocaleString();
  part(view, "left-out").hidden = !facts.leftOut;
  fillPlaces(part(view, "places"), placesBelow(""));
  show(view, "");
}

export async function showPath(path, section) {
  const page = pageAt(path);
  const added = newAt(path);
  if (page) await showPage(page, section);
  else if (added) location.replace(`#edit:${added.key}`);
  else if (placesBelow(path).length) showFolder(path);
  else showMissing(path);
}

async function showPage(page, section) {
  const asked = location.hash;
  const content = await contentOf(page);
  if (location.hash !== asked) return; // a quicker one was opened meanwhile
  const view = copy("page");
  const change = changeOf(`p${page.id}`);
  view.firstElementChild.dir = content.dir;
  fillCrumbs(part(view, "crumbs"), page.path);
  part(view, "title").textContent = change?.title ?? page.title;
  part(view, "kind").textContent = content.kind;
  part(view, "kind").hidden = !content.kind;
  part(view, "changed").textContent = content.changed;
  part(view, "tags").append(...content.tags.map(tagLink));
  part(view, "edit").href = `#edit:p${page.id}`;
  part(view, "mine").hidden = !change;
  view.querySelector(".offline-source").textContent = change?.text ?? "";
  fillHTML(part(view, "html"), content.html);
  fillBelow(view, page.path);
  show(view, page.title);
  if (section) document.getElementById(section)?.scrollIntoView();
}

function tagLink(tag) {
  const link = document.createElement("a");
  link.href = `#tag:${encodeURIComponent(tag)}`;
  link.textContent = tag;
  return link;
}

function showFolder(path) {
  const view = copy("folder");
  fillCrumbs(part(view, "crumbs"), path);
  part(view, "title").textContent = titleOf(path);
  fillPlaces(part(view, "places"), placesBelow(path));
  show(view, titleOf(path));
}

function showMissing(path) {
  const view = copy("missing");
  part(view, "write").href = `#new:${new URLSearchParams({ path, title: titleOf(path) })}`;
  show(view, titleOf(path));
}

export function showTag(tag) {
  const tagged = pages.filter(({ tags }) => tags.some((each) => keyOf(each) === keyOf(tag)));
  const view = copy("tagged");
  part(view, "title").textContent = words.tag.replace("{tag}", () => tag);
  fillPlaces(part(view, "places"), tagged.map((page) => ({ ...page, below: 0 })));
  show(view, tag);
}

export async function showResults(query) {
  searching += 1;
  const mine = searching;
  await load();
  if (mine !== searching) return;
  const { found, isPartial } = find(query);
  const view = copy("results");
  const { none, one, many, some } = part(view, "status").dataset;
  const count = found.length === 1 ? one : many.replace("{count}", found.length.toLocaleString());
  part(view, "status").textContent = !found.length ? none : `${isPartial ? `${some} ` : ""}${count}`;
  announce(part(view, "status").textContent);
  const shown = found.slice(0, MOST);
  const items = shown.slice(0, FIRST).map(result);
  const list = view.querySelector("ol");
  list.append(...items);
  show(view, query);
  await new Promise((resolve) => { setTimeout(resolve, PAUSE); });
  if (mine !== searching) return;
  list.append(...shown.slice(FIRST).map(result));
  for (const [number, page] of shown.slice(0, WITH_PASSAGES).entries()) {
    const pieces = await passageOf(page, query);
    if (mine !== searching) return;
    if (pieces) fillPassage(items[number].querySelector(".snippet"), pieces);
  }
}

function result(page) {
  const item = copy("result").firstElementChild;
  const link = item.querySelector("a");
  link.href = routeOf(page.path);
  link.textContent = page.title;
  item.querySelector(".snippet").textContent = page.summary;
  item.querySelector(".quiet > bdi").textContent = page.path;
  return item;
}

function fillPassage(snippet, pieces) {
  snippet.replaceChildren(...pieces.map((piece, number) => {
    if (number % 2 === 0) return piece;
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  }));
}

export const byId = (id) => pages.find((page) => page.id === id);
