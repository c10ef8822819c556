// What a browser keeps of forms that the server doesn't have: in its own storage, which may be full or
// forbidden. `site.js` removes what is saved.

export const SHELF = "nexus-draft:"; // how the places of all forms begin

/** Whether the browser has `fields` now. */
export function keepAt(place, fields) {
  try {
    localStorage.setItem(place, JSON.stringify({ fields, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

/** Remove what is kept at the places that `isGone` says. */
export function forgetWhere(isGone) {
  try {
    Object.keys(localStorage).filter((place) => place.startsWith(SHELF) && isGone(place)).forEach((place) => localStorage.removeItem(place));
  } catch {
    // nothing was kept there either
  }
}

/** What is kept at places that begin so, the newest first; `[place, {fields, at}]`. */
export function keptBelow(beginning) {
  try {
    return Object.keys(localStorage)
      .filter((place) => place.startsWith(beginning))
      .map((place) => [place, JSON.parse(localStorage.getItem(place))])
      .sort(([, one], [, other]) => other.at - one.at);
  } catch {
    return [];
  }
}

/** Whether this tab has shown that the editor with this key has been saved. */
export function isSaved(key) {
  try {
    return sessionStorage.getItem(`nexus-saved:${key}`) !== null;
  } catch {
    return false;
  }
}
