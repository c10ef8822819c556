"""Renaming a user, with another e-mail address or none."""

from wiki.accounts.credentials.emails import clean_email
from wiki.accounts.credentials.usernames import clean_username
from wiki.accounts.errors import UserNotFound
from wiki.accounts.models import User
from wiki.accounts.users import check_name_is_free, lock_users, login_email_key, user_by_name
from wiki.database import overwrite_deleted, write_transaction


def rename_user(username: str, new_name: str, *, email: str | None = None) -> User:
    """Rename a user; everything they wrote appears under the new name from now on.

    `email` is their new address, empty for none; `None` leaves it. Raises `UserNotFound`,
    `AccountRefused`.
    """
    name = clean_username(new_name)
    address = clean_email(email) if email else None
    with write_transaction() as session:
        overwrite_deleted(session)
        lock_users(session)
        person = user_by_name(username)
        if person is None:
            raise UserNotFound(username)
        check_name_is_free(session, name, by=person.id)
        person.username, person.username_key = name.shown, name.key
        person.username_skeleton = name.looks
        if email is not None:
            person.email = address
            person.email_key = login_email_key(session, address, by=person.id)
    return person
