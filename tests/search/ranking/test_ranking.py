from datetime import UTC, datetime

import numpy as np
import pytest

from tests.search.shelf import document
from wiki.search.documents import LinkText


def test_the_page_of_that_title_comes_first_and_partial_matches_follow(library):
    library.add("Django cache framework", "cache " * 50)
    library.add("Cache", "What a cache is.")
    library.add("Redis", "Redis may serve as a cache.")
    assert library.titles("cache") == ["Cache", "Django cache framework", "Redis"]


def test_links_and_then_dates_decide_between_equals(library):
    newer = datetime(2026, 6, 1, tzinfo=UTC)
    library.add("One", "the same words", path="one")
    library.add("Linked", "the same words", path="guides/linked")
    library.add("Newer", "the same words", updated_at=newer)
    library.add("By path", links=("guides/linked",))
    library.add("By title", links=("linked",))
    library.add("To another", links=("one",), updated_at=newer)
    assert library.titles("same words") == ["Linked", "One", "Newer"]
    hidden = library.results("same words", hidden=lambda _: {4, 5, 6})
    assert [hit.page_id for hit in hidden.hits] == [3, 2, 1]
    assert library.results("same words", first=1, count=1).hits[0].page_id == 1


def test_links_do_not_lift_a_page_that_answers_worse(library):
    library.add("Better", "cache and cache and cache")
    library.add("Worse", "cache and many other words that say little", path="worse")
    library.add("Linking", links=("worse",))
    assert library.titles("cache") == ["Better", "Worse"]


def test_a_path_is_found_first(library):
    library.add("Other", "challenges n plus one queries " * 9)
    library.add("N+1", "Text.", path="challenges/n-plus-one-queries")
    assert library.titles("challenges/n-plus-one-queries")[0] == "N+1"


def test_words_are_weighed_by_where_they_stand(library):
    library.add("Body", "migrations and more words to fill the text with")
    library.add("Heading", "other words to fill the text with a little", headings=("Migrations",))
    library.add("Tagged", "other words to fill the text with a little", tags=("migrations",))
    library.add("Migrations at work", "other words to fill the text with a little")
    assert library.titles("migration") == ["Migrations at work", "Tagged", "Heading", "Body"]


def test_the_first_words_of_a_page_count_more_than_the_others(library):
    filler = " ".join(f"word{number}" for number in range(80))
    library.add("Late", f"{filler} migrations")
    library.add("Early", f"migrations {filler}")
    assert library.titles("migrations") == ["Early", "Late"]
    # Nobody writes what an overview is about by listing other pages.
    links = tuple(LinkText(f"p/{number}", f"word{number}") for number in range(80))
    library.add("List", f"migrations {filler}", link_texts=(LinkText("m", "migrations"), *links))
    assert library.titles("migrations")[-1] == "List"


def test_a_question_finds_the_page_that_answers(library):
    library.add("Time", "Clocks and zones.")
    library.add("Mocking", "To mock datetime in pytest use time-machine.")
    library.add("Pytest", "Fixtures in pytest.")
    assert library.titles("How do I mock the datetime in a pytest?")[0] == "Mocking"


def test_the_whole_token_comes_before_its_parts(library):
    library.add("Parts", "Select the related rows, select related ones.")
    library.add("Whole", "Use select_related here.")
    assert library.titles("select_related") == ["Whole", "Parts"]


def test_a_word_said_twice_counts_twice(library):
    library.add("Left", "alpha beta")
    library.add("Right", "beta gamma")
    library.add("Filler", "delta")
    assert library.titles("gamma alpha alpha")[0] == "Left"
    assert library.titles("gamma gamma alpha")[0] == "Right"


def test_stop_words_find_something_when_there_is_nothing_else(library):
    library.add("The Who", "A band.")
    assert library.titles("the who") == ["The Who"]


def test_an_unknown_word_may_be_the_beginning_of_one(library):
    library.add("Kubernetes", "Clusters.")
    assert library.titles("kuber") == ["Kubernetes"]


def fill(library):
    """Other pages, without which no word is rarer than another."""
    library.add_all(*(document(1000 + n, f"Filler {n}", "of other words") for n in range(40)))


def test_the_title_that_begins_so_comes_first(library):
    library.add("Generate a client", "generate generated generator " * 9)
    library.add("Generic methods", "generic " * 9)
    library.add("Generators", "Functions that yield.")
    library.add("Collecting information about computers", "Names.")
    library.add("Collected information", "collecting information collecting information " * 9)
    assert library.titles("generator")[0] == "Generators"
    assert library.titles("Collecting information about c")[0].endswith("computers")


def test_the_title_of_which_half_was_typed_comes_before_pages_with_the_rare_word(library):
    for number in range(40):
        library.add(f"Windows {number}", "A window of functions opens here, and a window there.")
    library.add("Window functions", "Ranks and sums over the rows around each row.")
    library.add("Go", "func, func, func: so Go writes it")
    fill(library)
    assert library.titles("window func")[0] == "Window functions"


def test_of_two_words_the_one_that_pages_come_back_to_tells_more(library):
    """As many pages hold both; one is what they are about, the other only serves a sentence."""
    for number in range(20):
        library.add(f"Page {number}", "Rows and columns of nothing in particular.")
    for number in range(6):
        library.add(f"Queue {number}", "A broker, that broker, each broker and its broker.")
        library.add(f"Talk {number}", "Anyway, here are other things that one may say of it all.")
    library.add("Broker at work", "This is of a broker, and of little that one may say besides.")
    library.add("Anyway at work", "This is of it anyway, and of little that one may say besides.")
    library.add("Broker anyway", "Nothing.")
    titles = library.titles("broker anyway zebra")
    assert titles.index("Broker at work") < titles.index("Anyway at work")


def test_single_letters_with_a_stroke_are_one_word(library):
    library.add("Options", "Give -o for the output, -i for the input. " * 3)
    library.add("Disks", "Shows which process causes I/O.")
    assert library.titles("i/o") == ["Disks"]
    assert library.titles("io")[0] == "Disks"


def test_a_title_is_found_with_other_signs_between_its_words(library):
    library.add("Compare objects", "where object where object " * 20)
    library.add("Where-Object", "Filters.")
    assert library.titles("where object")[0] == "Where-Object"


def test_whose_whole_title_was_asked_for_comes_first(library):
    fill(library)
    library.add("Contributing overview of every cohort", "contribute to this hub " + "a word " * 9)
    library.add("How to contribute", "contribute " + "to this hub and others " * 30)
    assert library.titles("how can I contribute to this hub")[0] == "How to contribute"


def test_the_page_that_holds_a_line_word_for_word_comes_first(library):
    fill(library)
    library.add("Other", "Running is not disabled; the system may run scripts. " * 2)
    library.add("Errors", "It says: running scripts is disabled on this system. More. " * 2)
    assert library.titles("running scripts is disabled on this system")[0] == "Errors"


def test_all_keywords_tell_more_than_one_of_them_in_a_title(library):
    fill(library)
    library.add("Coercion", "coercion of types")
    library.add("Types", "future behaviors of coercion and other words of pages")
    assert library.titles("future coercion behaviors")[0] == "Types"


def test_options_are_found_without_their_dashes(library):
    library.add("Chown", code="chown --no-dereference owner file")
    library.add("Other", "There is no dereference of files here.")
    assert library.titles("no-dereference") == ["Chown", "Other"]
    assert library.titles("--no-dereference")[0] == "Chown"


def test_a_phrase_that_stands_nowhere_is_read_as_words(library):
    library.add("Redis", "Redis keeps keys in memory.")
    found = library.results('"memory keys"')
    assert found.is_loosened
    assert found.total == 1
    assert not library.results('"keys in memory"').is_loosened
    assert not library.results('"zebra crossing"').is_loosened


def test_a_slip_beside_known_words_finds_what_was_meant(library):
    library.add("List formats", "list view list view " * 9)
    library.add("Creating a list view", "creating")
    assert library.titles("ceating a list view")[0] == "Creating a list view"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ('"n plus one"', {"A", "B"}),
        ('"plus n one"', {"A", "B"}),
        ('"select_related loads"', {"A"}),
        ('queries -"n plus one"', {"C"}),
        ("queries -select_related", {"B", "C"}),
        ("plus OR zebra", {"A", "B", "C"}),
        ("title:a", {"A"}),
        ('title:"a"', {"A"}),
        ("sele*", {"A"}),
        ("tag:django", {"A"}),
        ('tag:"web dev"', {"B"}),
        ("tag:django OR tag:web-dev", {"A", "B"}),
        ("kind:Challenge", {"A"}),
        ("status:open", {"A"}),
        ("author:Selam", {"B"}),
        ("in:guides", {"B"}),
        ("in:guides/deep/", {"B"}),
        ("in:guide", set()),
        ("after:2026-05", {"C"}),
        ("before:2026-06", {"A", "B"}),
        ("-tag:django", {"B", "C"}),
        ("queries tag:django", {"A"}),
        ("nothing tag:django", set()),
        ("*", set()),
    ],
)
def test_the_language(library, query, titles):
    library.add(
        "A",
        "n plus one queries: select_related loads",
        tags=("Django",),
        kind="challenge",
        status="open",
    )
    library.add("B", "n-plus-one queries", tags=("Web dev",), author="selam", path="guides/deep/b")
    library.add("C", "Zebra queries", updated_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert set(library.titles(query)) == titles


def test_phrases_do_not_cross_the_parts_of_a_page(library):
    library.add("Alpha", "beta gamma", headings=("delta",))
    assert library.results('"alpha beta"').is_loosened
    assert library.titles('"beta gamma"') == ["Alpha"]


def test_totals_are_true_and_pages_neither_repeat_nor_skip(library):
    library.add_all(*(document(n, f"Page {n}", "the same word") for n in range(1, 138)))
    seen: list[int] = []
    for first in range(0, 140, 20):
        part = library.results("word", first=first, count=20)
        assert part.total == 137
        seen += [hit.page_id for hit in part.hits]
    assert sorted(seen) == list(range(1, 138))


def test_hidden_pages_are_neither_found_nor_counted(library):
    library.add("Secret", "word")
    library.add("Open", "word")
    found = library.results("word", hidden=lambda position: {1})
    assert (found.total, [hit.page_id for hit in found.hits]) == (1, [2])


def test_rules_about_parts_of_the_wiki_can_mask(library):
    library.add("One", "word")
    library.add("Two", "word")
    found = library.results("word", allowed=lambda snapshot: snapshot.pages == np.int64(1))
    assert [hit.page_id for hit in found.hits] == [1]


@pytest.mark.parametrize(
    "query", ["", "   ", "*", "a*", "(", "-", '""', "x" * 10_000, "w " * 5_000, "\x00"]
)
def test_odd_queries_have_an_answer(library, query):
    library.add("Page", "a w x")
    library.results(query)


def test_a_message_is_found_behind_what_a_log_puts_before_it(library):
    message = "worker lost its connection while another queue was waiting"
    library.add("Answer", f"words before it: {message}, and words after it " + "more of them " * 99)
    for name in ("Traces", "Logs", "Times"):
        library.add(name, "traceback most recent call worker.py line connection queue worker " * 9)
    noise = 'Traceback (most recent call last): File "/srv/app/worker.py", line 12, in run'
    assert library.titles(f"{noise} {message}")[0] == "Answer"


def test_few_words_in_a_row_are_no_copy(library):
    library.add("Chance", "the queue was lost " + "other words " * 99)
    library.add("About it", "queue queue lost lost queue lost")
    assert library.titles("the queue was lost")[0] == "About it"


def test_a_beginning_stands_for_every_word_that_begins_so(library):
    """Also where there are more than are weighed: what holds one is found, and left out."""
    library.add_all(
        *(
            document(n, f"Page {n}", f"words con{chr(97 + n // 26)}{chr(97 + n % 26)} here")
            for n in range(1, 90)
        ),
        document(99, "Without", "words here"),
    )
    assert library.results("con*").total == 89
    assert library.titles("words -con*") == ["Without"]
    assert library.results("title:pag*").total == 89


def test_a_beginning_may_end_with_a_sign(library):
    library.add("Cmdlets", "Get-Content reads.", code="select_related")
    library.add("Getting", "Get content, select rows, related ones.")
    for query in ("get-*", "Get-*", "select_*"):
        found = library.results(query)
        assert [hit.page_id for hit in found.hits] == [1], query
        assert found.query.hint is None


def test_pages_called_like_one_side_of_or_come_first(library):
    library.add("Docker images", "docker docker docker images", tags=("docker",))
    library.add("Podman machine", "podman podman podman machine", tags=("podman",))
    library.add("Docker", "A tool for containers.")
    library.add("Podman", "Another one.")
    assert set(library.titles("docker OR podman")[:2]) == {"Docker", "Podman"}


@pytest.mark.parametrize(
    "query", ["project-falcon OR zzzzqq", "title:project-falcon", "bird -project-falcon"]
)
def test_how_a_compound_is_read_tells_nothing_of_hidden_pages(library, query):
    library.add("Project falcon", "it is a bird")
    before = [hit.page_id for hit in library.results(query).hits]
    library.add("The project-falcon", "a merger of a bird")
    found = library.results(query, hidden=lambda position: {2})
    assert [hit.page_id for hit in found.hits] == before
