"""Names that nobody may take, since somebody had them. Stored as hashes, so that they are gone."""

from hashlib import sha256

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from wiki.accounts.credentials.confusables import skeleton
from wiki.accounts.credentials.usernames import Username
from wiki.accounts.models import FormerName, User

FORMER_MEMBER = "former-member-"  # and a number: what closed accounts are called


def is_former_member(username: str | None) -> bool:
    return bool(username and username.startswith(FORMER_MEMBER))


def looks_like_former_member(name: Username) -> bool:
    """Whether `name` passes for that of a closed account."""
    return name.looks.startswith(skeleton(FORMER_MEMBER))


def retire_name(session: Session, person: User) -> None:
    """Keep others from the present name of `person`, in the caller's transaction."""
    looks = person.username_skeleton or skeleton(person.username)
    session.merge(FormerName(key_hash=_hash(person.username_key), looks_hash=_hash(looks)))


def is_former_name(session: Session, name: Username) -> bool:
    """Whether somebody was called so, or so that it looks alike."""
    same = (
        FormerName.key_hash == _hash(name.key),
        FormerName.looks_hash == _hash(name.looks),
    )
    return session.scalar(select(FormerName.key_hash).where(or_(*same)).limit(1)) is not None


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8", "replace")).hexdigest()
