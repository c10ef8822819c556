// Markdown as text: what a button or a key makes of it. Pure; positions count UTF-16 units.
// A change is {start, end, text, from, to}: `text` in place of [start, end), then [from, to) selected.

const ITEM = /^([ \t]*)(?:[-*+]|(\d{1,9})([.)]))([ \t]+)(\[[ xX]\][ \t]+)?/;
const QUOTE = /^[ \t]*(?:>[ \t]?)+/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const WORD = /[\p{L}\p{M}\p{N}_\u200c\u200d]/u; // with joiners, as in Persian and Malayalam

/** The line in which `at` stands, without its end. */
export function lineAt(text, at) {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const end = text.indexOf("\n", at);
  return { start, end: end < 0 ? text.length : end, text: text.slice(start, end < 0 ? undefined : end) };
}

/** Whether `at` stands inside fenced code. */
export function isInFence(text, at) {
  let open = "";
  for (const line of text.slice(0, lineAt(text, at).start).split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (!open) open = mark ?? "";
    else if (mark?.startsWith(open) && !line.trim().replaceAll(mark[0], "")) open = "";
  }
  return open !== "";
}

const change = (start, end, text, from = start + text.length, to = from) => ({ start, end, text, from, to });

/** The word in which, or at whose end, `at` stands. */
function wordAt(text, at) {
  let [start, end] = [at, at];
  while (start > 0 && WORD.test(text[start - 1])) start -= 1;
  while (end < text.length && WORD.test(text[end])) end += 1;
  return [start, end];
}

/** The word around the caret; right behind a closing mark, the word that it marks. */
function wordMeant(text, at, mark) {
  const found = wordAt(text, at);
  if (found[0] < found[1] || !text.slice(0, at).endsWith(mark)) return found;
  const [start, end] = wordAt(text, at - mark.length);
  return start < end && text.slice(0, start).endsWith(mark) ? [start, end] : found;
}

/** [start, end) without the blanks at both ends. */
function trimmed(text, start, end) {
  let [first, last] = [start, end];
  while (first < last && /\s/.test(text[first])) first += 1;
  while (last > first && /\s/.test(text[last - 1])) last -= 1;
  return [first, last];
}

/** Put `mark` around the selection, or the word at the caret; remove it if it is already there. */
export function wrap(text, from, to, mark, sample) {
  const size = mark.length;
  const caret = from === to ? from : null;
  const [start, end] = trimmed(text, ...(caret === null ? [from, to] : wordMeant(text, caret, mark)));
  const inner = text.slice(start, end);
  // The caret stays in its word: selected text would be replaced by the next key.
  const kept = (first, last, by) => (caret === null ? [first, last] : [Math.min(Math.max(caret + by, first), last)]);
  if (inner.length > 2 * size && inner.startsWith(mark) && inner.endsWith(mark)) {
    const bare = inner.slice(size, -size);
    return change(start, end, bare, ...kept(start, start + bare.length, -size));
  }
  if (text.slice(start - size, start) === mark && text.slice(end, end + size) === mark) {
    return change(start - size, end + size, inner, ...kept(start - size, end - size, -size));
  }
  if (!inner) return change(start, end, mark + sample + mark, start + size, start + size + sample.length);
  if (caret === end) return change(start, end, mark + inner + mark); // text typed next isn't marked
  return change(start, end, mark + inner + mark, ...kept(start + size, end + size, size));
}

/** Every selected line, changed by `edit(line, number)`. */
function lines(text, start, end, edit) {
  const first = lineAt(text, start).start;
  const last = lineAt(text, end > start && text[end - 1] === "\n" ? end - 1 : end).end;
  const made = text.slice(first, last).split("\n").map(edit).join("\n");
  const caret = first + made.length;
  return change(first, last, made, start === end ? caret : first, caret);
}

const selectedLines = (text, start, end) => text.slice(lineAt(text, start).start, lineAt(text, end).end).split("\n");

/** Put a mark at the beginning of each selected line; remove it if every line has it. */
export function prefix(text, start, end, kind) {
  const mark = { list: () => "- ", numbers: (i) => `${i + 1}. `, tasks: () => "- [ ] ", quote: () => "> " }[kind];
  const own = {
    list: (line) => /^[ \t]*[-*+][ \t]+(?!\[[ xX]\])/.exec(line)?.[0],
    numbers: (line) => /^[ \t]*\d{1,9}[.)][ \t]+/.exec(line)?.[0],
    tasks: (line) => /^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]+/.exec(line)?.[0],
    quote: (line) => /^> ?/.exec(line)?.[0],
  }[kind];
  const all = selectedLines(text, start, end).filter((line) => line.trim());
  const isMarked = all.length > 0 && all.every(own);
  let number = 0;
  return lines(text, start, end, (line, _, { length }) => {
    if (!line.trim() && length > 1) return kind === "quote" && !isMarked ? ">" : line;
    if (isMarked) return line.slice(own(line).length);
    if (kind === "quote") return mark() + line;
    const blanks = /^[ \t]*/.exec(line)[0];
    const bare = line.slice(ITEM.exec(line)?.[0].length ?? blanks.length);
    return blanks + mark(number++) + bare;
  });
}

/** The next smaller heading; after the fourth level, none. */
export function heading(text, start, end) {
  return lines(text, start, end, (line) => {
    const marks = /^(#{1,6})[ \t]+/.exec(line);
    const bare = line.slice(marks?.[0].length ?? 0);
    const level = marks ? marks[1].length + 1 : 2;
    return level > 4 ? bare : `${"#".repeat(level)} ${bare}`;
  });
}

/** A block of its own, with blank lines around it; [from, to) of it is selected. */
function block(text, start, end, made, [from, to]) {
  const before = text.slice(0, start);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = text.slice(end);
  const rest = !after || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const at = start + gap.length;
  return change(start, end, gap + made + rest, at + from, at + to);
}

/** Code in a fence that is longer than any in it, its language selected. */
export function fence(text, start, end, language) {
  const code = text.slice(start, end).replace(/\n$/, "");
  const mark = "`".repeat(Math.max(3, ...[...code.matchAll(/`{3,}/g)].map(([found]) => found.length + 1)));
  return block(text, start, end, `${mark}${language}\n${code}\n${mark}`, [mark.length, mark.length + language.length]);
}

export function table(text, start, end, head) {
  const columns = head.split("|").length - 2;
  const made = `${head}\n|${"---|".repeat(columns)}\n|${"  |".repeat(columns)}`;
  return block(text, start, end, made, [2, head.indexOf("|", 2) - 1]);
}

/** The change that Enter makes in a list, a quote or code; null for the usual line end. */
export function enter(text, at) {
  const line = lineAt(text, at);
  if (isInFence(text, at)) {
    const blanks = /^[ \t]*/.exec(line.text.slice(0, at - line.start))[0];
    return blanks ? change(at, at, `\n${blanks}`) : null;
  }
  const quote = QUOTE.exec(line.text)?.[0] ?? "";
  const item = ITEM.exec(line.text.slice(quote.length));
  const head = quote.length + (item?.[0].length ?? 0);
  if (!head || at < line.start + head) return null;
  if (!line.text.slice(head).trim()) return ended(text, line, quote, item);
  if (!item) return change(at, at, `\n${quote}`);
  return change(at, at, `\n${quote}${following(item)}`);
}

/** How the item after `item` begins. */
function following([whole, blanks, number, point, space, task]) {
  const mark = number ? `${Number(number) + 1}${point}` : whole.trimStart()[0];
  return `${blanks}${mark}${space}${task ? "[ ] " : ""}`;
}

/** An empty item ends its list: it becomes an item of the list around it, or what follows a blank line. */
function ended(text, line, quote, item) {
  const outer = item?.[1] ? parentOf(text, line.start, item[1].length) : null;
  if (outer) return change(line.start, line.end, quote + following(outer));
  // Right below a list or a quote, a line of text would continue it.
  const above = line.start ? lineAt(text, line.start - 1).text.replace(QUOTE, "") : "";
  const rest = item ? quote : "";
  return change(line.start, line.end, above.trim() ? `${rest.trimEnd()}\n${rest}` : rest);
}

/** The item above `start` that is indented by less than `depth`; null where the list begins. */
function parentOf(text, start, depth) {
  for (let at = start; at > 0;) {
    const above = lineAt(text, at - 1);
    const item = ITEM.exec(above.text);
    if (item && item[1].length < depth) return item;
    if (above.text.trim() && !/^[ \t]/.test(above.text)) return null;
    at = above.start;
  }
  return null;
}

/** Items one level in, or out; null where there is no item, or no level to go to. */
export function indent(text, start, end, isOut) {
  const first = lineAt(text, start);
  const own = ITEM.exec(first.text);
  if (!own || isInFence(text, start)) return null;
  const depth = own[1].length;
  let by = 0;
  if (isOut) {
    if (!depth) return null;
    by = (parentOf(text, first.start, depth)?.[1].length ?? 0) - depth;
  } else {
    // The item above at this depth becomes its parent; the indentation follows the parent's text.
    const above = parentOf(text, first.start, depth + 1);
    if (!above || above[1].length !== depth) return null;
    by = above[0].length - (above[5]?.length ?? 0) - depth;
  }
  const made = lines(text, start, end, (line) => (by > 0 ? " ".repeat(by) + line : line.slice(Math.min(-by, /^[ \t]*/.exec(line)[0].length))));
  if (start !== end) return made;
  const caret = Math.max(made.start, start + by);
  return { ...made, from: caret, to: caret };
}

/** An address pasted over words turns them into a link; an address of this wiki links to its page. */
export function linked(text, start, end, pasted, origin) {
  const words = text.slice(start, end);
  const address = pasted.trim();
  if (!words.trim() || /\n/.test(words) || /^https?:\/\//.test(words) || !/^https?:\/\/\S+$/.test(address)) return null;
  if (isInFence(text, start)) return null;
  const page = address.startsWith(`${origin}/wiki/`) ? decoded(address.slice(origin.length + 6)) : "";
  if (page && !/[[\]|?]/.test(page + words)) return change(start, end, `[[${page}|${words}]]`);
  return change(start, end, `[${words}](${/[()]/.test(address) ? `<${address}>` : address})`);
}

function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return "";
  }
}
