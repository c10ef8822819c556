"""Names that nobody may take because somebody had them before, stored as hashes."""

from collections.abc import Collection
from hashlib import sha256

from sqlalchemy import or_, select, true, update
from sqlalchemy.orm import Session

from wiki.accounts.credentials.confusables import skeleton
from wiki.accounts.credentials.usernames import Username, username_key
from wiki.accounts.models import FormerName, User
from wiki.database import db, in_batches

MAX_LENGTH = 254  # characters; no name is longer
FORMER_MEMBER = "former-member-"  # followed by a number: the name of a closed account


def is_former_member(username: str | None) -> bool:
    """Whether a name is that of a closed account."""
    return bool(username and username.startswith(FORMER_MEMBER))


def looks_like_former_member(name: Username) -> bool:
    """Whether `name` looks like that of a closed account."""
    return name.looks.startswith(skeleton(FORMER_MEMBER))


def retire_name(session: Session, person: User, *, leads_to: User | None) -> None:
    """Reserve the current name of `person`, in the caller’s transaction.

    It then leads to the user `leads_to`, who may be the same person. If that is `None`, the
    owner of this and earlier names is forgotten.
    """
    looks = person.username_skeleton or skeleton(person.username)
    name = FormerName(key_hash=_hash(person.username_key), looks_hash=_hash(looks))
    name.user_id = leads_to.id if leads_to else None
    session.merge(name)
    if leads_to is None:
        mine = FormerName.user_id == person.id
        session.execute(update(FormerName).where(mine).values(user_id=None))


def is_former_name(session: Session, name: Username, *, by: int | None = None) -> bool:
    """Whether anybody but `by` had this name, or one that looks like it."""
    same = (
        FormerName.key_hash == _hash(name.key),
        FormerName.looks_hash == _hash(name.looks),
    )
    is_others = FormerName.user_id.is_distinct_from(by) if by else true()
    found = select(FormerName.key_hash).where(or_(*same), is_others).limit(1)
    return session.scalar(found) is not None


def renamed_user(username: str) -> User | None:
    """The user who had this name before. Takes any string."""
    former = FormerName.key_hash == _hash(username_key(username[:MAX_LENGTH]))
    person: User | None = db.session.scalar(
        select(User).join(FormerName, FormerName.user_id == User.id).where(former)
    )
    return person


def renamed_users(session: Session, keys: Collection[str]) -> dict[str, User]:
    """The users who had these names before, by key of the name."""
    hashes = {_hash(key): key for key in keys}
    former = select(FormerName.key_hash, User).join(User, User.id == FormerName.user_id)
    return {
        hashes[key_hash]: user
        for some in in_batches(hashes)
        for key_hash, user in session.execute(former.where(FormerName.key_hash.in_(some)))
    }


def _hash(name: str) -> str:
    return sha256(name.encode("utf-8", "replace")).hexdigest()
