"""What was mistyped is forgiven; what one may not see is never proposed."""

import pytest

from tests.search.shelf import document
from wiki.search.query.parser import parse
from wiki.search.query.spelling import Speller


@pytest.fixture
def shelf(library):
    library.add("Django", "Django and its ORM: select_related, querysets and caching.")
    library.add("Celery", "Background jobs with Celery and RabbitMQ. Retry what failed.")
    library.add("Permissions", "IsParticipantOfConversation is a permission.", kind="challenge")
    library.add("መሸጎጫ", "መሸጎጫ ፈጣን ነው።")
    return library


def corrected(library, text, visible=None):
    snapshot = library.search.index.snapshot()
    seen = snapshot.live if visible is None else visible(snapshot)
    found = Speller(snapshot, seen).correct(parse(text))
    return found.text if found else None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("djnago", "django"),
        ("dajngo cachin", "django cachin"),  # which begins caching
        ("select_realted", "select_related"),
        ("selct_related", "select_related"),
        ("IsParticpantOfConversation", "isparticipantofconversation"),
        ("rabitmq celrey", "rabbitmq celery"),
        ('"celery retyr"', None),
        ("kind:challange permision", "kind:challenge permission"),
        ("መሸጐጫ", "መሸጎጫ"),
        ("title:djago -celry", "title:django -celry"),
        ('Retry: "celry" falied', 'Retry: "celry" failed'),  # a name, in a message
    ],
)
def test_a_word_that_no_page_holds_is_corrected(shelf, typed, meant):
    assert corrected(shelf, typed) == (meant or '"celery retry"')


@pytest.mark.parametrize(
    "typed",
    ["django", "cach", "caches", "the", "429", "v3.12.1", "xy", "zzzzzzzz", "", "q" * 500, "*"],
)
def test_what_is_right_or_like_nothing_is_left_alone(shelf, typed):
    assert corrected(shelf, typed) is None


def test_a_slip_of_one_page_yields_to_the_usual_word(library):
    for number in range(40):
        library.add(f"Page {number}", "receive")
    library.add("Slip", "recieve")
    assert corrected(library, "recieve") == "receive"
    assert library.titles("recieve")[0] == "Slip"


def test_only_words_of_visible_pages_are_proposed(shelf):
    assert corrected(shelf, "celrey", lambda snapshot: snapshot.pages != 2) is None
    assert corrected(shelf, "kind:challange", lambda snapshot: snapshot.pages != 3) is None
    found = shelf.results("celrey", hidden=lambda _: {2})
    assert (found.total, found.correction, found.facets) == (0, None, ())


def test_a_hidden_page_makes_no_word_known(shelf):
    """Else one could tell that it holds the word: what begins so would not be offered."""
    shelf.add("Celerity", "celerities")
    assert shelf.titles("celeri", hidden=lambda _: {2}) == ["Celerity"]
    shelf.add("Hidden", "djnago")
    found = shelf.results("djnago", hidden=lambda _: {6})
    assert found.correction is not None
    assert found.correction.text == "django"


def test_a_removed_page_leaves_no_word_behind(shelf):
    shelf.remove(2)
    assert corrected(shelf, "celrey") is None


def test_a_correction_is_applied_when_nothing_was_found_and_offered_otherwise(shelf):
    alone = shelf.results("djnago")
    assert (alone.correction.text, alone.correction.is_applied) == ("django", True)
    assert [hit.page_id for hit in alone.hits] == [1]
    beside = shelf.results("djnago retry")
    assert (beside.correction.text, beside.correction.is_applied) == ("django retry", False)
    assert {hit.page_id for hit in beside.hits} == {1, 2}


def test_nearer_forms_come_first(library):
    library.add("Similar", "cacje and other words")
    library.add("Stem", "caching and other words")
    library.add("Begins", "cacheable and other words")
    library.add("Exact", "cache and other words")
    assert library.titles("cache") == ["Exact", "Begins", "Stem"]
    assert library.titles("cachs")[0] in {"Exact", "Begins", "Stem"}


def test_a_word_of_few_pages_is_taken_for_a_beginning_too(library):
    library.add("Exact", "celery")
    library.add("Longer", "celerybeat")
    assert library.titles("celery") == ["Exact", "Longer"]


def test_words_that_stand_together_count_more(library):
    filler = "filler " * 30
    library.add("Apart", f"connection {filler} refused {filler}")
    library.add("Together", f"{filler} connection refused {filler}")
    assert library.titles("connection refused") == ["Together", "Apart"]
    assert library.titles("refused connection") == ["Together", "Apart"]


def test_an_empty_result_offers_the_query_without_its_rarest_part(shelf):
    found = shelf.results("celery kind:challenge")
    assert (found.total, found.relaxed.text, found.relaxed.total) == (0, "celery", 1)
    found = shelf.results('celery "no such words" tag:nothing')
    assert found.relaxed.text == "celery"
    assert shelf.results("zzzzzz qqqqqq").relaxed is None
    hidden = shelf.results("celery kind:challenge", hidden=lambda _: {2})
    assert hidden.relaxed is None or hidden.relaxed.text == "kind:challenge"


def test_words_written_together_are_parted_where_they_stand_side_by_side(library):
    library.add("Compose", "docker compose starts containers; docker and compose")
    library.add("Other", "compose music")
    assert corrected(library, "dockercompose") == "docker compose"
    assert corrected(library, "musiccompose") is None
    assert library.titles("dockercompose")[0] == "Compose"


def test_a_word_written_apart_is_joined_where_pages_write_it_so(library):
    for number in range(20):
        library.add(f"Notes {number}", "a database and its base")
    library.add("Database design", "tables")
    library.add("Base data", "base of a data set " * 9)
    assert corrected(library, "data base design") == "database design"
    assert library.titles("data base design")[0] == "Database design"
    library.add("Apart", "one data base beside another")
    library.add("Apart too", "one data base beside another")
    assert corrected(library, "data base design") is None


def test_a_word_that_only_shares_its_stem_with_others_was_mistyped(library):
    library.add("Atoms", "atom, atoms and atomic")
    library.add("Automation", "cron")
    assert library.titles("atomation")[0] == "Automation"
    assert corrected(library, "atomically") is None


@pytest.mark.parametrize("sign", ["'", "`", '"'])
def test_a_name_that_a_message_quotes_is_nobodys_slip(library, sign):
    library.add_all(*(document(n, f"Flash {n}", "flash the chip") for n in range(1, 9)))
    library.add("Modules", "ModuleNotFoundError: No module named", page_id=50)
    found = library.results(f"ModuleNotFoundError: No module named {sign}flask{sign}")
    assert found.correction is None
    assert found.hits[0].page_id == 50


def test_contractions_without_their_apostrophe_are_words_too(library):
    library.add("Cat", "cat is json container docker connect")
    library.add("Other", "isn json")
    for query in ("docker container cant connect", "isnt json"):
        assert library.results(query).correction is None


def test_a_kind_is_found_by_its_plural(library):
    library.add("Redis", "A store.", kind="technology")
    assert library.titles("kind:technologies") == ["Redis"]


def test_an_everyday_word_is_right_without_any_page_that_holds_it(library):
    library.add_all(*(document(n, f"Table {n}", "draw a table on the screen") for n in range(1, 9)))
    assert corrected(library, "tablet screen") is None
    assert corrected(library, "tabel screen") == "table screen"


def test_a_neighbour_shows_that_another_everyday_word_was_meant(library):
    library.add_all(*(document(n, f"Flow {n}", "the stack trace of it") for n in range(1, 9)))
    assert corrected(library, "stick trace") == "stack trace"
    assert corrected(library, "stick it") is None


def test_a_rare_word_that_a_page_holds_with_the_others_stays(library):
    library.add_all(*(document(n, f"Note {n}", "present at the meeting") for n in range(1, 60)))
    library.add("Initramfs", "a preset of the initramfs", page_id=99)
    assert corrected(library, "initramfs preset") is None
    assert corrected(library, "preset") == "present"


def test_an_everyday_word_is_no_slip_because_it_is_rare(library):
    library.add_all(*(document(n, f"Loader {n}", "a loader") for n in range(1, 60)))
    library.add("Party", "a leader of the party", page_id=99)
    assert corrected(library, "leader") is None


def test_two_everyday_words_make_a_right_one(library):
    library.add_all(*(document(n, f"Touched {n}", "touched the cursor") for n in range(1, 9)))
    assert corrected(library, "touchpad cursor") is None


def test_a_word_is_corrected_where_a_page_holds_the_others_too(library):
    library.add("Scrolling", "scrolling in a window")
    library.add("Parallel", "parallel jobs")
    assert corrected(library, "parallax scrolling sideways") is None
    assert corrected(library, "paralel jobs") == "parallel jobs"
    assert corrected(library, "paralel") == "parallel"


def test_no_word_of_a_paste_is_corrected(library):
    library.add_all(*(document(n, f"Show {n}", "show the messages") for n in range(1, 9)))
    trace = 'File "/app/shpo/views.py", line 88, in pay ValueError: no mesages in the shop'
    assert library.results(trace).correction is None
    text = "I asked my friend about the field 'mesages' that another page should have shown there"
    assert library.results(text).correction is None
