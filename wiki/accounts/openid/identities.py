"""Identities at the provider: their owners, linking and unlinking, and registering with one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from wiki.accounts.audit_log import log_event, register_actions
from wiki.accounts.credentials.usernames import MAX_USERNAME_LENGTH, clean_username
from wiki.accounts.errors import AccountRefused
from wiki.accounts.models import User
from wiki.accounts.openid.errors import IdentityNotFound, OpenidRefused
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.openid.protocol import OpenIDIdentity
from wiki.accounts.openid.sign_in_methods import check_other_sign_in_method
from wiki.accounts.registration.register import Registration, register_user
from wiki.accounts.users import check_name_is_free, lock_users
from wiki.database import db, write_transaction
from wiki.i18n import lazy as _l

register_actions(
    {"identity-linked": _l("Identity linked"), "identity-unlinked": _l("Identity unlinked")}
)


def user_of(identity: OpenIDIdentity) -> User | None:
    """The owner of an identity, matched by issuer and subject, never by e-mail address."""
    found: User | None = db.session.scalar(
        select(User)
        .join(ExternalIdentity, ExternalIdentity.user_id == User.id)
        .where(
            ExternalIdentity.issuer == identity.issuer,
            ExternalIdentity.subject == identity.subject,
        )
    )
    return found


def identities_of(user_id: int) -> Sequence[ExternalIdentity]:
    """The identities linked to an account, the newest first."""
    query = select(ExternalIdentity).where(ExternalIdentity.user_id == user_id)
    return db.session.scalars(query.order_by(ExternalIdentity.id.desc())).all()


def link_to_account(user_id: int, identity: OpenIDIdentity) -> None:
    """Let a user sign in with an identity. Raises `OpenidRefused` if it belongs to another
    account.
    """
    with write_transaction() as session:
        lock_users(session)
        holder = user_of(identity)
        if holder is None:
            _add(session, user_id, identity)
        elif holder.id != user_id:
            raise OpenidRefused("taken")


def unlink(user_id: int, number: int) -> None:
    """Remove an identity from an account. Raises `IdentityNotFound`, `LastSignInMethod`."""
    with write_transaction() as session:
        lock_users(session)
        found = session.get(ExternalIdentity, number)
        if found is None or found.user_id != user_id:
            raise IdentityNotFound(number)
        check_other_sign_in_method(session, found)
        session.delete(found)
        log_event(session, "identity-unlinked", by=user_id, about=user_id, subject=found.issuer)


def register_with_identity(
    identity: OpenIDIdentity, username: str, *, code: str = "", token: str = ""
) -> User:
    """Register somebody with an identity instead of a password, under the usual rules.

    `code` and `token` are as in `register_user`, whose errors it raises, besides
    `OpenidRefused`.
    """

    def add_identity(session: Session, person: User) -> None:
        if user_of(identity) is not None:
            raise OpenidRefused("taken")
        _add(session, person.id, identity)

    registration = Registration(
        username, None, identity.email, code, is_confirmed=bool(identity.email)
    )
    return register_user(registration, token=token, on_added=add_identity)


def suggested_name(identity: OpenIDIdentity) -> str:
    """A free username based on the name that the provider knows; empty if there is none."""
    wished = identity.name.partition("@")[0].strip().replace(" ", "-")[:MAX_USERNAME_LENGTH]
    try:
        name = clean_username(wished)
        check_name_is_free(db.session(), name)
    except AccountRefused:
        return ""
    return name.shown


def _add(session: Session, user_id: int, identity: OpenIDIdentity) -> None:
    session.add(ExternalIdentity(user_id=user_id, issuer=identity.issuer, subject=identity.subject))
    log_event(session, "identity-linked", by=user_id, about=user_id, subject=identity.issuer)
