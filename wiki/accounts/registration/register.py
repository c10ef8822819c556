"""Adding users: by registration, or by whoever runs the wiki."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app
from sqlalchemy.orm import Session

from wiki.accounts.authentication.login_limits import limit_registration
from wiki.accounts.credentials.emails import clean_email
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.credentials.usernames import Username, clean_username, looks_reserved
from wiki.accounts.errors import AccountRefused, problems_into
from wiki.accounts.mails import may_confirm, queue_confirmation
from wiki.accounts.models import Role, User
from wiki.accounts.registration.invitations import check_invitation, use_invitation
from wiki.accounts.registration.setup_code import check_setup_code, needs_setup_code
from wiki.accounts.users import check_name_is_free, has_users, lock_users, login_email_key
from wiki.app_state import AppState, current_settings
from wiki.database import write_transaction

_IS_INHABITED = AppState("is_inhabited", bool)


@dataclass(frozen=True, slots=True)
class Registration:
    """The input of a registration."""

    username: str
    password: str = field(repr=False)
    email: str = ""
    code: str = ""  # from the first user, see `setup_code`


# The role of a new user, and the invitation they used.
Admission = tuple[Role, int | None]


def register_user(registration: Registration, *, token: str = "") -> User:
    """Register a user; `token` is their invitation, if any.

    The first one becomes administrator, later ones learners. Raises `AccountRefused` with every
    problem at once, `RegistrationClosed`, `LimitReached`.
    """

    def place(session: Session, name: Username, is_first: bool) -> Admission:
        if is_first:
            if needs_setup_code():
                check_setup_code(registration.code)
            return Role.ADMIN, None
        invitation = use_invitation(session, token)
        if looks_reserved(name):
            raise AccountRefused(username="reserved")
        return Role.LEARNER, invitation

    with limit_registration(is_invited=check_may_register(token)):
        return _add(registration, place)


def add_user(registration: Registration, role: Role | None = None) -> User:
    """Add a user on behalf of the host; without a role, the one that `register_user` gives.

    Raises `AccountRefused`.
    """

    def place(_session: Session, _name: Username, is_first: bool) -> Admission:
        return role or (Role.ADMIN if is_first else Role.LEARNER), None

    return _add(registration, place)


def check_may_register(token: str) -> bool:
    """Whether `token` is a valid invitation. Raises `RegistrationClosed`.

    While nobody is registered everybody may; they are asked for the setup code later.
    """
    return check_invitation(token) if has_users() else False


def offers_registration() -> bool:
    """Whether pages offer strangers to register: if it is open, or nobody is registered yet."""
    if current_settings().registration == "open":
        return True
    if not _IS_INHABITED.current():
        _IS_INHABITED.put(current_app, has_users())
    return not _IS_INHABITED.current()


def _add(registration: Registration, place: Callable[[Session, Username, bool], Admission]) -> User:
    name, email = check_registration(registration)
    # Slow on purpose: not while others wait for the lock.
    stored = hash_password(registration.password)
    is_confirming = may_confirm(email)
    with write_transaction() as session:
        lock_users(session)
        # Checked under the lock: of two who register at once, one comes first.
        check_name_is_free(session, name)
        role, invitation_id = place(session, name, not has_users(session))
        person = User(
            role=role,
            invitation_id=invitation_id,
            username=name.shown,
            username_key=name.key,
            username_skeleton=name.looks,
            email=email,
            email_key=login_email_key(session, email),
            password_hash=stored,
        )
        session.add(person)
        if is_confirming:
            session.flush()  # gives an id
            queue_confirmation(session, person)
    return person


def check_registration(registration: Registration) -> tuple[Username, str | None]:
    """The cleaned name and address. Raises `AccountRefused` with every problem at once."""
    problems: dict[str, str] = {}
    with problems_into(problems):
        name = clean_username(registration.username)
    with problems_into(problems):
        email = clean_email(registration.email)
    with problems_into(problems):
        check_password(registration.password, names=(registration.username, registration.email))
    if problems:
        raise AccountRefused(**problems)
    return name, email
