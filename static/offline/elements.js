// Copies of the templates in the file, and what fills them.
import { facts, picture, placesBelow, routeOf, titleOf, pageAt, words } from "./store.js";

const main = document.getElementById("nx-main");
// A page's HTML was sanitized when it was made; nothing else becomes HTML, and the policy runs none of it.
const trusted = window.trustedTypes?.createPolicy("nexus", { createHTML: (html) => html });

export const copy = (name) => document.getElementById(`nx-${name}`).content.cloneNode(true);
export const part = (root, name) => root.querySelector(`[data-${name}]`);

export function show(content, title) {
  document.title = title ? `${title} · ${facts.name}` : facts.name;
  main.replaceChildren(content);
}

// A screen reader reads what changes in a place that is there already.
export function announce(text) {
  document.getElementById("nx-status").textContent = text;
}

export function fillHTML(element, html) {
  const holder = document.createElement("template");
  holder.innerHTML = trusted ? trusted.createHTML(html) : html;
  for (const image of holder.content.querySelectorAll("img")) fillPicture(image);
  element.append(holder.content);
}

function fillPicture(image) {
  const source = picture(Number(image.dataset.file));
  if (source) {
    image.src = source;
    return;
  }
  const place = document.createElement("span");
  place.className = "picture-left-out";
  place.textContent = `${image.alt} ${words.picture}`.trim();
  image.replaceWith(place);
}

export function fillPlaces(list, places) {
  list.append(...places.map((place) => {
    const item = copy("place");
    const link = item.querySelector("a");
    link.href = routeOf(place.path);
    link.firstElementChild.textContent = place.title;
    item.querySelector(".count").textContent = place.below || "";
    return item;
  }));
  return places.length;
}

// The folders above a page, each with the title of its page if it has one.
export function fillCrumbs(nav, path) {
  const segments = path.split("/").slice(0, -1);
  nav.hidden = !segments.length;
  nav.firstElementChild.append(...segments.map((_segment, number) => {
    const above = segments.slice(0, number + 1).join("/");
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    link.href = routeOf(above);
    link.textContent = pageAt(above)?.title ?? titleOf(above);
    return item;
  }));
}

export function fillBelow(view, path) {
  const below = part(view, "below");
  below.hidden = !fillPlaces(part(below, "places"), placesBelow(path));
}
