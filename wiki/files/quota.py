"""Limits how many bytes of files one person may store."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from wiki.access.save_limits import quota_in_bytes
from wiki.accounts.models import User
from wiki.app_state import current_settings
from wiki.database import FOR_CHANGE
from wiki.files.errors import FileRefused
from wiki.files.models import PROPOSED, FileContent, FileVersion

_SENT = ("upload", "replace", PROPOSED)  # actions that upload a content


def check_file_quota(session: Session, by: int | None, size: int) -> None:
    """Check that user `by` may store `size` more bytes. Raises `FileRefused` (`quota`).

    `None` means the operator of the wiki, who has no quota.
    """
    if by is None:
        return
    # Two uploads of one person at once wait for each other here, or both would fit.
    role = session.scalar(select(User.role).where(User.id == by).with_for_update(**FOR_CHANGE))
    used, quota = used_bytes(session, by), quota_in_bytes(current_settings().upload_quota, role)
    if used + size > quota:
        raise FileRefused("quota", used=used, limit=quota)


def used_bytes(session: Session, user_id: int) -> int:
    """The bytes of everything a person has uploaded, including old versions and deleted files."""
    total = session.scalar(
        select(func.sum(FileContent.size))
        .join(FileVersion, FileVersion.content_hash == FileContent.hash)
        .where(FileVersion.author_id == user_id, FileVersion.action.in_(_SENT))
    )
    return int(total or 0)
