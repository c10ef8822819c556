// The data of this file: packed blocks, unpacked once somebody needs them, and the pages by path.

const KEPT = 12; // blocks of pages that stay unpacked
const unpacked = new Map();

export const facts = JSON.parse(document.getElementById("nx-facts").textContent);
export const words = document.getElementById("nx-words").dataset;
export const pages = [];
const byPath = new Map();

async function unpack(name) {
  const text = atob(document.querySelector(`script[data-block="${name}"]`).textContent);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

export function block(name) {
  const found = unpacked.get(name) ?? unpack(name);
  unpacked.delete(name);
  unpacked.set(name, found); // the last that was asked for
  if (unpacked.size > KEPT) unpacked.delete(unpacked.keys().next().value);
  return found;
}

export async function open() {
  for (const [id, path, title, summary, number, place, tags] of await block("pages")) {
    const page = { id, path, key: keyOf(path), title, summary, block: number, place, tags };
    pages.push(page);
    byPath.set(page.key, page);
  }
  unpacked.delete("pages");
}

// What the wiki compares paths by (wiki/naming.py), as nearly as a browser can.
const PLAIN = /^[a-z0-9]+(?:[-/.][a-z0-9]+)*$/; // what is its own key, which is quickly seen
export function keyOf(path) {
  return PLAIN.test(path) ? path : path.normalize("NFC").toLowerCase().split("/").map((part) => part.trim().replace(/[\s_]+/g, "-")).filter(Boolean).join("/");
}

export const pageAt = (path) => byPath.get(keyOf(path));

// Number of the revision, hash, tags, kind, direction, day, text and HTML of a page.
export async function contentOf(page) {
  return (await block(`pages-${page.block}`))[page.place];
}

// Pages and folders directly below a path, or at the top: path, title, and how many are below each.
export function placesBelow(path) {
  const begin = path && `${keyOf(path)}/`;
  const found = new Map();
  for (const page of pages) {
    const { key } = page;
    if (!key.startsWith(begin)) continue;
    const end = key.indexOf("/", begin.length);
    const name = key.slice(begin.length, end < 0 ? key.length : end);
    const isItself = key.length === begin.length + name.length;
    const place = found.get(begin + name) ?? { path: page.path.split("/").slice(0, begin.split("/").length).join("/"), title: "", below: 0 };
    if (isItself) place.title = page.title;
    else place.below += 1;
    found.set(begin + name, place);
  }
  return [...found.values()].map((place) => ({ ...place, title: place.title || titleOf(place.path) }))
    .sort((one, other) => one.title.localeCompare(other.title));
}

export function titleOf(path) {
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/[-_]/g, " ");
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

export const routeOf = (path) => `#/${path.split("/").map(encodeURIComponent).join("/")}`;

export function picture(id) {
  const found = document.querySelector(`script[data-file="${id}"]`);
  return found && `data:${found.dataset.type};base64,${found.textContent}`;
}
