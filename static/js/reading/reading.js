// On pages with rendered text: code can be copied, the outline shows where the reader is.

const sprite = document.querySelector(".find-button use").getAttribute("href").split("#")[0];

function copyButton(code, words) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "code-copy";
  button.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${sprite}#copy"/></svg><span aria-live="polite"></span>`;
  const label = button.querySelector("span");
  const use = button.querySelector("use");
  label.textContent = words.copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      label.textContent = words.copied;
      use.setAttribute("href", `${sprite}#check`);
    } catch {
      getSelection().selectAllChildren(code);
      label.textContent = words.selected;
    }
    setTimeout(() => {
      label.textContent = words.copy;
      use.setAttribute("href", `${sprite}#copy`);
    }, 2000);
  });
  return button;
}

export function improve(text) {
  for (const block of text.querySelectorAll(".code")) {
    const code = block.querySelector("pre");
    if (code && !block.querySelector(".code-copy")) block.append(copyButton(code, text.dataset));
  }
  if (text.querySelector(".diagram")) import(text.dataset.diagrams).then(({ draw }) => draw(text));
}

function follow(outline) {
  const links = new Map();
  for (const link of outline.querySelectorAll("a")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  let current = null;
  const seen = () => {
    let here = null;
    for (const [heading, link] of links) {
      if (heading.getBoundingClientRect().top > innerHeight / 4) break;
      here = link;
    }
    if (here === current) return;
    current?.removeAttribute("aria-current");
    here?.setAttribute("aria-current", "true");
    current = here;
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; seen(); });
  }, { passive: true });
  outline.addEventListener("click", (event) => {
    if (event.target.closest("a") && innerWidth < 1100) outline.querySelector("details").open = false;
  });
  seen();
}

// Content over the text can be dismissed (WCAG 2.2, 1.4.13) and appears again the next time.
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const term of document.querySelectorAll(":is(.term, abbr[tabindex]):is(:hover, :focus-within)")) {
    term.classList.add("put-away");
    for (const left of ["pointerleave", "focusout"]) term.addEventListener(left, () => term.classList.remove("put-away"), { once: true });
  }
});

const text = document.querySelector("[data-text]");
if (text) improve(text);
const outline = document.querySelector("[data-outline]");
if (outline) follow(outline);

// Copies the page as Markdown; if that isn't possible, the link opens it.
for (const link of document.querySelectorAll("[data-copy-page]")) {
  const label = link.textContent;
  link.setAttribute("aria-live", "polite");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    try {
      const answer = await fetch(link.dataset.copyPage, { headers: { Accept: "text/markdown" } });
      if (!answer.ok) throw new Error(answer.statusText);
      await navigator.clipboard.writeText(await answer.text());
      link.textContent = link.dataset.copied;
      setTimeout(() => { link.textContent = label; }, 2000);
    } catch {
      location.assign(link.href);
    }
  });
}

// Loaded when the reader comes near; without an answer the link stays.
async function relate(foot) {
  const link = foot.querySelector("a");
  try {
    const answer = await fetch(`${link.pathname}?part=foot`, { priority: "low" });
    if (!answer.ok || answer.redirected) return;
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    if (made.content.children.length) foot.append(made.content);
    else foot.hidden = true;
  } catch {
    // offline
  }
}

const foot = document.querySelector("[data-related]");
if (foot) {
  const watcher = new IntersectionObserver(([seen]) => {
    if (!seen.isIntersecting) return;
    watcher.disconnect();
    relate(foot);
  }, { rootMargin: "300px" });
  watcher.observe(foot);
}
