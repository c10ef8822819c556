"""What followers of a table ask before they look at it."""

import pytest

from wiki.database import ChangeWatch, change_watch, db, write_transaction


@pytest.fixture
def watch(any_app, monkeypatch):
    # So that nothing but a change is found; other tests write to the same server of PostgreSQL,
    # whose transactions it can't tell from ours.
    monkeypatch.setattr(change_watch, "LONGEST_REST", 3_600.0)
    with any_app.app_context():
        watch = ChangeWatch(db.engine)
        yield watch
        watch.close()


def rests(watch):
    """Whether it finds nothing to look at, as soon as the other tests let it."""
    return any(not watch.may_have_changed() for _ in range(1_000))


def test_it_rests_while_nothing_is_committed(watch):
    assert watch.may_have_changed()
    assert rests(watch)


def test_no_commit_is_overlooked(watch, make_page):
    for number in range(5):
        assert rests(watch)
        make_page(f"page-{number}")
        assert watch.may_have_changed()


def test_what_is_written_counts_once_it_is_committed(watch):
    assert rests(watch)
    with write_transaction() as session:
        session.execute(db.text("UPDATE access_version SET number = number + 1"))
        assert rests(watch)
    assert watch.may_have_changed()


def test_it_looks_again_after_a_failure_and_after_a_while(watch, monkeypatch):
    assert rests(watch)
    watch.forget()
    assert watch.may_have_changed()
    assert rests(watch)
    monkeypatch.setattr(change_watch, "LONGEST_REST", 0.0)
    assert watch.may_have_changed()


def test_a_connection_that_breaks_is_made_again(watch):
    assert rests(watch)
    watch._connection.close()
    assert watch.may_have_changed()
    assert rests(watch)
