"""Finds the account of a commit’s author."""

from sqlalchemy import select

from wiki.accounts.credentials.emails import email_key, is_same_address
from wiki.accounts.models import User
from wiki.database import db
from wiki.git.history.commits import CommitChanges


class AuthorMatcher:
    """Matches authors by confirmed e-mail addresses only, so that nobody can claim others’ work."""

    def __init__(self) -> None:
        self._known: dict[str, int | None] = {}

    def match(self, commit: CommitChanges) -> tuple[int | None, str]:
        """The id of the author’s account and an empty name, or `None` and the author’s name."""
        if commit.email not in self._known:
            self._known[commit.email] = _account_with(commit.email)
        account = self._known[commit.email]
        return account, "" if account else commit.author


def _account_with(email: str) -> int | None:
    if not email:
        return None
    found = db.session.execute(
        select(User.id, User.email).where(
            User.email_key == email_key(email),
            User.email_confirmed_at.is_not(None),
            User.closed_at.is_(None),
        )
    ).one_or_none()
    return found.id if found and is_same_address(found.email, email) else None
