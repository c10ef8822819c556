"""Author names of imported changes, and assigning those changes to an account.

An import matches authors by confirmed e-mail addresses only, so that nobody can claim others’
work. Whoever runs the wiki may know better.
"""

from sqlalchemy import func, select, update

from wiki.accounts.audit_log import log_event
from wiki.accounts.errors import UserNotFound
from wiki.accounts.privacy.personal_data import personal_data
from wiki.accounts.users import get_user, lock_users
from wiki.database import db, write_transaction
from wiki.pages.models import Page, Revision

_IS_NOBODYS = (Revision.author_id.is_(None), Revision.author_name.is_not(None))


class AuthorNotFound(LookupError):
    """No imported change without an account has an author of this name."""


def list_authors() -> list[tuple[str, int]]:
    """Authors without an account and the number of their changes, most changes first."""
    count = func.count()
    query = select(Revision.author_name, count).where(*_IS_NOBODYS)
    rows = db.session.execute(
        query.group_by(Revision.author_name).order_by(count.desc(), Revision.author_name)
    )
    return [(row[0] or "", row[1]) for row in rows]


def count_changes_of(author: str) -> int:
    """The number of changes by this author. Raises `AuthorNotFound`."""
    query = select(func.count()).where(*_IS_NOBODYS, Revision.author_name == author)
    count = db.session.scalar(query)
    if not count:
        raise AuthorNotFound(author)
    return count


def assign_author(author: str, username: str) -> int:
    """Assign the changes by `author` to an account, permanently; returns their number.

    Raises `AuthorNotFound`, `UserNotFound`.
    """
    with write_transaction() as session:
        lock_users(session)
        person = get_user(username)
        if person.closed_at is not None:
            raise UserNotFound(username)
        count = count_changes_of(author)
        theirs = update(Revision).where(*_IS_NOBODYS, Revision.author_name == author)
        session.execute(theirs.values(author_id=person.id, author_name=None))
        is_current = (
            select(Revision.id)
            .where(
                Revision.page_id == Page.id,
                Revision.number == Page.revision_count,
                Revision.author_id == person.id,
            )
            .exists()
        )
        shown = update(Page).where(Page.updated_by_id.is_(None), is_current)
        session.execute(
            shown.values(updated_by_id=person.id), execution_options={"synchronize_session": False}
        )
        for feature in personal_data():
            feature.rename(session, person.id)
        log_event(session, "author-assigned", by=None, about=person.id, subject=str(count))
    return count
