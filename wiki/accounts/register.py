"""Adding a person: by themselves, or by who runs the wiki."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts import emails
from wiki.accounts.emails import clean_email
from wiki.accounts.errors import Refused
from wiki.accounts.invitations import check_door
from wiki.accounts.models import Role, User
from wiki.accounts.names import Username, clean_username
from wiki.accounts.passwords import check_password, hash_password
from wiki.accounts.people import is_address_taken, is_anybody_there, lock_people
from wiki.extensions import writing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed who wants an account."""

    username: str
    password: str = field(repr=False)
    email: str = ""


def register(wish: Wish, *, token: str = "") -> User:
    """Add a person who came by themselves; `token` is the invitation they hold, if any.

    The first one becomes administrator, later ones learners. Raises `Refused` with every problem
    at once, `RegistrationClosed`.
    """

    def role(name: Username, is_first: bool) -> Role:
        if is_first:
            return Role.ADMIN
        check_door(token)
        if name.is_reserved:
            raise Refused(username="reserved")
        return Role.LEARNER

    return _add(wish, role)


def add_person(wish: Wish, role: Role | None = None) -> User:
    """Add a person for whom the host answers. Without a role, as `register`. Raises `Refused`."""
    return _add(wish, lambda _name, is_first: role or (Role.ADMIN if is_first else Role.LEARNER))


def check_may_register(token: str) -> None:
    """`check_door`, which stands open while nobody is there. Raises `RegistrationClosed`."""
    if is_anybody_there():
        check_door(token)


def _add(wish: Wish, role: Callable[[Username, bool], Role]) -> User:
    name, email = check_wish(wish)
    stored = hash_password(wish.password)  # slow on purpose: not while others wait for the lock
    with writing() as session:
        lock_people(session)
        # Asked under the lock: of two who register at once, one is first.
        person = User(
            role=role(name, not is_anybody_there(session)),
            username=name.shown,
            username_key=name.key,
            email=email,
            email_key=emails.key_of(email) if email else None,
            password_hash=stored,
        )
        _refuse_taken(session, person)
        session.add(person)
    return person


def check_wish(wish: Wish) -> tuple[Username, str | None]:
    """The name and the address of `wish`. Raises `Refused` with every problem of form at once."""
    problems: dict[str, str] = {}

    def attempt(check: Callable[[], T]) -> T | None:
        try:
            return check()
        except Refused as refused:
            problems.update(refused.problems)
            return None

    name = attempt(lambda: clean_username(wish.username))
    email = attempt(lambda: clean_email(wish.email))
    attempt(lambda: check_password(wish.password, names=(wish.username, wish.email)))
    if problems or name is None:
        raise Refused(**problems)
    return name, email


def _refuse_taken(session: Session, person: User) -> None:
    problems = {}
    if session.scalar(select(User.id).where(User.username_key == person.username_key)):
        problems["username"] = "taken"
    if person.email_key and is_address_taken(session, person.email_key):
        problems["email"] = "taken"
    if problems:
        raise Refused(**problems)
