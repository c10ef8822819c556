"""Headers that are written without folding or encoding, as mail programs need them."""

from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.policy import SMTP, Policy
from typing import Any, cast

MAX_HEADER_LENGTH = 900  # characters; RFC 5322 allows 998 in a line


class _UnfoldedHeader(UnstructuredHeader):
    """A header that is written as it is: encoded words would break a URL in it."""

    name: str

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("list-unsubscribe", "list-unsubscribe-post", "in-reply-to", "references"):
    _HEADERS.map_to_type(_name, cast(Any, _UnfoldedHeader))

MAIL_POLICY = SMTP.clone(header_factory=_HEADERS)


def checked_value(value: str) -> str:
    """Return `value` if it can be written as it is. Raises `ValueError`."""
    if not (value.isascii() and value.isprintable() and len(value) < MAX_HEADER_LENGTH):
        raise ValueError("no value of a header")
    return value
