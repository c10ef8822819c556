// The search, over the words that wiki/hub/transfer/single/word_index.py has put into the file.
import { block, contentOf, pages } from "./store.js";

const ENOUGH = 50_000; // pages of words that a beginning may stand for, counted by word
const WEIGHTS = [1, 1.6, 3, 6]; // seldom and often in the text, in a heading, in the title
const BEFORE = 60; // characters of a passage before the word that was found
const PASSAGE = 200;
let index = null;

export async function load() {
  if (!index) {
    const { words, places } = await block("words");
    index = { words: words.split("\n"), places: places.split("\n") };
  }
}

// Nobody types what is longer: it is found by its beginning.
const LONGEST = 40; // letters
const shortened = (word) => (word.length > LONGEST ? [...word].slice(0, LONGEST).join("") : word);

// As words_of in wiki/hub/transfer/site/search_index.py makes the words.
const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
  .replace(/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/g, " $& ").match(/[\p{L}\p{N}]+/gu)?.map(shortened) ?? [];

function firstFrom(word) {
  let low = 0;
  let high = index.words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (index.words[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

// The best weight of a term on each of its pages; the last one may be the beginning of words.
function weightsOf(term, isLast) {
  const found = new Map();
  const from = firstFrom(term);
  let read = 0;
  for (let at = from; at < index.words.length && read < ENOUGH; at += 1) {
    const word = index.words[at];
    if (isLast ? !word.startsWith(term) : word !== term) break;
    const share = word === term ? 1 : 0.6;
    const numbers = index.places[at].split(" ");
    let page = 0;
    read += numbers.length;
    for (const written of numbers) {
      const number = parseInt(written, 36);
      page += number >> 2;
      const weight = WEIGHTS[number & 3] * share;
      if (weight > (found.get(page) ?? 0)) found.set(page, weight);
    }
  }
  return found;
}

// Pages with all terms, or else with some; the best first.
export function find(query) {
  const terms = [...new Set(fold(query))];
  if (!terms.length) return { found: [], isPartial: false };
  const scores = new Map();
  terms.forEach((term, number) => {
    const weights = weightsOf(term, number === terms.length - 1);
    const rarity = Math.log(1 + pages.length / (1 + weights.size));
    for (const [page, weight] of weights) {
      const score = scores.get(page) ?? { value: 0, terms: 0 };
      score.value += weight * rarity;
      score.terms += 1;
      scores.set(page, score);
    }
  });
  const whole = [...scores].filter(([, score]) => score.terms === terms.length);
  const isPartial = !whole.length && scores.size > 0;
  const asked = terms.join(" ");
  const ranked = (isPartial ? [...scores] : whole).map(([number, score]) => {
    const title = fold(pages[number].title);
    const isNamed = title.join(" ") === asked;
    return { page: pages[number], value: score.terms * 100 * isPartial + score.value + 20 * isNamed - title.length / 50 };
  });
  return { found: ranked.sort((one, other) => other.value - one.value).map(({ page }) => page), isPartial };
}

// The text around the first of the terms, in pieces: every second one is a word that was looked for.
export async function passageOf(page, query) {
  const terms = fold(query).filter((term) => term.length > 1);
  const { text } = await contentOf(page);
  const plain = text.replace(/<[^<>]*>|[#>*_`|~[\]]+/g, " ").replace(/\s+/g, " ");
  const pattern = terms.map((term) => term.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  const looked = pattern && new RegExp(`((?<![\\p{L}\\p{N}])(?:${pattern})[\\p{L}\\p{N}]*)`, "iu");
  const first = looked ? plain.search(looked) : -1;
  if (first < 0) return null;
  const from = Math.max(0, plain.lastIndexOf(" ", Math.max(0, first - BEFORE)) + 1);
  const cut = `${from ? "…" : ""}${plain.slice(from, from + PASSAGE)}…`;
  return cut.split(new RegExp(looked.source, "giu"));
}
