"""Who may register, and adding users by registration or on behalf of the host."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.authentication.login_limits import limit_registration
from wiki.accounts.credentials.emails import clean_email
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.credentials.usernames import Username, clean_username, looks_reserved
from wiki.accounts.email_confirmation import take_over_key
from wiki.accounts.errors import AccountRefused, RegistrationClosed, problems_into
from wiki.accounts.mails import may_confirm, queue_confirmation
from wiki.accounts.models import Invitation, Membership, Role, User
from wiki.accounts.privacy.former_names import looks_like_former_member
from wiki.accounts.registration.address_proof import has_account
from wiki.accounts.registration.invitations import has_number, invitation_problem, use_invitation
from wiki.accounts.registration.setup_code import check_setup_code, needs_setup_code
from wiki.accounts.registration_settings import REGISTRATION_DOMAINS, registration_mode
from wiki.accounts.users import check_name_is_free, has_users, lock_users, login_email_key
from wiki.app_state import AppState, wiki_name
from wiki.database import utcnow, write_transaction
from wiki.i18n import lazy as _l
from wiki.mail.sender_settings import can_mail

_IS_INHABITED = AppState("is_inhabited", bool)

register_actions({"registered": _l("Account created")})


@dataclass(frozen=True, slots=True)
class Registration:
    """The input of a registration."""

    username: str
    password: str | None = field(repr=False)  # `None` for people who sign in by other means
    email: str = ""
    code: str = ""  # only for the first user; see `setup_code`
    is_confirmed: bool = False  # whether the address is proven; see `address_proof`


OnUserAdded: TypeAlias = Callable[[Session, User], None]


@dataclass(frozen=True, slots=True)
class Admission:
    """The role of a new user, and the invitation that they used."""

    role: Role = Role.LEARNER
    invitation: Invitation | None = None


def register_user(
    registration: Registration, *, token: str = "", on_added: OnUserAdded | None = None
) -> User:
    """Register a user; `token` is their invitation, if any.

    `on_added` is called in the transaction with the new user. The first user becomes an
    administrator; later ones get the role and the groups of their invitation, or become learners
    without one. Raises `AccountRefused` with every problem at once, `RegistrationClosed`,
    `LimitReached`.
    """
    email = registration.email if registration.is_confirmed else ""

    def place(session: Session, name: Username, is_first: bool) -> Admission:
        if is_first:
            if needs_setup_code():
                check_setup_code(registration.code)
            return Admission(Role.ADMIN)
        if email and has_account(email, session):
            raise RegistrationClosed("registered")
        is_invited = check_may_register(token, email, session)
        invitation = use_invitation(session, token) if is_invited else None
        if looks_reserved(name) or looks_like_former_member(name):
            raise AccountRefused(username="reserved")
        return Admission(Role(invitation.role), invitation) if invitation else Admission()

    # A link to an address admits one person, and was counted when it was mailed.
    is_invited = check_may_register(token, email)
    with limit_registration(is_numbered=bool(email) or (is_invited and has_number(token))):
        return _add(registration, place, on_added)


def add_user(registration: Registration, role: Role | None = None) -> User:
    """Add a user on behalf of the host; without a role, `register_user` decides it.

    Raises `AccountRefused`.
    """

    def place(_session: Session, _name: Username, is_first: bool) -> Admission:
        return Admission(role or (Role.ADMIN if is_first else Role.LEARNER))

    return _add(registration, place)


def check_may_register(token: str, email: str = "", session: Session | None = None) -> bool:
    """Whether `token`, which may be empty, is a valid invitation of somebody who may register.

    `email` is an address that was proven. Raises `RegistrationClosed` if they may not register.
    As long as there is no user, everybody may; the setup code is checked later.
    """
    if not has_users(session):
        return False
    mode = registration_mode()
    if mode == "closed":
        raise RegistrationClosed("closed")
    problem = invitation_problem(token)
    if problem is None:
        return True
    if mode == "invite":
        raise RegistrationClosed(problem)
    if mode == "domain" and not REGISTRATION_DOMAINS.current().admit(email):
        raise RegistrationClosed(problem if token and not email else "domain")
    return False


def asks_for_address(token: str, email: str) -> bool:
    """Whether somebody has to prove an address before registering."""
    is_by_domain = registration_mode() == "domain" and can_mail()
    return is_by_domain and not (token or email) and has_users()


def offers_registration() -> bool:
    """Whether pages offer registration to anonymous readers.

    They do if anybody may register, or people with an address in certain domains, or if there is
    no user yet.
    """
    try:
        if registration_mode() in ("open", "domain"):
            return True
    except SQLAlchemyError:  # storage errors are shown on pages without the link
        return False
    if not _IS_INHABITED.current():
        _IS_INHABITED.put(current_app, has_users())
    return not _IS_INHABITED.current()


def _add(
    registration: Registration,
    place: Callable[[Session, Username, bool], Admission],
    on_added: OnUserAdded | None = None,
) -> User:
    name, email = check_registration(registration)
    # Slow on purpose, so done before taking the lock.
    password = registration.password
    stored = None if password is None else hash_password(password)
    is_confirming = not registration.is_confirmed and may_confirm(email)
    with write_transaction() as session:
        lock_users(session)
        # Checked under the lock: only one of two simultaneous registrations is the first.
        check_name_is_free(session, name)
        admission = place(session, name, not has_users(session))
        person = User(
            role=admission.role,
            invitation_id=admission.invitation.id if admission.invitation else None,
            username=name.shown,
            username_key=name.key,
            username_skeleton=name.looks,
            email=email,
            email_key=login_email_key(session, email),
            password_hash=stored,
        )
        session.add(person)
        session.flush()  # assigns the id
        log_event(session, "registered", by=None, about=person.id, subject=person.role)
        if admission.invitation:
            _join_groups(session, person, admission.invitation)
        if registration.is_confirmed and email:
            person.email_confirmed_at = utcnow()
            take_over_key(session, person)
        if is_confirming:
            queue_confirmation(session, person)
        if on_added:
            on_added(session, person)
    return person


def _join_groups(session: Session, person: User, invitation: Invitation) -> None:
    by = invitation.made_by_id
    for group in invitation.groups:
        session.add(Membership(group_id=group.id, user_id=person.id, added_by_id=by))
        log_event(session, "group-joined", by=by, about=person.id, subject=group.name)


def check_registration(registration: Registration) -> tuple[Username, str | None]:
    """The normalized name and address. Raises `AccountRefused` with every problem at once."""
    problems: dict[str, str] = {}
    with problems_into(problems):
        name = clean_username(registration.username)
    with problems_into(problems):
        email = clean_email(registration.email)
    with problems_into(problems):
        own = (registration.username, registration.email, wiki_name())
        if registration.password is not None:
            check_password(registration.password, names=own)
    if problems:
        raise AccountRefused(**problems)
    return name, email
