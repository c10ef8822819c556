"""The kinds that every wiki has."""

from collections.abc import Mapping
from types import MappingProxyType

from wiki.i18n import Words
from wiki.i18n import lazy as _l
from wiki.kinds.kind import FieldType, Kind, KindField

DEFAULT_KIND = "page"
CHALLENGE = "challenge"
PROJECT = "project"
GLOSSARY = "glossary"  # terms defined on such pages are explained on all others

# Values of the field `status` and their labels.
STATUSES: Mapping[str, Words] = MappingProxyType(
    {"open": _l("Open"), "solved": _l("Solved"), "outdated": _l("Outdated")}
)
DEFAULT_STATUS = "open"

SYMPTOM, ERROR, FIX = "symptom", "error", "fix"  # fields of a challenge
WANTED = "wanted"  # field of a project: whom it looks for

_KINDS = (
    Kind(
        name="technology",
        label=_l("Technology"),
        plural=_l("Technologies"),
        description=_l("Languages, frameworks and tools: what they do and how to get started."),
        folder="technologies",
        fields=(
            KindField(
                "version",
                _l("Current version"),
                FieldType.VERSION,
                hint=_l("That this page was written for, such as 5.2."),
            ),
            KindField("website", _l("Website"), FieldType.LINK),
        ),
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
        name=CHALLENGE,
        label=_l("Challenge"),
        plural=_l("Challenges"),
        description=_l("Problems that somebody ran into, with the exact error and what solved it."),
        folder="challenges",
        has_status=True,
        fields=(
            KindField(
                SYMPTOM,
                _l("Symptom"),
                FieldType.LONG,
                hint=_l("What did you expect, and what came instead?"),
            ),
            KindField(
                ERROR,
                _l("Error text"),
                FieldType.CODE,
                hint=_l("Word for word, without passwords and keys: others will search for it."),
            ),
            KindField(
                "environment",
                _l("Environment"),
                hint=_l("Such as Ubuntu 24.04 in Docker, or Windows with WSL."),
            ),
            KindField(
                "versions",
                _l("Versions"),
                FieldType.VERSION,
                is_many=True,
                hint=_l("Separated by commas: Django 5.2, Python 3.12."),
            ),
            KindField("cause", _l("Cause"), FieldType.LONG),
            KindField(FIX, _l("Fix"), FieldType.LONG),
        ),
    ),
    Kind(
        name="practice",
        label=_l("Practice"),
        plural=_l("Practices"),
        description=_l("Habits that paid off, and what they cost."),
        folder="practices",
    ),
    Kind(
        name=PROJECT,
        label=_l("Project"),
        plural=_l("Projects"),
        description=_l("What was built, how it hangs together, and what its makers learned."),
        folder="projects",
        fields=(
            KindField(
                WANTED,
                _l("Collaborators wanted"),
                FieldType.CHOICE,
                is_many=True,
                choices=(
                    *("front end", "back end", "mobile", "data", "DevOps"),
                    *("design", "testing", "writing", "mentoring"),
                ),
            ),
            KindField("repositories", _l("Repositories"), FieldType.LINK, is_many=True),
            KindField(
                "chat",
                _l("Chat"),
                FieldType.LINK,
                hint=_l("Where its people talk, such as a Discord channel."),
            ),
            KindField("people", _l("Team"), is_many=True, hint=_l("One name per line.")),
        ),
    ),
    Kind(
        name="guide",
        label=_l("Guide"),
        plural=_l("Guides"),
        description=_l("Step by step to something that works."),
        folder="guides",
        fields=(
            KindField(
                "versions",
                _l("Tested with"),
                FieldType.VERSION,
                is_many=True,
                hint=_l("Separated by commas: Django 5.2, Python 3.12."),
            ),
        ),
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
REVIEW_BY = "review_by"  # field of any kind: the date from which a page needs a review
ORDER = "order"  # field of any kind: the position of a page among its siblings
APPLIES_TO = "applies_to"  # the versions that a page covers, if its kind has no such field

_REVIEW = KindField(
    REVIEW_BY,
    _l("Review from"),
    FieldType.DATE,
    hint=_l("A day, if you know one: 2026-11-30. From then on it is listed to be checked."),
)
_VERSIONS = KindField(
    APPLIES_TO,
    _l("Applies to versions"),
    FieldType.VERSION,
    is_many=True,
    hint=_l("Separated by commas: Django 5.2, Python 3.12."),
)


def freshness_fields(kind: Kind) -> tuple[KindField, ...]:
    """The fields of any kind about how long a page stays correct, besides its own fields."""
    has_versions = any(field.type is FieldType.VERSION for field in kind.fields)
    offered = (_REVIEW,) if has_versions else (_REVIEW, _VERSIONS)
    return tuple(field for field in offered if kind.field(field.name) is None)


_ORDER = KindField(
    ORDER,
    _l("Position in lists"),
    FieldType.NUMBER,
    hint=_l("A number: 1 stands before 2, and 1.5 between them. Pages without one follow by name."),
)


def shared_fields(kind: Kind) -> tuple[KindField, ...]:
    """The fields that all kinds have, besides their own."""
    order = (_ORDER,) if kind.field(ORDER) is None else ()
    return (*freshness_fields(kind), *order)


# In the order in which the editor offers them.
BUILTIN_KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})


def status_label(status: str) -> Words:
    """The label of a status; an unknown status, which an import may bring, is its own label."""
    return STATUSES.get(status, status)
