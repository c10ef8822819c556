"""The archive of a user’s data: a zip file with JSON, texts and files."""

import shutil
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select

from wiki.accounts.authentication.sessions import active_sessions
from wiki.accounts.models import Group, Membership, User
from wiki.accounts.openid.identities import identities_of
from wiki.accounts.passkeys.queries import passkeys_of
from wiki.accounts.privacy.personal_data import as_json, personal_data
from wiki.accounts.second_factor.factor import second_factor_of
from wiki.accounts.tokens.tokens import tokens_of
from wiki.database import db
from wiki.rate_limits import count_attempt

ARCHIVE_RATE = "5 per day"  # per user, since creating one may take a while


def make_archive(person: User) -> IO[bytes]:
    """A temporary zip file, positioned at its start. Raises `LimitReached`."""
    count_attempt(ARCHIVE_RATE, "archives", person.id)
    archive = TemporaryFile()  # noqa: SIM115  # the response closes it
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for name, content in _contents(person):
            with content, packed.open(name, "w", force_zip64=True) as target:
                shutil.copyfileobj(content, target)
    archive.seek(0)
    return archive


def _contents(person: User) -> Iterator[tuple[str, IO[bytes]]]:
    number = person.id
    yield "account.json", as_json(_account(person))
    yield (
        "sessions.json",
        as_json([_row(s, "device", "began_at", "used_at") for s in active_sessions(number)]),
    )
    for feature in personal_data():
        yield from feature.export(number)


def _account(person: User) -> dict[str, Any]:
    groups = select(Group.name).join(Membership, Membership.group_id == Group.id)
    factor = second_factor_of(person.id)
    token_facts = ("name", "scope", "created_at", "expires_at", "used_at")
    return {
        **_row(person, "username", "email", "email_confirmed_at", "role", "timezone", "created_at"),
        "groups": db.session.scalars(groups.where(Membership.user_id == person.id)).all(),
        "second_factor_since": factor.created_at if factor else None,
        "passkeys": [_row(key, "name", "created_at", "used_at") for key in passkeys_of(person.id)],
        "identities": [_row(i, "issuer", "subject", "linked_at") for i in identities_of(person.id)],
        "access_tokens": [_row(token, *token_facts) for token in tokens_of(person.id)],
    }


def _row(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
