"""Links of new people to other sites lead nowhere until somebody has reviewed the change."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests import factories
from tests.person import Person
from wiki.access.permissions import Viewer
from wiki.database import db
from wiki.pages.history.reviews import mark_reviewed
from wiki.pages.models import Revision, WithheldLink
from wiki.pages.presentation.withheld_links import withhold_links
from wiki.pages.writing.withheld_links import ALL, MAX_HELD, hash_of_address

SPAM = "https://spam.example/?a=1&b=2"
OLD = "https://docs.example/redis"

pytestmark = pytest.mark.settings(hold_links=True, base_url="http://localhost")


@pytest.fixture
def selam(client_of: Callable[..., Person]) -> Person:
    return client_of("selam")


@pytest.fixture
def mentor(make_user: Callable[..., Any]) -> Viewer:
    return Viewer(make_user("hanna", role="mentor").id, "mentor")


def leads(answer: Any) -> list[str]:
    """Where links to other sites lead."""
    return re.findall(r'href="((?:https?:)?//(?!localhost)[^"]*)"', answer.text)


def review(app: Flask, by: Viewer, number: int | None = None) -> None:
    with app.app_context():
        query = db.select(Revision.id).order_by(Revision.id.desc())
        ids = [number] if number else [db.session.scalars(query).first()]
        mark_reviewed(by, ids)


def test_only_what_somebody_new_adds_is_held_until_it_is_reviewed(
    any_app: Flask, selam: Person, client: Person, make_page: Any, mentor: Viewer
) -> None:
    make_page("redis", text=f"[docs]({OLD})\n")
    client.get("/wiki/redis")
    selam.post_form("/edit/redis", text=f"[docs]({OLD}) and [pills]({SPAM}) {SPAM}\n")
    for reader in (selam, client):
        page = reader.get("/wiki/redis")
        assert leads(page) == [OLD]
        assert page.text.count("link not reviewed yet") == 2
        assert '<span class="held-link">pills</span>' in page.text
    etag = page.headers["ETag"]
    review(any_app, mentor)
    page = client.get("/wiki/redis", headers={"If-None-Match": etag})
    assert set(leads(page)) == {OLD, SPAM.replace("&", "&amp;")}
    assert "not reviewed" not in page.text


def test_undoing_releases_nothing_in_old_revisions(
    selam: Person, client: Person, client_of: Any, make_page: Any
) -> None:
    make_page("redis", text="Fast.\n")
    selam.post_form("/edit/redis", text=f"Fast. [pills]({SPAM})\n")
    client_of("root", role="admin").post_form("/edit/redis", text="Fast.\n")
    assert leads(client.get("/wiki/redis?revision=2")) == []
    assert leads(client.get("/diff/redis?from=1&to=2&as=page")) == []
    assert leads(client.get("/wiki/redis")) == []


def test_embedded_pages_hold_theirs(selam: Person, client: Person, make_page: Any) -> None:
    selam.post_form("/new", title="Pills", text=f"[pills]({SPAM})\n")
    make_page("redis", text="![[Pills]]\n")
    page = client.get("/wiki/redis")
    assert "pills</span>" in page.text
    assert leads(page) == []


def test_pictures_from_elsewhere_are_held(selam: Person, client: Person) -> None:
    selam.post_form("/new", title="Pills", text="![a](https://spam.example/a.png)\n")
    assert leads(client.get("/wiki/pills")) == []


def test_who_has_three_reviewed_changes_is_new_no_longer(
    any_app: Flask, selam: Person, client: Person, mentor: Viewer
) -> None:
    for number in range(4):
        text = f"[a](https://a.example/{number})\n"
        selam.post_form("/new", title=f"Page {number}", text=text)
    for number in (1, 2):
        review(any_app, mentor, number)
    assert leads(client.get("/wiki/page-3")) == []
    review(any_app, mentor, 3)
    assert leads(client.get("/wiki/page-3")) == ["https://a.example/3"]
    selam.post_form("/new", title="Page 5", text=f"[a]({OLD})\n")
    assert leads(client.get("/wiki/page-5")) == [OLD]


def test_who_is_trusted_vouches_by_adding_it_again(
    selam: Person, client: Person, client_of: Any
) -> None:
    selam.post_form("/new", title="Redis", text=f"[docs]({OLD})\n")
    root = client_of("root", role="admin")
    root.post_form("/edit/redis", text="Nothing.\n")
    root.post_form("/edit/redis", text=f"[docs]({OLD})\n")
    assert leads(client.get("/wiki/redis")) == [OLD]


def test_the_own_site_is_no_other(selam: Person, client: Person) -> None:
    text = "[here](http://localhost/wiki/x) [there](http://localhost.evil.example/)\n"
    selam.post_form("/new", title="Redis", text=text)
    page = client.get("/wiki/redis").text
    assert 'href="http://localhost/wiki/x"' in page
    assert "evil.example" not in page


def test_more_than_can_be_counted_are_all_held(app: Flask, selam: Person, client: Person) -> None:
    many = " ".join(f"[a](https://a.example/{number})" for number in range(MAX_HELD + 1))
    selam.post_form("/new", title="Redis", text=f"{many} [own](http://localhost/tags/)\n")
    with app.app_context():
        assert db.session.scalars(db.select(WithheldLink.hash)).all() == [ALL]
    page = client.get("/wiki/redis")
    assert leads(page) == []
    assert 'href="http://localhost/tags/"' in page.text


@pytest.mark.settings(hold_links=None)
def test_the_switch_decides_at_once(
    app: Flask, selam: Person, client: Person, client_of: Any
) -> None:
    selam.post_form("/new", title="Redis", text=f"[docs]({OLD})\n")
    assert leads(client.get("/wiki/redis")) == [OLD]
    boss = client_of("boss", role="admin")
    options = boss.open_form("/admin/options", has="hold_links")
    assert options.submit(hold_links="y").status_code == 303
    selam.post_form("/edit/redis", text=f"[docs]({OLD}) [pills]({SPAM})\n")
    assert leads(client.get("/wiki/redis")) == [OLD]
    boss.open_form("/admin/options", has="hold_links").submit(hold_links=None)
    assert len(leads(client.get("/wiki/redis"))) == 2


def test_comments_of_new_people_hold_all_of_theirs(
    app: Flask, client: Person, client_of: Any, make_page: Any, make_user: Any
) -> None:
    page = make_page("redis", text="Fast.\n")
    number = factories.make_thread(app, page.page_id, make_user("selam"), f"[pills]({SPAM})")
    answer = client_of("hanna", role="mentor").open_form(f"/threads/{number}")
    assert answer.submit(text=f"[docs]({OLD})").status_code == 303
    thread = client.get(f"/threads/{number}")
    assert leads(thread) == [OLD]
    assert '<span class="held-link">pills</span>' in thread.text


def test_a_view_of_a_page_still_asks_once(
    selam: Person, client: Person, queries: Callable[..., Any]
) -> None:
    selam.post_form("/new", title="Redis", text=f"[pills]({SPAM})\n")
    client.get("/wiki/redis")
    with queries(at_most=1):
        client.get("/wiki/redis")


@pytest.mark.parametrize(
    ("written", "is_held"),
    [
        ('<a class="external" href="https://a.example/">x</a>', True),
        ('<a class="external bare" href="https://a.example/" rel="nofollow ugc">x</a>', True),
        ('<a\nhref="HTTPS://a.example/">x</a>', False),  # another address
        ('<a class="wikilink" href="/wiki/x" title="https://a.example/">x</a>', False),
        ('<a href="https://b.example/">x</a>', False),
        ('<abbr title="a">x</abbr>', False),
    ],
)
def test_a_held_address_is_known_by_its_hash(written: str, is_held: bool) -> None:
    shown = withhold_links(written, [hash_of_address("https://a.example/")], note="<n>")
    held = '<span class="held-link">x</span> <small class="held-note">(&lt;n&gt;)</small>'
    assert shown == (held if is_held else written)


def test_fields_of_a_kind_hold_theirs_and_so_does_the_board(
    any_app: Flask, selam: Person, client: Person, mentor: Viewer
) -> None:
    selam.post_form(
        "/new?kind=project",
        title="Pills",
        text="Words.\n",
        **{"field-chat": SPAM, "field-repositories": SPAM, "field-wanted": "design"},
    )
    for address in ("/wiki/projects/pills", "/wiki/projects/pills?revision=1", "/board/projects"):
        page = client.get(address)
        assert leads(page) == []
        assert "link not reviewed yet" in page.text
    review(any_app, mentor)
    for address in ("/wiki/projects/pills", "/board/projects"):
        assert set(leads(client.get(address))) == {SPAM.replace("&", "&amp;")}


def test_a_field_that_was_there_before_stays_alive(
    selam: Person, client: Person, make_page: Any
) -> None:
    make_page("projects/hub", kind="project", fields={"chat": OLD, "repositories": [OLD]})
    selam.post_form("/edit/projects/hub", **{"field-repositories": f"{OLD}\n{SPAM}"})
    assert leads(client.get("/wiki/projects/hub")) == [OLD, OLD]
