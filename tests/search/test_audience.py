"""What a reader finds is the same whatever the pages hold that this reader may not see."""

import itertools
import random
from collections.abc import Sequence
from typing import Any

import pytest

from tests.search.shelf import Library, document
from wiki.search.index.audience import as_seen
from wiki.search.results.related import related_pages
from wiki.search.results.suggestions import has_page_with_all_words, suggest_pages

HIDDEN_FROM = 100  # page ids from here on are hidden
KNOWN = ["kubernetes", "delete", "directory", "folder", "remove", "caching", "caches", "cached"]
KNOWN += ["snake_case_name", "read_csv", "Wi-Fi", "node.js", "database", "graphql", "rest", "C++"]
KNOWN += ["useEffect", "数据库密码", "данные", "failed", "refused"]
SYLLABLES = ["ba", "ko", "ti", "ru", "ma", "se", "li", "po", "da", "ne"]


@pytest.fixture(scope="module")
def shelves(tmp_path_factory):
    """The same pages twice, once with hidden ones beside; words that either holds."""
    chance = random.Random(20)
    vocabulary = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(90)]
    visible = _documents(chance, 1, vocabulary[:55] + KNOWN[:14])
    hidden = _documents(chance, HIDDEN_FROM, vocabulary[30:] + KNOWN)
    shelves = []
    for number, extra in enumerate(([], hidden)):
        library = Library(tmp_path_factory.mktemp(f"shelf{number}") / "search")
        library.add_all(*visible[:6], *extra[:6])
        library.add_all(*visible[6:], *extra[6:])
        shelves.append(library)
    return shelves, vocabulary + KNOWN


def _documents(chance: random.Random, first: int, words: Sequence[str]) -> list[Any]:
    def text(most: int) -> str:
        return " ".join(chance.choices(words, k=chance.randint(1, most)))

    tags = ["alpha", "beta"] if first == 1 else ["alphb", "delta"]
    return [
        document(first + n, text(3), text(60), tags=tuple(chance.sample(tags, n % 3)))
        for n in range(10)
    ]


def allowed(snapshot):
    return snapshot.pages < HIDDEN_FROM


def answers(library: Library, text: str) -> dict[str, Any]:
    """All that a reader gets to see of a query."""
    found = library.results(text, allowed=allowed)
    snapshot = library.search.index.snapshot()
    visible = snapshot.live & allowed(snapshot)
    snapshot = as_seen(snapshot, visible)
    shown = [(library.documents[hit.page_id], hit.held) for hit in found.hits]
    return {
        "order": [page.page_id for page, _ in shown],
        "marked": [found.marker.snippet([("", "", page.body)], held) for page, held in shown],
        "total": found.total,
        "correction": found.correction,
        "facets": [(f.field, [(v.name, v.count) for v in f.values]) for f in found.facets],
        "shorter": found.relaxed,
        "notes": (found.is_loosened, found.is_guessed, found.is_miss),
        "suggested": suggest_pages(snapshot, text, visible, 20),
        "asked": has_page_with_all_words(snapshot, text, visible),
        "related": related_pages(snapshot, 1, visible, 20),
    }


def queries(chance: random.Random, words: Sequence[str]) -> list[str]:
    """Words, prefixes, slips and operators; pastes of many words."""

    def word() -> str:
        known, at = chance.choice(words), chance.randint(1, 4)
        return chance.choice([known, known, known[:at], known[:at] + "x" + known[at + 1 :]])

    forms = ['"{} {}"', "{} OR {}", "{} -{}", "{} tag:alphb {}", "title:{} {}", "{}* {}"]
    forms += ["{} vs {}", "how do I {} a {}", "{}{}", "{} {}", "{}", "{} " * 8, "{} " * 100]
    forms += ["Traceback (most recent call last):\n{}Error: " + "{} " * 80]
    return [form.format(*(word() for _ in range(120))) for form in forms * 12]


def test_hidden_pages_change_nothing_that_is_shown(shelves):
    (alone, beside), words = shelves
    for text in queries(random.Random(7), words):
        assert answers(beside, text) == answers(alone, text), text


def test_hidden_words_take_no_place_of_a_long_text(library):
    rare = ["".join(letters) for letters in itertools.product("bdfg", "aou", "klmnpr", "o")][:63]
    library.add("Rare", " ".join(rare))
    library.add("Common", "common")
    library.add("Another", "common")
    library.add("Hidden", "layoffs", page_id=HIDDEN_FROM)
    text = " ".join((*rare, "common", "layoffs"))
    assert library.results(text, allowed=allowed).total == 3


def test_others_queries_are_suggested_only_where_all_of_them_is_visible(library):
    library.add("数据", "数据")
    snapshot = library.search.index.snapshot()
    assert not has_page_with_all_words(snapshot, "数据泄露", snapshot.live)
    assert has_page_with_all_words(snapshot, "数据", snapshot.live)
