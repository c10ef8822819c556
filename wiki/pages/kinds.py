"""Kinds of page: what each is for, what it begins with, and whether its pages have a status."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from wiki.i18n import Words
from wiki.i18n import lazy as _l

DEFAULT_KIND = "page"
GLOSSARY = "glossary"  # what a page of this kind defines is explained on all others
OUTLINES = Path(__file__).with_name("outlines")  # a Markdown file for each kind that has one

# The values of the field `status`, and how each is shown.
STATUSES: Mapping[str, Words] = MappingProxyType({"open": _l("Open"), "solved": _l("Solved")})
DEFAULT_STATUS = "open"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page.

    `folder` is where a new page of this kind is put (`challenges/…`), empty for the top. If it
    `has_status`, its pages have one of `STATUSES`.
    """

    name: str
    label: Words
    plural: Words
    description: Words
    folder: str = ""
    has_status: bool = False


_KINDS = (
    Kind(
        name="technology",
        label=_l("Technology"),
        plural=_l("Technologies"),
        description=_l("Languages, frameworks and tools: what they do and how to begin with them."),
        folder="technologies",
    ),
    Kind(
        name="concept",
        label=_l("Concept"),
        plural=_l("Concepts"),
        description=_l(
            "Ideas that stay when the tools change: design, caching, permissions, queues."
        ),
        folder="concepts",
    ),
    Kind(
        name="challenge",
        label=_l("Challenge"),
        plural=_l("Challenges"),
        description=_l("Problems that somebody ran into, with the exact error and what solved it."),
        folder="challenges",
        has_status=True,
    ),
    Kind(
        name="practice",
        label=_l("Practice"),
        plural=_l("Practices"),
        description=_l("Habits that paid off, and what they cost."),
        folder="practices",
    ),
    Kind(
        name="project",
        label=_l("Project"),
        plural=_l("Projects"),
        description=_l("What was built, how it hangs together, and what its makers learned."),
        folder="projects",
    ),
    Kind(
        name="guide",
        label=_l("Guide"),
        plural=_l("Guides"),
        description=_l("Step by step to something that works."),
        folder="guides",
    ),
    Kind(
        name=GLOSSARY,
        label=_l("Glossary"),
        plural=_l("Glossaries"),
        description=_l("Terms in a sentence or two, explained wherever a page uses them."),
    ),
    Kind(
        name=DEFAULT_KIND,
        label=_l("Page"),
        plural=_l("Pages"),
        description=_l("Everything else."),
    ),
)
# In the order in which they are offered.
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})


def kind_of(name: str) -> Kind:
    """The kind called `name`; the default one for a name that is none (imports bring some)."""
    return KINDS.get(name) or KINDS[DEFAULT_KIND]


def status_label(status: str) -> Words:
    """What a status is called; the word itself for one that no kind has (imports bring some)."""
    return STATUSES.get(status, status)


def scaffold(kind: str, title: str) -> str:
    """The Markdown that a new page of `kind` begins with; `title` stands where it is spoken of.

    Guidance stands in HTML comments, which readers never see when a writer leaves one in.
    """
    return str(_l(_outline(kind_of(kind).name))).replace(
        "{title}", title or str(kind_of(kind).label)
    )


@cache
def _outline(name: str) -> str:
    file = OUTLINES / f"{name}.md"
    return file.read_text(encoding="utf-8") if file.exists() else ""
