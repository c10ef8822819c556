"""Votes on challenges, "same problem here" and "worked for me": one of each per person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, delete, func, select

from wiki.community.challenges.models import SAME, WORKED, ChallengeVote
from wiki.community.challenges.solution import author_of_challenge
from wiki.database import db, insert_into, utcnow, write_transaction
from wiki.kinds.kind import FieldType, KindField
from wiki.kinds.values import read_typed
from wiki.pages.models import Page
from wiki.pages.queries.page_extras import raise_activity

VOTE_RATE = "60 per minute"  # votes of one person, through browser and API together
MOST_VERSIONS = 12  # shown on a page, those with the most votes first

# Separators; a version is one line without hidden characters, so it can't contain them.
_UNIT, _RECORD = "\x1f", "\x1e"
_VERSION = KindField("version", "", FieldType.VERSION)


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on a challenge, with the days (UTC) of the last ones.

    `same` counts who has the problem, `worked` for whom the solution worked. `versions` are those
    that it worked on, each with the number of people.
    """

    same: int = 0
    same_last: date | None = None
    worked: int = 0
    worked_last: date | None = None
    versions: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OwnVotes:
    """One person's votes on a challenge, with their times in UTC."""

    same_at: datetime | None = None
    worked_at: datetime | None = None
    version: str = ""


def clean_version(typed: str) -> str:
    """A version as it is stored; may be empty. Raises `wiki.kinds.values.ValueRefused`."""
    return str(read_typed(_VERSION, [typed]))


def cast_vote(page_id: int, user_id: int, vote: str, version: str = "") -> bool:
    """Store a vote (`same` or `worked`), at most one per person; returns whether anything changed.

    A "same" vote of the challenge's author isn't counted. `version`, from `clean_version`, replaces
    an earlier one. Raises `StorageUnavailable`.
    """
    row = {"page_id": page_id, "user_id": user_id, "vote": vote}
    if vote == SAME and user_id == author_of_challenge(page_id):
        return False
    with write_transaction() as session:
        said = session.get(ChallengeVote, tuple(row[key] for key in ("page_id", "vote", "user_id")))
        if said is not None and said.version == version:
            return False
        new = insert_into(session, ChallengeVote).values(**row, version=version, voted_at=utcnow())
        session.execute(
            new.on_conflict_do_update(
                index_elements=["page_id", "vote", "user_id"],
                set_={"version": new.excluded.version, "voted_at": new.excluded.voted_at},
            )
        )
        raise_activity(session, page_id)
    return True


def remove_vote(page_id: int, user_id: int, vote: str) -> bool:
    """Delete a person's vote; returns whether there was one. Raises `StorageUnavailable`."""
    vote_of = (ChallengeVote.page_id == page_id, ChallengeVote.user_id == user_id)
    with write_transaction() as session:
        gone = session.execute(
            delete(ChallengeVote)
            .where(*vote_of, ChallengeVote.vote == vote)
            .returning(ChallengeVote.page_id)
        ).all()
        if gone:
            raise_activity(session, page_id)
    return bool(gone)


def own_votes(page_id: int, user_id: int) -> OwnVotes:
    """This person's votes on the challenge."""
    rows = db.session.scalars(
        select(ChallengeVote).where(
            ChallengeVote.page_id == page_id, ChallengeVote.user_id == user_id
        )
    )
    said = {row.vote: row for row in rows}
    same, worked = said.get(SAME), said.get(WORKED)
    return OwnVotes(
        same.voted_at if same else None,
        worked.voted_at if worked else None,
        worked.version if worked else "",
    )


def count_same() -> ColumnElement[int]:
    """How many people have the problem, as a column for a statement on `Page`."""
    return _count(SAME)


def count_worked() -> ColumnElement[int]:
    """For how many people the solution worked, as a column for a statement on `Page`."""
    return _count(WORKED)


def _count(vote: str) -> ColumnElement[int]:
    votes = select(func.count()).where(ChallengeVote.page_id == Page.id, ChallengeVote.vote == vote)
    return votes.correlate(Page).scalar_subquery()


def tally_column() -> ColumnElement[Any]:
    """All votes on a page as one string for `tally_of`, as a column for a statement on `Page`."""
    vote = ChallengeVote
    groups = (
        select(
            vote.vote,
            vote.version,
            func.count().label("people"),
            func.max(vote.voted_at).label("last"),
        )
        .where(vote.page_id == Page.id)
        .group_by(vote.vote, vote.version)
        .correlate(Page)
        .subquery()
    )
    day = func.substr(cast(groups.c.last, String), 1, 10)
    people = cast(groups.c.people, String)
    parts = groups.c.vote + _UNIT + people + _UNIT + day + _UNIT + groups.c.version
    return select(func.aggregate_strings(parts, _RECORD)).scalar_subquery()


def tally_of(text: str | None) -> Tally:
    """Parse a value of `tally_column`."""
    rows = [record.split(_UNIT) for record in text.split(_RECORD)] if text else []
    same = [row for row in rows if row[0] == SAME]
    worked = [row for row in rows if row[0] == WORKED]
    versions = [(row[3], int(row[1])) for row in worked if row[3]]
    versions.sort(key=lambda each: (-each[1], each[0]))
    return Tally(
        _people(same), _last(same), _people(worked), _last(worked), tuple(versions[:MOST_VERSIONS])
    )


def load_tally(page_id: int) -> Tally:
    """The votes on one page."""
    query = select(tally_column()).select_from(Page).where(Page.id == page_id)
    return tally_of(db.session.scalar(query))


def _people(rows: Iterable[list[str]]) -> int:
    return sum(int(row[1]) for row in rows)


def _last(rows: Iterable[list[str]]) -> date | None:
    days = [row[2] for row in rows]
    return date.fromisoformat(max(days)) if days else None
