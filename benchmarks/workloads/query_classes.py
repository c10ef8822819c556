"""Queries by class, chosen from the pages at random with a fixed seed."""

import random
import re
from collections.abc import Sequence

from benchmarks.harness.corpus import CorpusPage
from benchmarks.workloads.searching import read_queries

EACH = 40  # queries of a class
_WORDS = re.compile(r"[a-z]{4,}")
_NAMES = re.compile(r"\b(?:\w+[_.-])+\w+\b|\b[a-z]+[A-Z]\w+\b")
_FENCES = re.compile(r"^```.*?\n(.*?)^```", re.MULTILINE | re.DOTALL)
TRACE_LINES = 30


def queries(pages: Sequence[CorpusPage]) -> dict[str, list[str]]:
    """Up to `EACH` queries for each class."""
    chance = random.Random(11)
    chosen = chance.sample(list(pages), 6 * EACH)
    words = [re.findall(_WORDS, page.text.lower()) for page in chosen]
    names = [name for page in chosen for name in _NAMES.findall(page.text)[:3]]
    texts = [found for found in words if len(found) > 40]
    lines = [
        line for page in pages for code in _FENCES.findall(page.text) for line in code.split("\n")
    ]
    lines = [line for line in lines if len(line) > 20]

    def some(length: int) -> str:
        text = chance.choice(texts)
        return " ".join(chance.sample(text, length))

    def run(length: int) -> str:
        text = chance.choice(texts)
        at = chance.randrange(len(text) - length)
        return " ".join(text[at : at + length])

    titles = [page.title for page in chosen[:EACH]]
    return {
        "one word": [some(1) for _ in range(EACH)],
        "two words": [some(2) for _ in range(EACH)],
        "three words": [some(3) for _ in range(EACH)],
        "title": titles,
        "name from code": names[:EACH],
        "mistyped": [slip(title, chance) for title in titles],
        "beginning": [f"{some(1)[:4]}" for _ in range(EACH)],
        "prefix*": [f"{some(1)[:3]}*" for _ in range(EACH)],
        "phrase": [f'"{run(3)}"' for _ in range(EACH)],
        "question": [query for query in read_queries() if query.count(" ") >= 5][:EACH],
        "with a filter": [f"{some(2)} kind:page in:{chosen[n].path[:3]}" for n in range(EACH)],
        "stack trace": [
            " ".join(line.strip() for line in chance.sample(lines, TRACE_LINES))
            for _ in range(EACH)
        ],
        "costly": [
            "a*",
            "*",
            "the of and to in a is it for with",
            run(30) * 6,
            " ".join(run(30) for _ in range(50))[:10_000],
            '"the command that is used to"',
            "command file name value path",
            "re* co* in* de* st*",
        ],
    }


def slip(text: str, chance: random.Random) -> str:
    """`text` with two letters of its longest word swapped."""
    word = max(re.findall(r"\w+", text) or [text], key=len)
    if len(word) < 5:
        return text
    at = chance.randrange(1, len(word) - 2)
    return text.replace(word, word[:at] + word[at + 1] + word[at] + word[at + 2 :], 1)


def typed(pages: Sequence[CorpusPage]) -> list[str]:
    """The successive contents of the search field while titles are typed."""
    chance = random.Random(12)
    titles = [page.title for page in chance.sample(list(pages), 25)]
    return [title[:length].lower() for title in titles for length in range(1, min(len(title), 13))]
