// Copies in the browser of forms that the server doesn't have yet. Its storage may be full or forbidden.
// `site.js` removes copies once the text is saved.

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

/** Remove the copies at places for which `isGone` is true. */
export function forgetWhere(isGone) {
  try {
    Object.keys(localStorage).filter((place) => place.startsWith(SHELF) && isGone(place)).forEach((place) => localStorage.removeItem(place));
  } catch {
    // then nothing was stored there either
  }
}

/** The copies at places with this prefix, newest first; `[place, {fields, at}]`. */
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
