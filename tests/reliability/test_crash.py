"""The crash test in its quick form, on SQLite; `make crash` is the whole one, on both databases."""

import shutil

import pytest

from tests.reliability import consistency, mails
from tests.reliability.consistency import Stored
from tests.reliability.crash import QUICK, crash
from tests.reliability.ledger import Outcome, Save


@pytest.mark.slow
def test_whatever_is_killed_no_save_is_lost(tmp_path, migrated_sqlite):
    (tmp_path / "instance").mkdir()
    shutil.copyfile(migrated_sqlite, tmp_path / "instance" / "nexus.sqlite3")
    report = crash(tmp_path, "", QUICK, seed=1)
    assert report.counts["saved"] >= QUICK.saves
    assert report.killed["worker"] > 0
    assert report.killed["server"] == 1


# Whether the verdict sees what it is there for


def save(word="w1x1z", outcome=Outcome.SAVED, sent=1):
    return Save(word, "line", has_text=True, sent=sent, outcome=outcome)


def revision(number, text, summary="", action="edit"):
    return Stored(1, number, action, summary, text)


FIRST = revision(1, "Begun.", action="create")


@pytest.mark.parametrize(
    ("saves", "revisions", "told"),
    [
        ([save()], [FIRST], "is in no history"),
        ([save()], [FIRST, revision(2, "Begun.", "w1x1z")], "without its text"),
        (
            [save()],
            [FIRST, revision(2, "w1x1z", "w1x1z"), revision(3, "w1x1z", "w1x1z")],
            "2 times",
        ),
        (
            [save(), save("w2x1z")],
            [FIRST, revision(2, "w1x1z", "w1x1z"), revision(3, "w2x1z", "w2x1z")],
            "dropped",
        ),
        ([save()], [FIRST, revision(3, "w1x1z", "w1x1z")], "has the revisions [1, 3]"),
        ([save(outcome=Outcome.CONFLICT)], [FIRST, revision(2, "w1x1z", "w1x1z")], "refused"),
        ([], [FIRST, revision(2, "w9x9z")], "holds"),
    ],
)
def test_a_broken_promise_is_seen(saves, revisions, told):
    assert any(told in wrong for wrong in consistency.wrongs(saves, revisions))


def test_a_kept_promise_is_none_that_is_broken():
    saves = [save(), save("w2x1z", Outcome.LOST), save("w3x1z", Outcome.CONFLICT)]
    kept = [
        FIRST,
        revision(2, "w1x1z", "w1x1z"),
        revision(3, "w1x1z w2x1z", "w2x1z"),
        revision(4, "Begun.", action="restore"),
    ]
    assert list(consistency.wrongs(saves, kept)) == []


@pytest.mark.parametrize(
    ("arrived", "told"),
    [
        ({"<1>": 1}, "<2> is lost"),
        ({"<1>": 1, "<2>": 1, "<3>": 1}, "<3> was never queued"),
        ({"<1>": 3, "<2>": 1}, "2 mails came again after 1 kills"),
        ({"<1>": 2, "<2>": 1}, ""),
    ],
)
def test_what_is_wrong_with_mails_is_seen(arrived, told):
    assert "".join(mails.wrongs(["<1>", "<2>"], arrived, kills=1)) == told
