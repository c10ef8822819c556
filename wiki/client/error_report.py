"""What `nexus why` sends of an error: no line of code, no value, nobody's name."""

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

MAX_WORDS = 600  # characters of a question: an address of 4,000 bytes has to hold it, escaped
MAX_TITLE = 120  # characters of the title of a new challenge


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """`text` tells the error to people, `words` are what the hub searches for.

    `fingerprints`: that of the error, and that of its last line alone.
    """

    text: str
    words: str
    fingerprints: tuple[str, ...]

    @property
    def title(self) -> str:
        """One line, for a challenge."""
        return self.text.partition("\n")[0][:MAX_TITLE].strip()


def report_of(output: str, redactor: Redactor, *, with_values: bool = False) -> ErrorReport | None:
    """The report of the error that the output of a program tells of; `None` if it tells of none.

    Without values, whatever is quoted and each number, path and address of the message is left out
    as well; with them, only what looks like a secret, an address or a name.
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
