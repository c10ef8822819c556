"""Threads and comments of pages, through HTTP."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests import factories
from tests.person import Person
from wiki.accounts.blocking.blocks import add_block
from wiki.accounts.models import User
from wiki.pages.writing.write import SaveResult

ClientOf = Callable[..., Person]
TEXT = (
    "Build it.\n\n## Ports\n\nPublish `-p 80:80` first.\n\n## Volumes\n\nWhat is written is gone.\n"
)


@pytest.fixture
def page(make_page: Callable[..., SaveResult]) -> SaveResult:
    return make_page("docker", text=TEXT)


@pytest.fixture
def thread_url(app: Flask, page: SaveResult, make_user: Callable[..., User]) -> str:
    number = factories.make_thread(app, page.page_id, make_user("selam"), "Which **port**?")
    return f"/threads/{number}"


def url_of(person: Person, thread_url: str, action: str, place: int = 0) -> str:
    """The address at which the comment at `place` of a thread is edited, deleted …"""
    ids = re.findall(r'id="nx-comment-(\d+)"', person.get(thread_url).text)
    return f"/comments/{ids[place]}/{action}"


def test_a_comment_is_answered(thread_url: str, client_of: ClientOf) -> None:
    dawit = client_of("dawit")
    sent = dawit.post_form(thread_url, text="Port `8000`, see [[docker]] and [[nowhere]].")
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(f"{thread_url}#nx-comment-")
    shown = dawit.get(thread_url).text
    assert "<strong>port</strong>" in shown
    assert "<code>8000</code>" in shown
    assert '<a class="wikilink" href="/wiki/docker"' in shown
    assert 'class="wikilink missing"' in shown


def test_a_form_sent_twice_is_stored_once(
    any_app: Flask, thread_url: str, client_of: ClientOf
) -> None:
    form = client_of("dawit").open_form(thread_url)
    first, second = form.submit(text="Port 8000."), form.submit(text="Port 8000.")
    assert first.headers["Location"] == second.headers["Location"]
    other = form.submit(text="Port 8001, sorry.")
    assert other.headers["Location"] != first.headers["Location"]
    assert client_of("dawit").get(thread_url).text.count("Port 8000.") == 1


def test_a_thread_is_begun_once(any_app: Flask, page: SaveResult, client_of: ClientOf) -> None:
    form = client_of("dawit").open_form("/discuss/docker")
    first, second = form.submit(text="Why?"), form.submit(text="Why?")
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert client_of("dawit").get("/talk/docker").text.count("Why?") == 1


@pytest.mark.parametrize("text", ["", "  \n\n ", "\u200b\u2800", "x" * 20_001, "ሀ" * 7_000])
def test_what_cannot_be_stored_comes_back(thread_url: str, client_of: ClientOf, text: str) -> None:
    dawit = client_of("dawit")
    sent = dawit.post_form(thread_url, text=text)
    assert sent.status_code == 422
    back = dawit.form_in(sent, thread_url)
    assert back.values["text"].strip() == text.strip()
    assert back.submit(text="Short.").status_code == 303


def test_a_preview_stores_nothing(thread_url: str, client_of: ClientOf) -> None:
    dawit = client_of("dawit")
    form = dawit.open_form(thread_url)
    shown = form.submit(text="A *preview*", action="preview")
    assert "<em>preview</em>" in shown.text
    assert dawit.form_in(shown, thread_url).values["text"].strip() == "A *preview*"
    assert "preview</em>" not in dawit.get(thread_url).text


def test_a_comment_is_quoted(thread_url: str, client_of: ClientOf) -> None:
    dawit = client_of("dawit")
    (number,) = re.findall(r'id="nx-comment-(\d+)"', dawit.get(thread_url).text)
    form = dawit.open_form(f"{thread_url}?quote={number}")
    assert form.values["text"].strip() == "@selam:\n\n> Which **port**?"
    assert dawit.open_form(f"{thread_url}?quote=999").values["text"].strip() == ""


def test_long_threads_have_pages(
    thread_url: str, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiki.community.discussion.thread_page.COMMENTS_PER_PAGE", 3)
    dawit = client_of("dawit")
    for number in range(4):
        sent = dawit.post_form(thread_url, text=f"Number {number}.")
    assert f"{thread_url}?page=2#nx-comment-" in sent.headers["Location"]
    first, second = dawit.get(thread_url).text, dawit.get(f"{thread_url}?page=2").text
    assert "Number 1." in first
    assert "Number 2." not in first
    assert "Number 3." in second
    talk = dawit.get("/talk/docker").text
    assert "2 more comments" in talk
    assert "Number 3." in talk


# Editing


def test_every_version_is_kept(any_app: Flask, thread_url: str, client_of: ClientOf) -> None:
    selam = client_of("selam")
    edit = url_of(selam, thread_url, "edit")
    assert selam.post_form(edit, text="Which *door*?").status_code == 303
    selam.post_form(edit, text="Which window?")
    assert "Which window?" in selam.get(thread_url).text
    history = client_of("dawit").get(edit.replace("edit", "history")).text
    versions = [history.index(said) for said in ("window", "<em>door</em>", "<strong>port")]
    assert versions == sorted(versions)


def test_two_tabs_of_one_writer_do_not_overwrite_each_other(
    thread_url: str, client_of: ClientOf
) -> None:
    selam = client_of("selam")
    edit = url_of(selam, thread_url, "edit")
    one, other = selam.open_form(edit), selam.open_form(edit)
    one.submit(text="From one.")
    refused = other.submit(text="From the other.")
    assert refused.status_code == 409
    again = selam.form_in(refused, edit)
    assert again.values["text"].strip() == "From the other."
    assert again.submit().status_code == 303
    assert "From one." in selam.get(edit.replace("edit", "history")).text


def test_nobody_edits_what_others_wrote(thread_url: str, client_of: ClientOf) -> None:
    admin = client_of("sara", role="admin")
    edit = url_of(admin, thread_url, "edit")
    assert admin.get(edit).status_code == 403
    sent = admin.post(edit, data={**admin.open_form(thread_url).values, "text": "I never said so"})
    assert sent.status_code == 403


# Deleting


def test_a_stub_stays_where_something_follows(
    any_app: Flask, thread_url: str, client_of: ClientOf
) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    dawit.post_form(thread_url, text="An answer.")
    selam.post_form(url_of(selam, thread_url, "delete"))
    shown = dawit.get(thread_url).text
    assert "Which <strong>port" not in shown
    assert "deleted a comment" in shown
    assert dawit.get(url_of(dawit, thread_url, "history")).status_code == 404
    assert "<strong>port" in selam.get(url_of(selam, thread_url, "history")).text
    dawit.post_form(url_of(dawit, thread_url, "delete", 1))
    assert dawit.get(thread_url).status_code == 404
    assert "An answer." not in selam.get(thread_url).text


def test_a_deleted_comment_comes_back(thread_url: str, client_of: ClientOf) -> None:
    selam = client_of("selam")
    history = url_of(selam, thread_url, "history")
    assert selam.post_form(history.replace("history", "delete")).headers["Location"] == history
    assert client_of("dawit").get(thread_url).status_code == 404
    restore = history.replace("history", "restore")
    assert selam.open_form(history, "csrf_token").submit().status_code == 303, restore
    assert "<strong>port" in client_of("dawit").get(thread_url).text


def test_what_is_done_twice_is_done_once(thread_url: str, client_of: ClientOf) -> None:
    selam, liya = client_of("selam"), client_of("liya", role="admin")
    delete = selam.open_form(url_of(selam, thread_url, "delete"))
    first, second = delete.submit(), delete.submit()
    assert first.headers["Location"] == second.headers["Location"]
    assert "It has already been deleted." in selam.get(second.headers["Location"]).text
    erase = liya.open_form(delete.action.replace("delete", "erase"))
    erase.submit(why="A password")
    assert erase.submit(why="Another reason").status_code == 303
    assert "A password" in liya.get(first.headers["Location"]).text


def test_moderators_delete_and_others_do_not(thread_url: str, client_of: ClientOf) -> None:
    dawit, sara = client_of("dawit"), client_of("sara", role="mentor")
    delete = url_of(dawit, thread_url, "delete")
    assert dawit.get(delete).status_code == 403
    assert sara.post_form(delete).status_code == 303
    selam = client_of("selam")
    history = delete.replace("delete", "history")
    assert "<strong>port" in selam.get(history).text
    token = selam.open_form("/account/settings").values["csrf_token"]
    sent = selam.post(history.replace("history", "restore"), data={"csrf_token": token})
    assert sent.status_code == 403, "who deleted it decides"
    assert "/threads/" in sara.get("/talk/docker?show=deleted").text
    assert sara.open_form(history, "csrf_token").submit().status_code == 303


def test_an_administrator_erases_a_comment(thread_url: str, client_of: ClientOf) -> None:
    selam, sara = client_of("selam"), client_of("sara", role="admin")
    selam.post_form(url_of(selam, thread_url, "edit"), text="My password is hunter2.")
    erase = url_of(sara, thread_url, "erase")
    assert selam.get(erase).status_code == 403
    assert sara.post_form(erase, why="").status_code == 422
    assert sara.post_form(erase, why="A password").status_code == 303
    for person in (selam, sara):
        for address in (thread_url, erase.replace("erase", "history"), "/talk/docker"):
            said = person.get(address).text
            assert "hunter2" not in said
            assert "<strong>port" not in said
    assert "A password" in client_of("dawit").get(thread_url).text


# Settling


def test_a_thread_is_resolved_and_reopened(thread_url: str, client_of: ClientOf) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    assert 'class="count"' in dawit.get("/wiki/docker").text
    form = selam.open_form(f"{thread_url}")
    sent = selam.post(f"{thread_url}/settle", data={**form.values, "action": "resolve"})
    assert sent.status_code == 303
    assert "Resolved by" in dawit.get(thread_url).text
    assert "Which <strong>port" not in dawit.get("/talk/docker").text
    assert "Which <strong>port" in dawit.get("/talk/docker?show=resolved").text
    assert 'class="count"' not in dawit.get("/wiki/docker").text
    refused = dawit.post(f"{thread_url}/settle", data=dawit.open_form(thread_url).values)
    assert refused.status_code == 403
    sara = client_of("sara", role="mentor")
    sara.post(
        f"{thread_url}/settle", data={**sara.open_form(thread_url).values, "action": "reopen"}
    )
    assert "Which <strong>port" in dawit.get("/talk/docker").text


# Where on the page


def test_a_very_long_heading_is_discussed(
    any_app: Flask, make_page: Callable[..., SaveResult], client_of: ClientOf
) -> None:
    heading = " ".join(f"word{number}" for number in range(120))
    make_page("long", text=f"Before.\n\n## {heading}\n\nA passage that is discussed.\n")
    selam, id_ = client_of("selam"), heading.replace(" ", "-")
    for about in ({"heading": id_}, {"quote": "A passage that is discussed."}):
        answer = selam.post_form("/discuss/long", text="Too long?", **about)
        assert answer.status_code == 303
        shown = selam.get(answer.headers["Location"]).text
        assert f"/wiki/long#{id_}" in shown
        assert "earlier version" not in shown
    assert selam.get(f"/talk/long?heading={id_}").text.count("Too long?") == 2


def test_a_passage_is_discussed(page: SaveResult, client_of: ClientOf) -> None:
    dawit = client_of("dawit")
    form = dawit.open_form("/discuss/docker?heading=ports")
    assert form.values["heading"] == "ports"
    sent = form.submit(quote="What is written", text="How long?")
    shown = dawit.get(sent.headers["Location"]).text
    assert "Volumes" in shown, "the section is that of the words"
    assert "#volumes:~:text=What%20is%20written" in shown
    read = dawit.get("/wiki/docker").text
    assert 'href="/talk/docker?heading=volumes"' in read
    assert "1 open discussion" in read
    assert "How long?" in dawit.get("/talk/docker?heading=volumes").text
    assert "How long?" not in dawit.get("/talk/docker?heading=ports").text


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"quote": "never said"}, "doesn’t say these words"),
        ({"heading": "nowhere"}, "no longer has this section"),
        ({"quote": "ab " * 1_000}, "at most 2,000 characters"),
    ],
)
def test_what_is_not_on_the_page_is_refused(
    page: SaveResult, client_of: ClientOf, about: dict[str, str], message: str
) -> None:
    dawit = client_of("dawit")
    sent = dawit.post_form("/discuss/docker", text="My words.", **about)
    assert sent.status_code == 422
    assert message in sent.text
    assert "My words." in sent.text


def test_a_passage_that_changed_is_of_an_earlier_version(
    page: SaveResult, client_of: ClientOf
) -> None:
    dawit = client_of("dawit")
    begun = dawit.open_form("/discuss/docker")
    about = dawit.post_form("/discuss/docker", quote="What is written is gone", text="Truly?")
    dawit.post_form("/edit/docker", text=TEXT.replace("What is written is gone", "It is lost"))
    shown = dawit.get(about.headers["Location"]).text
    assert "About an earlier version" in shown
    assert "What is written is gone" in shown
    assert 'href="/wiki/docker?revision=1#volumes"' in shown
    late = begun.submit(quote="What is written is gone", text="Begun before that edit.")
    assert late.status_code == 303
    assert "About an earlier version" in dawit.get(late.headers["Location"]).text


# Pages that change


def test_threads_follow_their_page(any_app: Flask, thread_url: str, client_of: ClientOf) -> None:
    sara = client_of("sara", role="mentor")
    sara.post_form("/rename/docker", title="Containers", path="containers")
    assert "Which <strong>port" in sara.get("/talk/containers").text
    assert "Containers" in sara.get(thread_url).text
    sara.post_form("/delete/containers")
    assert sara.get(thread_url).status_code == 404
    assert sara.get("/talk/containers").status_code == 404
    assert "Which port" not in sara.get("/talk/").text
    sara.post_form("/undelete/containers")
    assert "Which <strong>port" in sara.get("/talk/containers").text
    sara.post_form("/edit/containers", text="All new.")
    sara.post_form("/restore/containers?revision=1", revision="1")
    assert "Which <strong>port" in sara.get("/talk/containers").text


def test_the_list_of_all(any_app: Flask, thread_url: str, client_of: ClientOf) -> None:
    selam, dawit = client_of("selam"), client_of("dawit")
    assert "Which port?" in dawit.get("/talk/").text
    assert "Which port?" not in dawit.get("/talk/?show=mine").text
    assert "Which port?" in selam.get("/talk/?show=mine").text
    dawit.post_form(thread_url, text="I say so.")
    assert "Which port?" in dawit.get("/talk/?show=mine").text
    assert "Which port?" not in dawit.get("/talk/?show=resolved").text
    assert dawit.get("/talk/?page=2").status_code == 404


# Who may


def test_strangers_read_and_sign_in_to_write(thread_url: str, client: Person) -> None:
    shown = client.get(thread_url).text
    assert "Which <strong>port" in shown
    assert "Sign in to comment" in shown
    assert "<textarea" not in shown
    assert client.get("/discuss/docker").status_code == 302


def test_readers_take_part_where_they_may_not_edit(thread_url: str, client_of: ClientOf) -> None:
    reader = client_of("liya", role="reader")
    assert reader.post_form(thread_url, text="I wonder too.").status_code == 303
    assert reader.post_form("/discuss/docker", text="And this?").status_code == 303


def test_whoever_is_blocked_gets_their_words_back(
    app: Flask, thread_url: str, client_of: ClientOf
) -> None:
    dawit = client_of("dawit")
    form = dawit.open_form(thread_url)
    with app.app_context():
        add_block("dawit", "Spam", None, by=None, own_address=None)
    sent = form.submit(text="Buy this.")
    assert sent.status_code == 403
    assert "Buy this." in sent.text
    assert "Blocked" in sent.text
    assert "<textarea" not in dawit.get(thread_url).text


@pytest.mark.settings(rate_limits=True)
def test_too_many_comments_come_back(thread_url: str, client_of: ClientOf) -> None:
    form = client_of("dawit").open_form(thread_url)
    for number in range(10):
        assert form.submit(text=f"Number {number}.").status_code == 303
    assert form.submit(text="A look.", action="preview").status_code == 200
    sent = form.submit(text="One too many.")
    assert sent.status_code == 429
    assert "One too many." in sent.text
    assert sent.headers["Retry-After"]
