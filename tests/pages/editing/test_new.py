"""Writing a new page."""

from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.pages.visible_text import count_revisions, field_error, main, raw
from tests.person import Person
from wiki.config import FORM_LIMIT, PAGE_TEXT_LIMIT
from wiki.kinds.current import all_kinds

WORDS = "What I know about it.\n"


def test_it_works(client: Person, selam: Person) -> None:
    answer = selam.post_form(
        "/new", title="Message queues", text=WORDS, tags="Async, #jobs", summary="A start"
    )
    assert answer.status_code == 303
    assert answer.location == "/wiki/message-queues"
    page = client.get("/wiki/message-queues")
    assert "What I know about it." in main(page)
    assert 'href="/tags/async"' in page.text
    assert 'href="/tags/jobs"' in page.text
    history = main(client.get("/history/message-queues"))
    assert "A start" in history
    assert "selam" in history
    assert raw(client, "message-queues") == WORDS


@pytest.mark.parametrize("kind", list(all_kinds()))
def test_each_kind_begins_with_its_outline_in_its_folder(selam: Person, kind: str) -> None:
    form = selam.open_form(f"/new?kind={kind}&title=Redis")
    assert form.values["kind"] == kind
    assert form.values["title"] == "Redis"
    text = form.values["text"]
    assert ("<!-- " in text) == (kind != "page")
    assert "{title}" not in text
    folder = all_kinds()[kind].folder
    text += "\nWords of my own.\n"
    assert form.submit(text=text).location == f"/wiki/{folder}/redis".replace("//", "/")
    assert raw(selam, f"{folder}/redis".strip("/")) == text


def test_the_form_offers_every_kind(selam: Person) -> None:
    page = selam.get("/new").text
    for kind in all_kinds():
        assert f"/new?kind={kind}" in page


def test_an_unknown_kind_begins_empty(selam: Person) -> None:
    form = selam.open_form("/new?kind=%00nonsense")
    assert (form.values["kind"], form.values["text"]) == ("page", "")


def test_a_missing_page_offers_to_be_written_under_its_path(selam: Person) -> None:
    offer = selam.get("/wiki/concepts/task_queues")
    assert offer.status_code == 404
    link = offer.text.partition('href="/new?')[2].partition('"')[0].replace("&amp;", "&")
    form = selam.open_form(f"/new?{link}")
    assert form.values["title"] == "Task queues"
    assert form.submit(text=WORDS).location == "/wiki/concepts/task-queues"


def test_a_path_can_be_given(selam: Person) -> None:
    answer = selam.post_form("/new", title="Redis", path=" /Tools/My store/ ", text=WORDS)
    assert answer.location == "/wiki/Tools/My-store"


def test_a_title_in_any_script_makes_an_address(client: Person, selam: Person) -> None:
    answer = selam.post_form("/new", title="ተግባር ዝርዝር", text=WORDS)
    assert answer.status_code == 303
    assert client.get(answer.location).status_code == 200


def test_words_that_differ_in_a_vowel_sign_are_two_pages(client: Person, selam: Person) -> None:
    for title in ("बाल", "बोल"):
        answer = selam.post_form("/new", title=title, text=WORDS)
        assert unquote(answer.location) == f"/wiki/{title}"
        assert client.get(answer.location).status_code == 200


def test_a_page_whose_address_has_lost_its_vowel_signs_is_found_by_its_title_too(
    client: Person, make_page: Any
) -> None:
    make_page(path="ब-ल", title="बाल", text="[[बाल]] [x](बाल.md)")
    assert client.get("/wiki/ब-ल").text.count(f'href="/wiki/{quote("ब-ल")}"') >= 2
    assert client.get("/wiki/बाल").status_code in (200, 301, 302)


def test_a_challenge_begins_open(client: Person, selam: Person) -> None:
    form = selam.open_form("/new?kind=challenge")
    assert form.values["status"] == "open"
    answer = form.submit(title="It breaks", status="", text=WORDS)
    assert "Challenge, open" in main(client.get(answer.location))


def test_only_kinds_with_a_status_ask_for_one(selam: Person) -> None:
    none = ">None</option>"
    assert "status" not in selam.open_form("/new?kind=concept").values
    assert none not in selam.get("/new?kind=challenge").text
    shown = selam.post_form("/new?kind=challenge", action="preview", status="solved")
    assert none not in shown.text
    assert selam.form_in(shown, "/new").values["status"] == "solved"


# What is refused, and that nothing typed is lost by it

TYPED = {"text": WORDS, "summary": "My reason", "tags": "one, two", "kind": "concept"}


def test_what_no_page_can_have_is_reported_at_its_field(client: Person, selam: Person) -> None:
    cases = [
        ({"title": ""}, "title", "title"),
        ({"title": "   "}, "title", "title"),
        ({"title": "x" * 201}, "title", "200"),
        ({"title": "bad\u202etitle"}, "title", "invisible"),
        ({"title": "a\x00b"}, "title", "invisible"),
        ({"title": "???"}, "path", "Enter a path"),
        ({"title": "Good", "path": "../etc/passwd"}, "path", "dots"),
        ({"title": "Good", "path": "a//b"}, "path", "slashes"),
        ({"title": "Good", "path": "a?b"}, "path", "A path can’t contain"),
        ({"title": "Good", "path": "x/" + "y" * 101}, "path", "100"),
        ({"title": "Good", "path": "/".join(["y" * 90] * 3)}, "path", "250"),
        ({"title": "Good", "path": "a\u202eb"}, "path", "invisible"),
        ({"title": "Good", "tags": "x" * 51}, "tags", "50"),
        ({"title": "Good", "tags": ",".join(map(str, range(21)))}, "tags", "20"),
        ({"title": "Good", "tags": "a\u200bb"}, "tags", "invisible"),
        ({"title": "Good", "tags": "one, .."}, "tags", "dots"),
    ]
    for fields, field, word in cases:
        typed = TYPED | fields
        answer = selam.post_form("/new", **typed)
        assert answer.status_code == 422, (fields, field, word)
        assert word in field_error(answer, field), (fields, field, word)
        form = selam.form_in(answer, "/new")
        for name, value in typed.items():
            assert form.values[name].replace("\ufffd", "\x00") == value, name
        assert "There is no page here yet" in client.get("/wiki/concepts/good").text, (
            fields,
            field,
            word,
        )


def test_a_refused_page_is_written_once_it_is_mended(client: Person, selam: Person) -> None:
    answer = selam.post_form("/new", **TYPED, title="")
    form = selam.form_in(answer, "/new")
    assert form.submit(title="Caching").location == "/wiki/concepts/caching"
    assert raw(client, "concepts/caching") == WORDS


@pytest.mark.parametrize("path", ["redis", "REDIS", "Redis "])
def test_a_path_that_is_taken_is_reported(selam: Person, make_page: Any, path: str) -> None:
    make_page("redis", text="The first one.\n")
    answer = selam.post_form("/new", title="Another", path=path, text=WORDS)
    assert answer.status_code == 422
    assert "There is already a page at redis." in field_error(answer, "path")
    assert selam.form_in(answer, "/new").values["text"] == WORDS
    assert raw(selam, "redis") == "The first one.\n"


def test_a_title_whose_path_is_taken_is_told_at_the_title(selam: Person, make_page: Any) -> None:
    make_page("redis")
    answer = selam.post_form("/new", title="Redis", text=WORDS)
    assert answer.status_code == 422
    assert "redis" in field_error(answer, "title")


def test_a_text_over_the_limit_comes_back(selam: Person) -> None:
    text = "word " * (PAGE_TEXT_LIMIT // 5) + "and\n"
    answer = selam.post_form("/new", title="Too long", text=text)
    assert answer.status_code == 422
    assert "2,000 kB" in field_error(answer, "text")
    assert selam.form_in(answer, "/new").values["text"] == text
    assert selam.get("/wiki/too-long").status_code == 404


def test_a_text_at_the_limit_is_stored(selam: Person) -> None:
    text = ("x" * 99 + "\n") * (PAGE_TEXT_LIMIT // 100)
    assert selam.post_form("/new", title="Long", text=text).status_code == 303
    assert raw(selam, "long") == text


def test_a_form_larger_than_any_text_is_refused_in_words(selam: Person) -> None:
    form = selam.open_form("/new")
    answer = form.submit(title="Huge", text="x" * (FORM_LIMIT + 1))
    assert answer.status_code == 413
    assert "Too large" in main(answer)


def test_trying_it_twice_makes_one_page(client: Person, selam: Person) -> None:
    form = selam.open_form("/new")
    assert form.submit(title="Redis", text=WORDS).status_code == 303
    assert form.submit(title="Redis", text=WORDS).status_code == 422
    assert count_revisions(client, "redis") == 1


# Who may


def test_a_stranger_is_asked_to_sign_in_and_comes_back(client: Person) -> None:
    answer = client.get("/new?title=Redis")
    assert answer.status_code == 302
    assert answer.location == "/account/login?next=/new?title%3DRedis"


def test_a_reader_may_not(reader: Person) -> None:
    assert reader.get("/new").status_code == 403
    assert "Your account may read here, but not do this." in reader.get("/new").text
