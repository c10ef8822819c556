"""Short forms and other words for the same, in a table and on a page of the wiki."""

import time

import pytest

from tests.search.shelf import Library
from wiki.search.query.comparison import compared
from wiki.search.query.synonyms import Alternative, Synonyms, shipped_synonyms, synonyms_in


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path)


def test_lines_are_read_in_lists_and_code_and_others_say_nothing():
    table = Synonyms().with_lines(
        [
            "- Js = JavaScript",
            "`lms` = learning platform, courses",
            "slow > performance",
            "a b",
            "= x",
        ]
    )
    assert table.alternatives[("js",)] == (Alternative(("javascript",), True),)
    assert table.alternatives[("learning", "platform")] == (Alternative(("lms",), True),)
    assert len(table.alternatives[("lms",)]) == 2
    assert table.alternatives[("slow",)] == (Alternative(("performance",), False),)
    assert ("performance",) not in table.alternatives


def test_lines_of_prose_say_nothing_and_take_no_time():
    lines = [" " * 2_000 + "x", "a = " + "x " * 2_000, "a = b = c", "a > b = c", "a | b = c", "= b"]
    began = time.process_time()
    assert not Synonyms().with_lines(lines * 100).alternatives
    assert time.process_time() - began < 0.5


def test_the_longest_wording_counts():
    table = Synonyms().with_lines(["env = environment", "env var = environment variable"])
    found = list(table.found_in(["set", "env", "var", "env"]))
    assert [(begin, end) for begin, end, _ in found] == [(1, 3), (3, 4)]


def test_other_forms_of_a_word_lead_on_as_well():
    table = Synonyms().with_lines(["delete > remove", "throw away > discard", "pkg > package"])
    led = {
        " ".join(words): [each.words for _, _, others in table.found_in(words) for each in others]
        for words in (["deleting", "it"], ["threw", "away"], ["throwing", "away"], ["pkgs"])
    }
    assert led == {
        "deleting it": [("remove",)],
        "threw away": [],
        "throwing away": [("discard",)],
        "pkgs": [],
    }


def test_a_page_adds_to_the_table_that_ships():
    assert "lms" not in shipped_synonyms()
    assert {"lms", "k8s"} == {
        word for word in ("lms", "k8s") if word in synonyms_in("lms = moodle")
    }


def test_no_entry_of_the_table_stands_for_itself():
    for wording, others in shipped_synonyms().alternatives.items():
        assert others
        assert wording not in [other.words for other in others]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("k8s", "Kubernetes"),
        ("kubernetes", "Kubernetes"),
        ("db design", "Database design"),
        ("continuous integration", "CI"),
        ("how do I set env vars", "Environment variables"),
        ("regex", "Regular expressions"),
        ("pointers in C", "Pointers"),
    ],
)
def test_a_short_form_finds_the_long_one_and_the_other_way_round(library, query, title):
    library.add("Kubernetes", "Pods and services.")
    library.add("Database design", "Tables and keys.")
    library.add("CI", "Every push is built.")
    library.add("Environment variables", "Set them in the shell.")
    library.add("Regular expressions", "Patterns.")
    library.add("Pointers", "Addresses in the C language.")
    library.add("Drives", "C: and D: and pointers to other pages")
    assert library.titles(query)[0] == title


def test_a_word_counts_as_the_better_of_itself_and_its_long_form(library):
    both = library.add("Both", "js javascript " + "word " * 20)
    one = library.add("One", "javascript extra " + "word " * 20)
    hits = {hit.page_id: hit.score for hit in library.results("js").hits}
    assert hits[one] < hits[both] < 1.2 * hits[one]


def test_both_forms_are_marked(library):
    library.add("Notes", "javascript runs here")
    marker = library.results("js").marker
    assert marker.mark("javascript and js") == "<mark>javascript</mark> and <mark>js</mark>"


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("how do I get rid of a folder", "Remove-Directory"),
        ("turn off the firewall", "Disable firewall"),
        ("which colour", "Color"),
        ("file name rules", "filename"),
    ],
)
def test_everyday_words_find_those_of_the_field(library, query, title):
    for each in ("Remove-Directory", "Disable firewall", "Color", "filename", "Turn", "Off"):
        library.add(each, "A page.")
    assert library.titles(query)[0] == title


def test_a_short_form_is_no_slip(library):
    library.add_all()
    for number in range(30):
        library.add(f"Note {number}", "a pk and a px")
    assert library.results("pg").correction is None


def test_a_message_is_searched_as_it_is(library):
    library.add("Execution", "exec user process caused: exec format error", page_id=7)
    library.add("Execute", "execute execute execution", page_id=8)
    hits = library.results("exec user process caused: exec format error").hits
    assert hits[0].page_id == 7


@pytest.mark.parametrize(
    ("query", "sides"),
    [
        ("rest vs graphql", ("rest", "graphql")),
        ("Celery versus RabbitMQ", ("Celery", "RabbitMQ")),
        ("what is the difference between a list and a tuple?", ("a list", "a tuple")),
        ("compare tabs with spaces", ("tabs", "spaces")),
        ("vs code", None),
        ("versus", None),
        ("lists and tuples", None),
    ],
)
def test_two_things_are_compared(query, sides):
    assert compared(query) == sides


def test_a_comparison_asks_about_both(library):
    library.add("Tea", "leaves")
    library.add("Coffee", "beans")
    library.add("Drinks", "tea and coffee, " * 3)
    library.add("Courts", "plaintiff vs defendant")
    assert set(library.titles("tea vs coffee")[:3]) == {"Tea", "Coffee", "Drinks"}
    library.add("Tea or coffee", "tea wakes more slowly than coffee")
    assert library.titles("tea vs coffee")[0] == "Tea or coffee"
