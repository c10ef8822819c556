// On every page: "/" reaches the search field, which then suggests; menus close; the server learns the
// reader's zone.

const field = [...document.querySelectorAll("[data-search]")].find((input) => input.offsetParent);
const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target)) {
    event.preventDefault();
    field?.select();
  }
});

// Suggestions are loaded when a search field gets the focus: most pages are read without one.
document.addEventListener("focusin", function load({ target }) {
  if (!target.matches("[data-suggest]")) return;
  document.removeEventListener("focusin", load);
  const before = target.value;
  const { suggestScript } = document.querySelector("[data-suggest-script]").dataset;
  import(suggestScript).then(() => target.value === before || target.dispatchEvent(new Event("input")));
});

for (const gone of ["click", "focusin"]) {
  document.addEventListener(gone, (event) => {
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
}

// Sends the device's time zone to the server, which uses it for the next pages, and applies it to this
// page. A zone chosen in the settings applies everywhere.
const { zone } = document.documentElement.dataset;
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
if (zone !== undefined && timeZone && zone !== timeZone) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `nexus_zone=${timeZone}; path=/; max-age=31536000; samesite=lax${secure}`;
  if (document.querySelector("time[data-time]")) import("./times.js");
}

if (document.querySelector("[data-reveal]")) import("./account/password-toggle.js");
if (document.querySelector("[data-copy]:not([data-text])")) import("./account/copy-button.js");

document.querySelector("[data-error-summary]")?.focus();

// Removes the browser's copies of a text that is now saved.
for (const { dataset } of document.querySelectorAll("[data-saved-draft]:not([data-saved-draft=\"\"])")) {
  try {
    sessionStorage.setItem(`nexus-saved:${dataset.savedDraft}`, "");
    Object.keys(localStorage)
      .filter((place) => place.startsWith("nexus-draft:") && place.endsWith(`:${dataset.savedDraft}`))
      .forEach((place) => localStorage.removeItem(place));
  } catch {
    // a browser without storage
  }
}
