"""The kinds of mail that features register, each with a function for its template's values."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from flask import Flask

from wiki.app_state import AppState

# Makes the values of `templates/mail/<kind>.txt` from a mail's parameters, `recipient` among them,
# when the mail is sent; `None` if it need not be sent any more.
MakeValues: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]

TEST = "test"

_KINDS = AppState[dict[str, MakeValues]]("mail_kinds", dict)


class UnknownKind(LookupError):
    """A kind of mail that isn't registered; another version of Nexus queued it."""


def register_mails(app: Flask, kinds: Mapping[str, MakeValues]) -> None:
    """Let `app` send these kinds of mail."""
    _KINDS.of(app).update(kinds)


def values_of(kind: str, parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The values of a mail's template; `None` for a mail that is no longer to be sent.

    Raises `UnknownKind`.
    """
    if kind == TEST:
        return {}
    make = _KINDS.current().get(kind)
    if make is None:
        raise UnknownKind(kind)
    return make(parameters)
