"""The numbered pages of the list of notifications, which gets shorter while it is read."""

from functools import partial

import pytest

from tests.community.run_notifier import notify
from tests.pages.visible_text import main
from wiki.community.watching import inbox_views
from wiki.web.pagination import paginate


@pytest.fixture
def selam(app, client_of, make_page, monkeypatch):
    """Two notifications a page: first an edit, then three comments."""
    monkeypatch.setattr(inbox_views, "paginate", partial(paginate, per_page=2))
    make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe")
    selam.open_form("/watch/redis").submit(targets=["all:"])
    abebe.post_form("/edit/redis", text="More.")
    for word in ("One", "Two", "Three"):
        abebe.open_form("/discuss/redis").submit(text=f"{word}.")
    notify(app)
    return selam


def test_after_the_only_one_of_the_last_page_was_read_the_page_before_is_shown(selam):
    for _ in range(2):
        selam.open_form("/notifications", has="since").submit()
    address = "/notifications?page=2"
    assert selam.get(address).status_code == 200
    answer = selam.open_form("/notifications?page=2", has="since").submit()
    assert selam.get(answer.headers["Location"]).status_code == 200
    assert selam.get("/notifications?page=0").status_code == 404


def test_what_is_gone_hides_nothing_that_is_still_unread(selam, client_of):
    mentor = client_of("mentor", role="mentor")
    for number in (2, 3):
        mentor.open_form(f"/comments/{number}/delete").submit()
    assert "abebe edited “Redis”" in main(selam.get("/notifications"))
    mentor.open_form("/delete/redis").submit()
    assert "You have read everything" in main(selam.get("/notifications"))


def test_who_is_notified_is_locked_before_anything_refers_to_them(selam, app, client_of, queries):
    """On PostgreSQL, whoever merges accounts has the table and waits for such references."""
    client_of("abebe").post_form("/edit/redis", text="Even more.")
    with queries() as seen:
        notify(app)
    firsts = ("UPDATE user SET unread_count", "INSERT INTO told_event")
    order = [first for each in seen for first in firsts if each.startswith(first)]
    assert order == [*firsts]
