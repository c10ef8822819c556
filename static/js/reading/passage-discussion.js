// Offers to discuss a selected passage. Without scripts, people paste the passage into a form.

const CONTEXT = 32; // characters before and after the selection that tell it from the same words elsewhere
const LONGEST = 2000; // characters of a passage

// Parts of the page that aren't its own text.
const BESIDE = ".anchor, .edit-section, .heading-talk, .footnote-ref, .footnote-back, .code-copy, .term-note, .task-box";
const BLOCKS = "p, div, pre, li, tr, td, th, dt, dd, blockquote, h2, h3, h4, h5, h6, br";

function wordsOf(range) {
  const words = range.cloneContents();
  for (const element of words.querySelectorAll(BESIDE)) element.remove();
  for (const picture of words.querySelectorAll("img")) picture.replaceWith(picture.alt);
  for (const block of words.querySelectorAll(BLOCKS)) block.append("\n");
  return words.textContent;
}

function wordsBetween(startNode, startOffset, endNode, endOffset) {
  const range = document.createRange();
  range.setStart(startNode, startOffset);
  range.setEnd(endNode, endOffset);
  return wordsOf(range);
}

function headingBefore(text, node) {
  let here = "";
  for (const heading of text.querySelectorAll(":is(h2, h3, h4, h5, h6)[id]")) {
    if (heading.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) break;
    here = heading.id;
  }
  return here;
}

function offer(text, form) {
  const button = form.querySelector("button");
  let passage = null;

  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const length = range.toString().trim().length;
    return text.contains(range.commonAncestorContainer) && length && length <= LONGEST ? range.cloneRange() : null;
  }

  function show() {
    const found = selected();
    if (!found && form.contains(document.activeElement)) return; // on its way to the button
    passage = found;
    form.hidden = !found;
  }

  function fill() {
    const { startContainer: start, startOffset, endContainer: end, endOffset } = passage;
    const words = {
      quote: wordsOf(passage).trim().replace(/\s+/g, " "),
      heading: headingBefore(text, start),
      before: wordsBetween(text, 0, start, startOffset).slice(-CONTEXT),
      after: wordsBetween(end, endOffset, text, text.childNodes.length).slice(0, CONTEXT),
    };
    for (const [name, value] of Object.entries(words)) form.elements[name].value = value;
  }

  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 200); // not for every letter while selecting
  });
  // Pressing the button would remove the selection before the click arrives.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  form.addEventListener("submit", fill);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.hidden = true;
  });
}

const text = document.querySelector("[data-text]");
const form = document.querySelector("[data-discuss]");
if (text && form) offer(text, form);
