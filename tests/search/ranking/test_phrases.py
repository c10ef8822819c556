"""Phrases beside the plainest way to look for them: reading every text."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.search.shelf import Library, document

USUAL, RARE = ("red", "green", "blue"), "purple"
PAGES = 300


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, dict[int, str]]:
    """Pages of the same few words, in several segments, with the text of each."""
    chance = random.Random(5)
    folder: Path = tmp_path_factory.mktemp("phrases")
    library = Library(folder / "search")
    bodies = {
        number: " ".join(
            RARE if chance.random() < 0.01 else chance.choice(USUAL)
            for _ in range(chance.randrange(1, 25))
        )
        for number in range(1, PAGES + 1)
    }
    for start in range(1, PAGES + 1, PAGES // 3):
        numbers = range(start, start + PAGES // 3)
        library.add_all(*(document(n, f"Page {n}", bodies[n]) for n in numbers))
    return library, bodies


@given(words=st.lists(st.sampled_from((*USUAL, RARE)), min_size=2, max_size=6))
def test_a_phrase_finds_the_pages_in_which_it_stands(texts, words):
    library, bodies = texts
    phrase = " ".join(words)
    found = library.results(f'"{phrase}"', count=PAGES)
    wanted = {number for number, body in bodies.items() if f" {phrase} " in f" {body} "}
    assert found.is_loosened or {hit.page_id for hit in found.hits} == wanted
    assert found.is_loosened == (not wanted)


def test_a_phrase_of_a_title_is_found_there_alone(library):
    library.add("Red green blue", "purple")
    library.add("Purple", "red green blue red green")
    assert library.titles('title:"green blue"') == ["Red green blue"]
    assert set(library.titles('"red green"')) == {"Red green blue", "Purple"}
