"""Who types a title or pastes an address means that page."""

import pytest

from tests.search.shelf import Library
from wiki.search.query.page_addresses import path_in


@pytest.mark.parametrize(
    "query",
    [
        "about_script_blocks",
        "about script blocks",
        "About Script-Blocks",
        "aboutscriptblocks",
        "title:about_script_blocks",
        'title:"about script blocks"',
        "about_script_bl*",
    ],
)
def test_a_title_however_its_words_are_parted(library: Library, query: str) -> None:
    library.add("Script blocks", "About script blocks: a script block, script blocks. " * 9)
    library.add("about_script_blocks", "What they are.")
    library.add("Blocks", "About script blocks and script_blocks.")
    assert library.titles(query)[0] == "about_script_blocks"


def test_the_title_as_it_was_typed_comes_first(library: Library) -> None:
    for title in ("data base", "database", "data-base"):
        library.add(title, "The same words.")
    for title in ("data base", "database", "data-base"):
        assert library.titles(title)[0] == title
        assert set(library.titles(title)[:3]) == {"data base", "database", "data-base"}


def test_a_title_that_is_also_the_beginning_of_others(library: Library) -> None:
    library.add("Docker Compose", "docker " * 30)
    library.add("Docker", "Containers.")
    for query in ("docker", "docker*", "title:docker", "title:docker containers"):
        assert library.titles(query)[0] == "Docker", query


@pytest.mark.parametrize(
    "query",
    [
        "concepts/ci-cd",
        "/wiki/concepts/ci-cd",
        "https://hub.example.org/wiki/concepts/ci-cd",
        "http://127.0.0.1:8000/nexus/wiki/concepts/ci-cd?revision=3#steps",
        "[[concepts/ci-cd]]",
        "[[concepts/ci-cd|how we deploy]]",
        "concepts/ci-cd.md",
    ],
)
def test_an_address_finds_its_page(library: Library, query: str) -> None:
    """Also where none of its words stands on the page, and other pages hold them all."""
    library.add("Pipelines", "Every push is built.", path="concepts/ci-cd")
    library.add("Concepts", "concepts of ci and cd, in hub.example.org/wiki " * 5)
    found = library.results(query)
    assert library.documents[found.hits[0].page_id].title == "Pipelines"
    assert found.correction is None


def test_a_long_path_is_told_from_its_neighbours(library: Library) -> None:
    step = "a-step-of-more-letters-than-a-term-of-the-index-may-have-and-then-some"
    for end in ("one", "two"):
        library.add(f"Page {end}", "Text.", path=f"notes/{step}-{end}")
    assert library.titles(f"notes/{step}-two")[0] == "Page two"


def test_percent_signs_and_other_scripts_in_an_address(library: Library) -> None:
    library.add("ሬዲስ ምንድን ነው", "ፈጣን ነው።", path="ethiopic/ሬዲስ")
    address = "https://hub.example.org/wiki/ethiopic/%E1%88%AC%E1%8B%B2%E1%88%B5"
    assert library.titles(address)[0] == "ሬዲስ ምንድን ነው"


def test_what_may_not_be_seen_is_not_found_by_its_name(library: Library) -> None:
    secret = library.add("Secret plans", "Text.", path="secret/plans")
    for query in ("secret plans", "secretplans", "secret/plans", "[[secret/plans]]"):
        assert library.results(query).total == 1
        found = library.results(query, hidden=lambda _: {secret})
        assert (found.total, found.hits, found.correction) == (0, (), None)


def test_filters_hold_for_a_page_that_is_named(library: Library) -> None:
    library.add("Redis", "Text.", path="technologies/redis", kind="technology")
    assert library.titles("technologies/redis kind:technology") == ["Redis"]
    assert library.titles("redis kind:guide") == []
    assert library.titles("redis -kind:technology") == []


def test_the_kind_is_a_word_of_the_page(library: Library) -> None:
    library.add("Guide", "A guide to guides. A challenge, and challenges.")
    library.add("N+1 queries", "One more for each row.", kind="challenge")
    library.add("N+1 explained", "N+1 queries are one more for each row.")
    assert library.titles("n+1 challenge")[0] == "N+1 queries"


@pytest.mark.parametrize("typed", ["ዶከ", "ዳታ"])
def test_two_syllables_are_the_beginning_of_a_word(library: Library, typed: str) -> None:
    library.add("ዶከር እና ዳታቤዝ", "ኮንቴይነር።")
    assert library.titles(typed) == ["ዶከር እና ዳታቤዝ"]


@pytest.mark.parametrize("typed", ["حاوية", "الحاوية", "للحاوية"])
def test_the_arabic_article_may_be_left_out(library: Library, typed: str) -> None:
    library.add("الصور", "تشغّل الحاوية التطبيق.")
    library.add("حاوية", "التطبيق.")
    assert set(library.titles(typed)) == {"الصور", "حاوية"}


def test_letters_around_an_and_are_corrected_to_nothing(library: Library) -> None:
    library.add("Colours", "red and green")
    assert library.results("R&D").correction is None


@pytest.mark.parametrize("text", ["redis", "a b/c d", "", "/", "[[", "[[]]", "//"])
def test_what_is_no_address(text: str) -> None:
    assert path_in(text) == ""
