// Copies values that are shown once: the value of a field, or the lines of a list.

const PAUSE = 2000; // ms

for (const shown of document.querySelectorAll("[data-copy]:not([data-text])")) {
  const { copy, copied, selected } = shown.dataset;
  const button = document.createElement("button");
  const label = document.createElement("span");
  label.ariaLive = "polite";
  label.textContent = copy;
  button.type = "button";
  button.className = "button second";
  button.append(label);
  button.addEventListener("click", async () => {
    const text = shown.value ?? [...shown.children].map((line) => line.textContent).join("\n");
    try {
      await navigator.clipboard.writeText(text);
      label.textContent = copied;
    } catch { // without HTTPS there is no clipboard
      if (shown.select) shown.select();
      else getSelection().selectAllChildren(shown);
      label.textContent = selected;
    }
    setTimeout(() => { label.textContent = copy; }, PAUSE);
  });
  const row = shown.parentElement.querySelector("[data-copy-here]");
  if (row) row.prepend(button);
  else shown.after(button);
}
