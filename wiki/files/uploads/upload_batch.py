"""The files of one request, each of which is accepted or refused separately."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import FileStorage

from wiki.access.permissions import Viewer
from wiki.config import MEGABYTE, Settings
from wiki.files import write
from wiki.files.errors import FileRefused
from wiki.files.messages import status_of
from wiki.files.names import sanitize_filename
from wiki.files.page_gateway import check_may_edit_files_of
from wiki.files.queries import FileView, get_file
from wiki.rate_limits import count_attempt

MAX_FILES = 20  # in one request
UPLOAD_RATE = "60 per minute"  # requests of one person; each pasted picture is a request
MAX_LARGE_FILES = 5  # files of the largest size that fit into one request


@dataclass
class UploadResult:
    """The accepted files, and the refused ones by name with the reason."""

    taken: list[FileView] = field(default_factory=list)
    refused: list[tuple[str, FileRefused]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The HTTP status: 200, or the one for the first refused file."""
        return status_of(self.refused[0][1]) if self.refused else 200


def count_upload(viewer: Viewer) -> None:
    """Count a request with files, from a form or an API client. Raises `LimitReached`."""
    count_attempt(UPLOAD_RATE, "uploads", viewer.user_id, what="saves")


def receive_uploads(
    sent: Sequence[FileStorage], viewer: Viewer, *, page_id: int | None, replaces: int | None = None
) -> UploadResult:
    """Store uploaded files as new files, or as a new version of file `replaces`.

    Raises `FileNotThere`, `Forbidden`, `StoreUnavailable`, `StorageUnavailable`.
    """
    outcome = UploadResult()
    home = page_id if replaces is None else get_file(viewer, replaces).page_id
    check_may_edit_files_of(viewer, home)
    # A form without a chosen file sends one without a name.
    files = [file for file in sent if file.filename]
    if not files:
        outcome.refused.append(("", FileRefused("no-file")))
    if replaces is not None and len(files) > 1:
        outcome.refused.append(("", FileRefused("one-only")))
        return outcome
    for number, file in enumerate(files):
        name = sanitize_filename(file.filename or "")
        try:
            if number >= MAX_FILES:
                raise FileRefused("too-many", limit=MAX_FILES)
            file_id = _take(file, name, viewer, page_id, replaces)
        except FileRefused as error:
            outcome.refused.append((name, error))
        else:
            outcome.taken.append(get_file(viewer, file_id))
    return outcome


def _take(
    file: FileStorage, name: str, viewer: Viewer, page_id: int | None, replaces: int | None
) -> int:
    if replaces is None:
        return write.upload_file(file.stream, name, page_id=page_id, by=viewer.user_id)
    write.replace_content(replaces, file.stream, name, by=viewer.user_id)
    return replaces


def request_limit(settings: Settings) -> int:
    """The size limit of requests with files, in bytes."""
    return (MAX_LARGE_FILES * settings.upload_limit + 1) * MEGABYTE
