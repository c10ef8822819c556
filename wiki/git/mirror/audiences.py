"""The audiences, each with a mirror of its own: since a commit’s id covers the whole tree, readers
who may see different pages can’t share one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from wiki.access.permissions import Viewer, anonymous_viewer, readable_rules
from wiki.accounts.models import Role
from wiki.app_state import current_settings


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody who can read at least what `viewer` can. `name` is that of the repository, without
    `.git`.
    """

    name: str
    viewer: Callable[[], Viewer]

    @property
    def folder(self) -> Path:
        """The bare repository in the instance folder."""
        return current_settings().instance / "git" / f"{self.name}.git"

    def includes(self, viewer: Viewer) -> bool:
        """Whether nothing in the mirror is hidden from `viewer`."""
        return viewer.may_read and readable_rules(self.viewer()) <= readable_rules(viewer)


def _learner() -> Viewer:
    """A learner who is in no group."""
    return Viewer(0, Role.LEARNER, current_settings().public_reading)


PUBLIC = Audience("wiki", anonymous_viewer)
MEMBERS = Audience("members", _learner)


def audiences() -> list[Audience]:
    """The audiences of this wiki; without public reading, only its members."""
    return [PUBLIC, MEMBERS] if current_settings().public_reading else [MEMBERS]


def audience_of(name: str) -> Audience | None:
    """The audience of a repository, or `None`. Without public reading, `wiki.git` is for
    members.
    """
    named = {"wiki": audiences()[0], "members": MEMBERS}
    return named.get(name)
