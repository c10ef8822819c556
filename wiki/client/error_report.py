"""The part of an error that `nexus why` sends: no source lines, no values, no names of people."""

from dataclasses import dataclass, replace

from wiki.client.redaction import REDACTED, Redactor
from wiki.fingerprints.fingerprint import (
    fingerprint_of,
    main_error,
    significant_frames,
    without_trace,
)
from wiki.fingerprints.identities import without_host
from wiki.fingerprints.messages import with_holes
from wiki.fingerprints.model import LibraryFrame
from wiki.fingerprints.reported_errors import report_error

MAX_WORDS = 600  # characters of a query: percent-encoded, it has to fit into a URL of 4,000 bytes
MAX_TITLE = 120  # characters of the title of a new challenge


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error, redacted: `text` is for people, `words` are the hub's search query.

    `fingerprints` holds that of the whole error, then that of its last line alone.
    """

    text: str
    words: str
    fingerprints: tuple[str, ...]

    @property
    def title(self) -> str:
        """The title of a challenge about the error: one line of at most `MAX_TITLE` characters."""
        return self.text.partition("\n")[0][:MAX_TITLE].strip()


def report_of(output: str, redactor: Redactor, *, with_values: bool = False) -> ErrorReport | None:
    """The report of the last error in a program's output; `None` if there is none.

    What looks like a secret, an address or a name is always removed. Unless `with_values`,
    quotations, numbers, paths and addresses in the message are removed too.
    """
    error = main_error(output)
    if error is None:
        return None
    message = redactor.redact_message(without_host(error.name, error.message, REDACTED))
    frames = tuple(
        LibraryFrame(redactor.redact(frame.module), redactor.redact(frame.function))
        for frame in significant_frames(error.frames)
    )
    redacted = replace(error, name=redactor.redact(error.name), message=message, frames=frames)
    prints = (fingerprint_of(each) for each in (redacted, without_trace(redacted)))
    shown = replace(redacted, message=message if with_values else with_holes(message))
    calls = " ".join(f"{frame.module} {frame.function}" for frame in frames)
    return ErrorReport(
        report_error(shown),
        f"{shown.name}: {shown.message} {calls}".strip()[:MAX_WORDS],
        tuple(dict.fromkeys(each.hash for each in prints if each)),
    )
