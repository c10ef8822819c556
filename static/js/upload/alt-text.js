// Asks for a picture's alternative text beside its row while it is uploaded. Writers can continue without
// answering.

let number = 0; // of questions so far

/** The question about `file`. Calls `done` with the answer, or "" if it was skipped. */
export function describe(list, file, done) {
  const { words, skip, take } = { words: list.dataset.describe, skip: list.dataset.skip, take: list.dataset.take };
  const box = document.createElement("div");
  box.className = "describe";
  box.dataset.describe = "";
  box.setAttribute("role", "group");
  const label = document.createElement("label");
  const field = document.createElement("input");
  label.textContent = words.replace("{name}", () => file.name);
  box.ariaLabel = label.textContent;
  field.className = "input";
  field.dir = "auto";
  field.maxLength = 300;
  field.autocomplete = "off";
  number += 1;
  field.id = `nx-describe-${number}`;
  label.htmlFor = field.id;
  const button = (text, kind, given) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.textContent = text;
    made.onclick = () => done(given());
    return made;
  };
  const answer = () => field.value.replace(/\s+/g, " ").trim();
  box.append(label, field, button(take, "button", answer), button(skip, "button second", () => ""));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault(); // not the form's
    done(answer());
  });
  box.addEventListener("finish", () => answer() && done(answer()));
  return box;
}
