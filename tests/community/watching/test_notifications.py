"""From a change to a notification: who is told, once, and what they see of it."""

import pytest
from sqlalchemy import func, select

from tests.community.run_notifier import notify
from wiki.access.models import Rank
from wiki.access.viewers import viewers_of
from wiki.accounts.models import User
from wiki.community.watching import fan_out, inbox
from wiki.community.watching.inbox import InboxFilter
from wiki.community.watching.models import Notification, Watch
from wiki.community.watching.unread import RulesWatch
from wiki.database import db
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

EVERYTHING = InboxFilter()


@pytest.fixture
def lines(app, make_user):
    """`lines("selam")`: what she finds among her notifications, the newest first."""

    def lines(name):
        user = make_user(name)
        with app.test_request_context():
            viewer = viewers_of([user.id])[user.id]
            entries = inbox.list_entries(viewer, EVERYTHING, limit=100)
            return [entry.description.line for entry in entries]

    return lines


def watch(person, path, *targets):
    form = person.open_form(f"/watch/{path}")
    assert form.submit(targets=list(targets)).status_code == 303


def page_target(saved):
    return f"page:{saved.page_id}"


def edit(person, path, **fields):
    answer = person.open_form(f"/edit/{path}").submit(**fields)
    assert answer.status_code == 303, answer.text


def test_a_watcher_is_notified_once_and_nobody_of_their_own_doing(
    any_app, client_of, make_page, lines
):
    page = make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe")
    for person in (selam, abebe):
        watch(person, "redis", page_target(page), "all:", "kind:page", "tree:redis")
    edit(abebe, "redis", text="More.")
    notify(any_app)
    notify(any_app)
    assert lines("selam") == ["abebe edited “Redis”"]
    assert lines("abebe") == []


@pytest.mark.parametrize(
    "target", ["tree:docs", "tree:docs/redis", "tag:db", "kind:concept", "all:"]
)
def test_everything_that_covers_a_page_tells_of_it(any_app, client_of, make_page, lines, target):
    make_page("docs/redis", tags=["DB"], kind="concept")
    make_page("docs-2/redis")
    selam = client_of("selam")
    scope, _, name = target.partition(":")
    adding = selam.open_form("/watching", has="scope")
    token = adding.values["csrf_token"]
    fields = {"scope": scope, "name": name, "csrf_token": token}
    assert selam.post("/watching/add", data=fields).status_code == 303
    abebe = client_of("abebe")
    edit(abebe, "docs/redis", text="More.")
    edit(abebe, "docs-2/redis", text="Other.")
    notify(any_app)
    told = [line for line in lines("selam") if "docs-2" not in line]
    assert len(told) == (2 if target == "all:" else 1)


def test_edits_of_one_person_are_one_entry_that_leads_to_all_of_them(
    any_app, client_of, make_page, lines
):
    page = make_page("redis")
    selam, abebe, mulu = client_of("selam"), client_of("abebe"), client_of("mulu")
    watch(selam, "redis", page_target(page))
    for text in ("Two.", "Three.", "Four."):
        edit(abebe, "redis", text=text)
    edit(mulu, "redis", text="Five.")
    notify(any_app)
    assert lines("selam") == ["mulu edited “Redis”", "3 edits of “Redis” by abebe"]
    shown = selam.get("/notifications").text
    assert "3 edits of" in shown
    assert 'unread-mark"><span aria-hidden="true">4<' in selam.get("/").text
    links = [part.partition('"')[0] for part in shown.split('href="')]
    (entry,) = [link for link in links if "?since=" in link]
    answer = selam.get(entry)
    assert answer.status_code == 303
    assert answer.location.endswith("/diff/redis?from=1&to=4")
    assert 'unread-mark"><span aria-hidden="true">1<' in selam.get("/").text
    assert "mulu edited" in selam.get("/notifications").text
    assert "3 edits" not in selam.get("/notifications").text
    assert "3 edits" in selam.get("/notifications?show=all").text


def test_what_is_marked_stays_and_can_be_unread_again(any_app, client_of, make_page):
    page = make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe")
    watch(selam, "redis", page_target(page))
    edit(abebe, "redis", text="Two.")
    notify(any_app)
    selam.open_form("/notifications", has="number").submit()
    assert "You have read everything" in selam.get("/notifications").text
    form = selam.open_form("/notifications?show=all", has="number")
    selam.post(form.action, data={**form.values, "unread": ""})
    assert "abebe edited" in selam.get("/notifications").text
    edit(abebe, "redis", text="Three.")
    form = selam.form_in(selam.get("/notifications"), "/notifications", has="number")
    notify(any_app)  # what comes after the list was shown stays unread
    selam.post("/notifications", data={**form.values, "all": ""})
    assert "abebe edited" in selam.get("/notifications").text


def test_a_hidden_page_is_not_told_between_cause_and_telling_nor_shown_after(
    any_app, client_of, make_page, make_user, lines
):
    page = make_page("secret/plan", title="Plan")
    selam, admin = client_of("selam"), client_of("root", role="admin")
    watch(selam, "secret/plan", page_target(page))
    make_page("elsewhere")
    edit(admin, "secret/plan", text="Two.")
    notify(any_app)
    assert lines("selam") == ["root edited “Plan”"]
    assert "unread-mark" in selam.get("/wiki/elsewhere").text
    edit(admin, "secret/plan", text="Three.")  # caused while selam reads it, told when not
    _close(any_app, "secret")
    notify(any_app, jobs=True)
    assert lines("selam") == []
    assert "unread-mark" not in selam.get("/wiki/elsewhere").text
    listed = selam.get("/notifications?show=all")
    assert "Plan" not in listed.text
    assert "Plan" not in selam.get("/watching").text
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notification)) == 1


def _close(app, path):
    with app.app_context():
        set_rule(path, RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)


def test_a_watch_follows_its_page(app, client_of, make_page, lines):
    page = make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe", role="mentor")
    watch(selam, "redis", page_target(page))
    abebe.open_form("/rename/redis").submit(title="Valkey", path="valkey")
    edit(abebe, "valkey", text="Two.")
    abebe.open_form("/delete/valkey").submit(summary="no")
    notify(app)
    assert lines("selam") == []  # the page is gone for her
    assert "Valkey" not in selam.get("/watching").text
    abebe.open_form(f"/undelete/valkey?deleted={page.page_id}").submit()
    edit(abebe, "valkey", text="Three.")
    notify(app)
    assert lines("selam")[0] == "abebe edited “Valkey”"
    assert "abebe brought back “Valkey”" in lines("selam")
    assert "Valkey" in selam.get("/watching").text
    assert selam.open_form("/watch/valkey").values.getlist("targets") == [page_target(page)]


def test_authors_watch_what_they_write_unless_they_don_t_want_to(app, client_of, lines):
    selam, abebe = client_of("selam"), client_of("abebe")
    selam.open_form("/new").submit(title="Redis", path="redis", text="One.")
    edit(abebe, "redis", text="Two.")  # told in the same round as the page itself
    notify(app)
    assert lines("selam") == ["abebe edited “Redis”"]
    assert "because you wrote it" in selam.get("/watching").text
    selam.open_form("/notifications/settings").submit(watches_created=False, watches_edited=True)
    selam.open_form("/new").submit(title="Celery", path="celery", text="One.")
    notify(app)
    assert "Celery" not in selam.get("/watching").text
    edit(selam, "celery", text="Two.")
    notify(app)
    assert "Celery" in selam.get("/watching").text


def test_what_a_renaming_causes_elsewhere_notifies_nobody(app, client_of, make_page, lines):
    other = make_page("notes", text="See [[redis]].")
    make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe", role="mentor")
    watch(selam, "notes", page_target(other))
    abebe.open_form("/rename/redis").submit(title="Valkey", path="valkey", with_links=True)
    notify(app)
    assert lines("selam") == []


def test_ten_thousand_are_notified_in_batches(
    any_app, client_of, make_page, make_user, monkeypatch
):
    monkeypatch.setattr(fan_out, "ROWS_PER_TRANSACTION", 3)
    page = make_page("redis")
    users = [make_user(f"reader-{number}") for number in range(10)]
    with any_app.app_context():
        for user in users:
            db.session.add(
                Watch(user_id=user.id, scope="page", page_id=page.page_id, target=page_target(page))
            )
        db.session.commit()
    abebe = client_of("abebe")
    notify(any_app)
    with any_app.app_context():
        db.session.execute(db.delete(Notification))
        db.session.execute(db.text('UPDATE "user" SET unread_count = 0'))
        db.session.commit()
    edit(abebe, "redis", text="Two.")
    edit(abebe, "redis", text="Three.")
    notify(any_app)
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notification)) == 20
        counts = db.session.scalars(
            db.text("SELECT unread_count FROM \"user\" WHERE username LIKE 'reader-%'")
        ).all()
    assert set(counts) == {2}


def test_nobody_is_notified_whose_account_is_closed_or_disabled(
    any_app, client_of, make_page, make_user
):
    page = make_page("redis")
    for name in ("selam", "mulu"):
        watch(client_of(name), "redis", page_target(page))
    with any_app.app_context():
        db.session.execute(
            db.text("UPDATE \"user\" SET is_enabled = false WHERE username = 'mulu'")
        )
        db.session.commit()
    selam = client_of("selam")
    selam.open_form("/account/close").submit(
        is_sure=True, current_password="correct horse battery staple"
    )
    edit(client_of("abebe"), "redis", text="Two.")
    notify(any_app)
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Notification)) == 0
        assert db.session.scalar(select(func.count()).select_from(Watch)) == 1


def test_what_is_reported_as_one_is_read_as_one_and_nothing_else(
    any_app, client_of, make_page, queries
):
    page = make_page("redis")
    selam, abebe, hanna = map(client_of, ("selam", "abebe", "hanna"))
    watch(selam, "redis", page_target(page))
    first, second = (_begin(person, f"Of {person}") for person in (abebe, abebe))
    hanna.open_form(first).submit(text="An answer of mine.")
    abebe.open_form(second).submit(text="And here.")
    hanna.open_form(first).submit(text="One more.")
    notify(any_app)
    viewer = _viewer(any_app, "selam")
    with any_app.test_request_context():
        entries = inbox.list_entries(viewer, EVERYTHING, limit=100)
        assert sorted(entry.count for entry in entries) == [2, 3]
        three = next(entry for entry in entries if entry.count == 3)
        inbox.mark_range(viewer, three.number, three.since, is_read=True)
        assert inbox.count_unread(viewer) == 2
        two = next(entry for entry in entries if entry.count == 2)
        inbox.open_entry(viewer, two.number, two.since)
        assert inbox.count_unread(viewer) == 0


def _begin(person, text):
    answer = person.open_form("/discuss/redis").submit(text=text)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"].partition("#")[0]


def _viewer(app, name):
    with app.app_context():
        user_id = db.session.scalar(select(User.id).where(User.username == name))
        return viewers_of([user_id])[user_id]


def test_the_count_comes_back_with_the_rule(any_app, client_of, make_page):
    page = make_page("redis")
    selam, abebe = client_of("selam"), client_of("abebe")
    watch(selam, "redis", page_target(page))
    edit(abebe, "redis", text="More.")
    notify(any_app)
    watcher = RulesWatch()
    with any_app.app_context():
        for rank, count in ((Rank.ADMIN, 0), (Rank.ANYBODY, 1)):
            set_rule("redis", RuleTerms(read_rank=rank, edit_rank=max(rank, Rank.LEARNER)), by=None)
            watcher.look()
            db.session.rollback()
            named = select(User.unread_count).where(User.username == "selam")
            assert db.session.scalar(named) == count


def test_a_watch_that_is_none_can_not_be_ended(client_of, make_page):
    selam, page = client_of("selam"), make_page("redis")
    watch(selam, "redis", page_target(page))
    for sent in ["9" * 20, "9" * 5_000, "-1", "x", "²", ""]:
        assert selam.post_form("/watching", watch=sent).status_code == 303, sent
        assert "Redis" in selam.get("/watching").text, sent
