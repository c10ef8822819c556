"""Changes that people make to their own account."""

from wiki.accounts.audit_log import log_event
from wiki.accounts.authentication import login_limits
from wiki.accounts.authentication.reauthentication import (
    check_current_password,
    password_problem,
)
from wiki.accounts.authentication.sessions import checks_key, is_remembered, sign_in
from wiki.accounts.credentials.emails import clean_email, is_same_address
from wiki.accounts.credentials.passwords import check_password, hash_password
from wiki.accounts.credentials.usernames import clean_username, looks_reserved
from wiki.accounts.errors import AccountRefused, problems_into
from wiki.accounts.mails import count_confirmation, may_confirm, queue_confirmation
from wiki.accounts.models import User
from wiki.accounts.privacy.former_names import looks_like_former_member, retire_name
from wiki.accounts.privacy.personal_data import personal_data
from wiki.accounts.users import check_name_is_free, lock_users, replace_email, replace_password
from wiki.app_state import wiki_name
from wiki.database import write_transaction
from wiki.rate_limits import count_attempt

RENAME_RATE = "3 per 30 day"  # per user, so that others can still recognize them


def change_account(
    person: User, *, current_password: str, password: str = "", email: str | None = None
) -> bool:
    """Change the user’s password (empty: keep) and e-mail address (`None`: keep, empty: remove).

    Returns whether a confirmation link was mailed to a new address. A new password ends all
    other sessions; the browser of this request stays signed in. Raises `AccountRefused` with
    every problem at once, `LimitReached`.
    """
    number = person.id
    cleaned = _checked_change(person, current_password, password, email)
    stored, checked = hash_password(password) if password else None, person.password_hash
    is_confirming = _is_unconfirmed(person, cleaned) and may_confirm(cleaned)
    with write_transaction() as database:
        lock_users(database)  # an address belongs to one account
        person = database.get_one(User, number, populate_existing=True)
        if person.password_hash != checked:  # the password was reset in the meantime
            raise AccountRefused(current_password="wrong")  # noqa: S106  # a reason
        if stored:  # first, since the former address gets a notice
            replace_password(database, person, stored, by=number)
        if email is not None:
            replace_email(database, person, cleaned, by=number)
            if is_confirming:
                queue_confirmation(database, person)
    if stored:
        sign_in(person, remember=is_remembered(), action="")
    return is_confirming


def _is_unconfirmed(person: User, new: str | None) -> bool:
    """Whether `new` is an address that has to be confirmed first."""
    if new is None or new == person.email:
        return False
    return person.email_confirmed_at is None or not is_same_address(new, person.email or "")


def send_confirmation(person: User) -> bool:
    """Mail `person` another confirmation link; returns whether there is an address to confirm.

    Raises `LimitReached`.
    """
    if not person.email or person.email_confirmed_at is not None:
        return False
    number = person.id
    count_confirmation(person.email)
    with write_transaction() as database:
        queue_confirmation(database, database.get_one(User, number))
    return True


def _checked_change(
    person: User, current_password: str, password: str, email: str | None
) -> str | None:
    """The new address, if any. Raises `AccountRefused`, `LimitReached`."""
    problems: dict[str, str] = {}
    cleaned = None
    with problems_into(problems):
        cleaned = clean_email(email or "")
    with problems_into(problems):
        if password:
            own = (person.username, email or person.email or "", wiki_name())
            check_password(password, names=own)
    with problems_into(problems), login_limits.limit_password_checks(person.id, checks_key()):
        if reason := password_problem(person.id, person.password_hash, current_password):
            raise AccountRefused(current_password=reason)
    if problems:
        raise AccountRefused(**problems)
    return cleaned


def change_username(person: User, new_name: str, current_password: str) -> str:
    """Rename `person`, including on everything they have written; returns the new name.

    The former name leads to them, and nobody else can take it. Raises `AccountRefused`,
    `LimitReached`.
    """
    number = person.id
    check_current_password(person, current_password)
    name = clean_username(new_name)
    if looks_reserved(name) or looks_like_former_member(name):
        raise AccountRefused(username="reserved")
    with write_transaction() as session:
        lock_users(session)
        check_name_is_free(session, name, by=number)
        person = session.get_one(User, number)
        if name.shown == person.username:
            return name.shown
        count_attempt(RENAME_RATE, "renames", number)
        if name.key != person.username_key:
            retire_name(session, person, leads_to=person)
        person.username, person.username_key = name.shown, name.key
        person.username_skeleton = name.looks
        for feature in personal_data():
            feature.rename(session, number)
        log_event(session, "renamed", by=number, about=number)
    return name.shown


def set_timezone(person: User, name: str) -> None:
    """Show times to `person` in the IANA time zone `name`; empty for that of each device."""
    number = person.id
    with write_transaction() as database:
        database.get_one(User, number).timezone = name or None
