"""Pages that may no longer be right: why they are due, and what is answered."""

from datetime import UTC, datetime, timedelta

import pytest

from tests import factories
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.community.freshness.due import due_among, due_pages
from wiki.community.freshness.models import REASON_LIMIT
from wiki.database import db
from wiki.pages.models import Revision
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

DUE = "/board/due"
EDITOR = Viewer(user_id=1, role="admin")
TODAY = datetime.now(UTC).date()


def _day(days):
    return (TODAY + timedelta(days=days)).isoformat()


def _answer(person, path, answer, **fields):
    form = person.open_form(f"/freshness/{path}")
    return form.submit(answer=answer, **fields)


def _listed(person):
    return person.get(DUE).text


@pytest.fixture
def selam(any_app):
    return factories.client_of(any_app, factories.make_user(any_app, "selam"))


@pytest.fixture
def reader(any_app):
    return factories.client_of(any_app, factories.make_user(any_app, "reader", role="reader"))


def test_a_page_is_due_from_the_day_that_its_writer_set(any_app, selam):
    for name, day in (("past", _day(-1)), ("today", _day(0)), ("future", _day(1)), ("odd", "soon")):
        factories.make_page(any_app, name, title=f"Page {name}", fields={"review_by": day})
    with any_app.app_context():
        assert [page.path for page in due_pages(EDITOR)] == ["past", "today"]
    said = _listed(selam)
    assert "Page past" in said
    assert "Page future" not in said


def test_a_page_is_due_when_a_version_is_behind_until_it_is_checked(any_app, selam):
    make = factories.make_page
    django = make(any_app, "technologies/django", title="Django", kind="technology")
    make(any_app, "old", fields={"applies_to": "Django 4.2"})
    make(any_app, "new", fields={"versions": ["Django 5", "Python 3"]})
    with any_app.app_context():
        assert due_pages(EDITOR) == []  # no version is known
    _set_version(any_app, django.page_id, "5.2")
    with any_app.app_context():
        (page,) = due_pages(EDITOR)
        (behind,) = page.behind
        assert (page.path, behind.current, behind.path) == ("old", "5.2", "technologies/django")
    assert "It is about" in _listed(selam)
    assert _answer(selam, "old", "right").status_code == 303
    with any_app.app_context():
        assert due_pages(EDITOR) == []
    _set_version(any_app, django.page_id, "6.0")
    with any_app.app_context():
        assert [page.path for page in due_pages(EDITOR)] == ["new", "old"]


def _set_version(app, page_id, version):
    from wiki.pages.models import Page
    from wiki.pages.writing.content import Content
    from wiki.pages.writing.write import Edit, save_edit

    with app.app_context():
        number = db.session.scalar(db.select(Page.revision_count).filter_by(id=page_id))
        content = Content("Django", "A framework.\n", "technology", fields={"version": version})
        save_edit(page_id, Edit(content, number), by=None)


def test_a_reader_reports_an_editor_finds_it_still_right(any_app, selam, reader, client):
    factories.make_page(any_app, "guide", title="A guide")
    assert "no longer works" not in client.get("/wiki/guide").text
    for words in ("Fails on Django 5", "Django 5 ይከለክላል", "لا يعمل <script>alert(1)</script>"):
        assert _answer(reader, "guide", "report", reason=words).status_code == 303
    said = client.get("/wiki/guide").text
    assert "1 reader says that this no longer works" in said
    assert "A guide" in _listed(selam)
    said = selam.get("/freshness/guide").text
    assert "لا يعمل" in said
    assert "<script>alert" not in said
    assert _answer(reader, "guide", "right").status_code == 403
    assert _answer(selam, "guide", "right").status_code == 303
    assert "no longer works" not in client.get("/wiki/guide").text
    assert "A guide" not in _listed(selam)


def test_an_edit_answers_a_minor_one_does_not(any_app, selam, reader, client):
    factories.make_page(any_app, "guide", title="A guide", fields={"review_by": _day(-3)})
    _answer(reader, "guide", "report", reason="Fails")
    selam.post_form("/edit/guide", text="A typo.\n", minor=True)
    assert "A guide" in _listed(selam)
    assert "no longer works" in client.get("/wiki/guide").text
    selam.post_form("/edit/guide", text="Mended.\n")
    assert "A guide" not in _listed(selam)
    assert "no longer works" not in client.get("/wiki/guide").text
    _answer(reader, "guide", "report", reason="Fails again")
    assert "no longer works" in client.get("/wiki/guide").text
    _answer(reader, "guide", "withdraw")
    assert "no longer works" not in client.get("/wiki/guide").text


def test_an_obsolete_page_is_kept_marked_and_last_in_searches(any_app, selam, reader, client):
    for name in ("one", "two"):
        factories.make_page(any_app, name, title=f"Celery {name}", text="Celery beat.\n")
    factories.make_page(any_app, "aside", title="Aside", text="Once it mentions celery.\n")
    answer = _answer(selam, "one", "obsolete", summary="Use cron")
    assert answer.status_code == 303
    assert "obsolete" in client.get("/wiki/one").text
    assert "Use cron" in client.get("/history/one").text
    assert "Celery one" not in _listed(selam)
    catch_up(any_app)
    found = client.get("/search?q=celery", headers={"Accept": "application/json"}).json
    assert [hit["path"] for hit in found["hits"]] == ["two", "aside", "one"]
    found = client.get("/search?q=status:obsolete", headers={"Accept": "application/json"}).json
    assert [hit["path"] for hit in found["hits"]] == ["one"]
    assert _answer(selam, "one", "revive").status_code == 303
    assert "obsolete" not in client.get("/wiki/one").text
    with any_app.app_context():
        fields = db.session.scalars(
            db.select(Revision.fields).join(Revision.page).order_by(Revision.id.desc())
        ).first()
        assert fields == {}


def test_it_is_marked_and_revived_without_the_number_of_a_revision(app, client_of, make_page):
    make_page("redis")
    hanna = client_of("hanna", role="mentor")
    for answer in ("obsolete", "revive"):
        form = hanna.open_form("/freshness/redis")
        assert form.submit(answer=answer, base_revision=None).status_code == 303
        assert ("No longer obsolete" in hanna.get("/wiki/redis").text) == (answer == "revive")


def test_it_is_obsolete_only_as_it_was_seen(app, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    factories.make_page(app, "guide", text="One.\n")
    form = selam.open_form("/freshness/guide")
    dawit.post_form("/edit/guide", text="Two.\n")
    assert form.submit(answer="obsolete", summary="Old").status_code == 303  # both changes are kept
    assert "Two." in selam.get("/raw/guide").text
    assert "obsolete" in selam.get("/wiki/guide").text


def test_what_cannot_be_answered_comes_back(app, client_of):
    factories.make_page(app, "guide")
    cases = [
        {"answer": "report", "reason": "  "},
        {"answer": "report", "reason": "x" * (REASON_LIMIT + 1)},
        {"answer": "nonsense"},
        {"answer": ""},
        {"answer": "obsolete", "summary": "x" * 400},
    ]
    for fields in cases:
        answer = _answer(client_of("selam"), "guide", **fields)
        assert answer.status_code == 422, fields
        assert (fields.get("reason") or fields.get("summary") or "") in answer.text, fields


def test_only_those_who_may_read_know_of_it(app, client, client_of):
    factories.make_page(app, "closed/page", title="Hidden guide", fields={"review_by": _day(-1)})
    factories.make_page(
        app, "closed/django", title="Django", kind="technology", fields={"version": "6"}
    )
    factories.make_page(app, "open", title="Open guide", fields={"applies_to": "Django 5"})
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    said = _listed(client_of("selam"))
    assert "Hidden guide" not in said
    assert "Open guide" not in said
    assert client.get("/freshness/closed/page").status_code == 404
    assert client_of("selam").get("/freshness/closed/page").status_code == 404
    said = _listed(client_of("admin", role="admin"))
    assert "Hidden guide" in said
    assert "Open guide" in said  # the version is on a page that they may see


def test_reports_of_one_person_are_limited(make_app):
    app = make_app(rate_limits=True)
    factories.make_page(app, "guide")
    person = factories.client_of(app, factories.make_user(app, "selam"))
    codes = [_answer(person, "guide", "report", reason=f"No {n}").status_code for n in range(12)]
    assert codes[:10] == [303] * 10
    assert codes[-1] == 429


def test_a_page_view_stays_one_statement(app, client, queries):
    page = factories.make_page(app, "guide", fields={"review_by": _day(-1)})
    client.get("/wiki/guide")
    factories.make_page(app, "other")
    with queries(at_most=3) as seen:
        client.get("/wiki/other")
    assert sum("FROM page" in each for each in seen) <= 2
    with app.app_context():
        assert due_among(EDITOR, [page.page_id])[0].review_by


def test_the_editor_takes_a_day_and_versions_of_any_page(app, client_of):
    selam = client_of("selam")
    saved = selam.post_form(
        "/new",
        title="A concept",
        kind="concept",
        text="Words.\n",
        **{"field-review_by": _day(-1), "field-applies_to": "Django 4.2, ሬዲስ 7"},
    )
    assert saved.status_code == 303
    assert "A concept" in _listed(selam)
    form = selam.open_form("/edit/concepts/a-concept")
    assert form.values["field-applies_to"] == "Django 4.2, ሬዲስ 7"
    refused = form.submit(**{"field-review_by": "soon"})
    assert refused.status_code == 422
    assert "Write the date as year" in refused.text
    assert 'value="soon"' in refused.text
    form.submit(text="Other words.\n", **{"field-review_by": _day(9)})
    with app.app_context():
        assert due_pages(EDITOR) == []


def test_a_report_that_the_editor_did_not_see_stays(app, client_of):
    editor, one, other = client_of("dawit"), client_of("selam"), client_of("hana")
    factories.make_page(app, "guide", title="A guide")
    form = editor.open_form("/freshness/guide")
    _answer(one, "guide", "report", reason="Fails on Django 5")
    form.submit(answer="right")
    assert "Fails on Django 5" in editor.get("/freshness/guide").text
    form = editor.open_form("/freshness/guide")
    _answer(other, "guide", "report", reason="Fails on Python 4")
    assert "since: see below" in editor.get(form.submit(answer="right").location).text
    said = editor.get("/freshness/guide").text
    assert "Fails on Django 5" not in said
    assert "Fails on Python 4" in said


@pytest.mark.parametrize(
    "seen", ["2026-01-01", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00+14:00", "soon", ""]
)
def test_a_time_that_no_page_ever_showed_is_no_error(app, client_of, seen):
    factories.make_page(app, "guide")
    answer = _answer(client_of("selam"), "guide", "right", newest_report=seen)
    assert answer.status_code == 303
