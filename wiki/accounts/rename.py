"""Giving a person another name, and another e-mail address or none."""

from wiki.accounts.emails import clean_email
from wiki.accounts.errors import PersonNotFound
from wiki.accounts.models import User
from wiki.accounts.usernames import clean_username
from wiki.accounts.users import key_to_sign_in, lock_people, person_by_name, refuse_taken
from wiki.extensions import overwrite_deleted, write_transaction


def rename_person(username: str, new_name: str, *, email: str | None = None) -> User:
    """Everything that the person wrote stands under the new name from now on.

    `email` is their new address; empty, they have none; `None` leaves it. Raises
    `PersonNotFound`, `Refused`.
    """
    name = clean_username(new_name)
    address = clean_email(email) if email else None
    with write_transaction() as session:
        overwrite_deleted(session)
        lock_people(session)
        person = person_by_name(username)
        if person is None:
            raise PersonNotFound(username)
        refuse_taken(session, name, by=person.id)
        person.username, person.username_key = name.shown, name.key
        person.username_skeleton = name.looks
        if email is not None:
            person.email = address
            person.email_key = key_to_sign_in(session, address, by=person.id)
    return person
