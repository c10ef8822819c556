"""A word is found however its parts are joined; “nothing found” is never said of what is there."""

import pytest


@pytest.fixture(scope="module")
def shelf(module_library):
    module_library.add("Network", "The lab has Wi-Fi, ask for the password.")
    for number in range(5):
        module_library.add(f"Wiki {number}", "A wiki and its pages.")
    module_library.add("Names", "A variable is called snake_case_name here.")
    module_library.add("Paths", "The basename of a path.")
    module_library.add("Letters", "Send an e-mail to the mentors.")
    module_library.add("Post", "Your emails arrive at noon.")
    module_library.add("Book", "ISBN 978-3-16-148410-0, second edition.")
    module_library.add("Old book", "ISBN 978 0 306 40615 7, first edition.")
    module_library.add("New book", "ISBN 9781402894626, third edition.")
    module_library.add("Prose", "ISBN 0-8044-2957-X, in hard covers.")
    module_library.add("Calls", "Call +251 911 23 45 67 in the morning.")
    module_library.add("Runtime", "Run node.js, read O’Reilly, use read_csv.")
    module_library.add("Session", "The session of a user has a name.")
    return module_library


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("wifi", ["Network"]),
        ("WiFi", ["Network"]),
        ("wi_fi", ["Network"]),
        ("wifi password", ["Network"]),
        ("wifi*", ["Network"]),
        ("case_name", ["Names"]),
        ("caseName", ["Names"]),
        ("case-name", ["Names"]),
        ("snakecasename", ["Names"]),
        ("email", ["Letters", "Post"]),
        ("e-mail", ["Letters", "Post"]),
        ("e-mails", ["Letters", "Post"]),
        ("9783161484100", ["Book"]),
        ("978-3-16-148410-0", ["Book"]),
        ("978 3 16 148410 0", ["Book"]),
        ("9780306406157", ["Old book"]),
        ("978-0-306-40615-7", ["Old book"]),
        ("978-1-4028-9462-6", ["New book"]),
        ("978 1 4028 9462 6", ["New book"]),
        ("080442957X", ["Prose"]),
        ("0-8044-2957-x", ["Prose"]),
        ("+251911234567", ["Calls"]),
        ("nodejs", ["Runtime"]),
        ("node-js", ["Runtime"]),
        ("oreilly", ["Runtime"]),
        ("readCsv", ["Runtime"]),
        ("user_session_name", ["Session"]),
    ],
)
def test_signs_between_parts_may_differ(shelf, typed, titles):
    found = shelf.results(typed)
    assert found.correction is None
    assert found.relaxed is None
    first = [shelf.documents[hit.page_id].title for hit in found.hits[: len(titles)]]
    assert sorted(first) == titles


def test_an_identifier_without_its_whole_is_not_corrected_to_another_word(library):
    library.add("Names", "snake_case_name")
    library.add("Paths", "basename")
    assert library.titles("case_name") == ["Names"]


@pytest.mark.parametrize("typed", ["wify", "wi-fii"])
def test_what_is_mistyped_is_still_corrected(shelf, typed):
    found = shelf.results(typed)
    assert found.correction is not None or shelf.titles(typed)[0] == "Network"


def test_words_apart_are_found_before_another_word_is_proposed(library):
    library.add("Apart", "The wi fi of the lab.")
    for number in range(5):
        library.add(f"Wiki {number}", "A wiki.")
    found = library.results("wifi")
    assert (found.correction.text, library.documents[found.hits[0].page_id].title) == (
        "wi fi",
        "Apart",
    )


def test_no_more_is_reported_than_may_be_seen(library):
    library.add("Hidden", "Wi-Fi")
    library.add("Wiki", "wiki")
    found = library.results("wifi", hidden=lambda _: {1})
    assert found.correction.text == "wiki"


def test_a_word_in_underscores_is_not_the_word(library):
    library.add("Leave", "exit exit exit")
    library.add("Managers", "__exit__ is called")
    assert library.titles("__exit__")[0] == "Managers"


def test_numbers_with_points_stay_apart(library):
    library.add("Version", "3.11 is out")
    assert library.titles("311") == []


def test_exclusions_and_alternatives_know_both_spellings(shelf):
    assert shelf.titles("send OR morning -email") == ["Calls"]
    assert set(shelf.titles("wifi OR nodejs")) == {"Network", "Runtime"}


@pytest.mark.parametrize(
    ("typed", "body", "marked"),
    [
        ("wifi", "The lab has Wi-Fi here.", "The lab has <mark>Wi-Fi</mark> here."),
        ("case_name", "Use snake_case_name.", "Use <mark>snake_case_name</mark>."),
        ("9780306406157", "ISBN 978 0 306 40615 7.", "ISBN <mark>978 0 306 40615 7</mark>."),
    ],
)
def test_what_was_found_is_marked(library, typed, body, marked):
    library.add("Page", body)
    found = library.results(typed)
    marker = found.marker
    assert marker.snippet([("", "", body)], found.hits[0].held).html == marked


def test_a_word_said_very_often_is_counted_without_a_warning(library):
    library.add("Again", "word " * 180_000)
    library.add("Other", "word and others")
    assert set(library.titles("word")) == {"Again", "Other"}


@pytest.mark.parametrize(
    "typed", ["🐛", "🐛 fix", '"🐛 fixes"', "🚀*", "🐛✨", "👍🏽", "❤️", "👩‍💻", "🇪🇹"]
)
def test_pictures_are_found(library, typed):
    library.add("Commits", "Write 🐛 fixes a bug, 🐛✨, 🚀deploys, 👍, ❤, 👩‍💻 or 🇪🇹.")
    library.add("Other", "Write 🎉 or 🇪🇷.")
    found = library.results(typed)
    assert [library.documents[hit.page_id].title for hit in found.hits] == ["Commits"]
    text = library.documents[found.hits[0].page_id].body
    assert "<mark>" in found.marker.snippet([("", "", text)]).html
