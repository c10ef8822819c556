"""The kinds of mail: what each feature has to say, and the values of its template."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from flask import Flask

from wiki.app_state import AppState

# Of a mail's parameters, the values of `templates/mail/<kind>.txt`, made when it is sent; `None`
# where there is nothing to say any more. `recipient` is among the parameters.
MakeValues: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any] | None]

TEST = "test"

_KINDS = AppState[dict[str, MakeValues]]("mail_kinds", dict)


class UnknownKind(LookupError):
    """A mail of another version of Nexus."""


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
