"""Kinds of page: what each is for, what it begins with, and which fields it adds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wiki.i18n import Words
from wiki.i18n import lazy as _l

DEFAULT_KIND = "page"
GLOSSARY = "glossary"  # what a page of this kind defines is explained on all others


# The values of the field `status`, and how each is shown.
STATUSES: Mapping[str, Words] = MappingProxyType({"open": _l("Open"), "solved": _l("Solved")})
DEFAULT_STATUS = "open"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page.

    `folder` is where a new page of this kind is put (`challenges/…`), empty for the top.
    `outline` is the Markdown a new page begins with; guidance stands in HTML comments, which
    readers never see when a writer leaves one in. If it `has_status`, its pages have one of
    `STATUSES`.
    """

    name: str
    label: Words
    plural: Words
    description: Words
    folder: str
    outline: Words
    has_status: bool = False


_TECHNOLOGY = Kind(
    name="technology",
    label=_l("Technology"),
    plural=_l("Technologies"),
    description=_l("Languages, frameworks and tools: what they do and how to begin with them."),
    folder="technologies",
    outline=_l("""\
## What it is

<!-- What does {title} do, and for whom? Two or three sentences. -->

## When to use it

<!-- Which problem makes it the right choice? What would you take instead, and when? -->

## Example

<!-- The smallest thing that works, complete enough to be pasted and run. -->

```python

```

## Pitfalls

<!-- What cost you an afternoon, and how to see it coming. -->

## See also

<!-- Link to other pages in double brackets, and to the official documentation. -->
"""),
)

_CONCEPT = Kind(
    name="concept",
    label=_l("Concept"),
    plural=_l("Concepts"),
    description=_l("Ideas that stay when the tools change: design, caching, permissions, queues."),
    folder="concepts",
    outline=_l("""\
## What it is

<!-- Explain {title} to somebody who started last week. One idea, no jargon left unexplained. -->

## When to use it, and when not

<!-- What does it buy, and what does it cost? -->

## Example

<!-- Code, a table or a small drawing in text. -->

## Pitfalls

<!-- What people get wrong first. -->

## See also

<!-- Technologies that do it, challenges it solves. -->
"""),
)

_CHALLENGE = Kind(
    name="challenge",
    label=_l("Challenge"),
    plural=_l("Challenges"),
    description=_l("Problems that somebody ran into, with the exact error and what solved it."),
    folder="challenges",
    outline=_l("""\
## What happens

<!-- What did you do, what did you expect, what came instead? Name the versions. -->

## The error

<!-- Paste the exact text: others will search for it word by word. Take out secrets first. -->

```text

```

## What was tried

<!-- One line an attempt, with what it showed. Attempts that failed save others the time. -->

## Solution

<!-- What solved it and why it works. Still open? Leave this empty and keep the status "open". -->
"""),
    has_status=True,
)

_PRACTICE = Kind(
    name="practice",
    label=_l("Practice"),
    plural=_l("Practices"),
    description=_l("Habits that paid off, and what they cost."),
    folder="practices",
    outline=_l("""\
## The practice

<!-- What to do, in one sentence that fits on a sticky note. -->

## Why

<!-- What went wrong without it? A real story convinces more than a rule. -->

## How to do it

<!-- The steps, from the first day on. -->

## When not to

<!-- Every rule has a place where it does harm. -->

## See also

<!-- The concepts behind it, the challenges it prevents. -->
"""),
)

_PROJECT = Kind(
    name="project",
    label=_l("Project"),
    plural=_l("Projects"),
    description=_l("What was built, how it hangs together, and what its makers learned."),
    folder="projects",
    outline=_l("""\
## What it does

<!-- Who uses {title}, and for what? Link to the code and to a running copy. -->

## How it is built

<!-- The parts and how they talk to each other; link to the technologies’ pages. -->

## How to run it

```bash

```

## What we learned

<!-- What would you do the same way again, what not? -->

## Who worked on it

<!-- And whom to ask. -->
"""),
)

_GUIDE = Kind(
    name="guide",
    label=_l("Guide"),
    plural=_l("Guides"),
    description=_l("Step by step to something that works."),
    folder="guides",
    outline=_l("""\
## What you will have

<!-- The result, in one sentence, and how long it takes. -->

## Before you begin

<!-- What must be installed or known. -->

## Steps

1. <!-- One action a step, with what one sees when it worked. -->
2.

## Check that it works

<!-- A command or an address, and what it should answer. -->

## If it doesn’t

<!-- The failures you have seen, with the exact words of the message. -->
"""),
)

_GLOSSARY = Kind(
    name=GLOSSARY,
    label=_l("Glossary"),
    plural=_l("Glossaries"),
    description=_l("Terms in a sentence or two, explained wherever a page uses them."),
    folder="",
    outline=_l("""\
<!-- The term on a line of its own; on the next line a colon, three spaces and its meaning. Write
terms as within a sentence: a term in lower case also matches with a capital. For example:

migration
:   A file of code that changes the tables of a database, and can be undone.
-->
"""),
)

_PAGE = Kind(
    name=DEFAULT_KIND,
    label=_l("Page"),
    plural=_l("Pages"),
    description=_l("Everything else."),
    folder="",
    outline="",
)

# In the order in which they are offered.
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _TECHNOLOGY,
            _CONCEPT,
            _CHALLENGE,
            _PRACTICE,
            _PROJECT,
            _GUIDE,
            _GLOSSARY,
            _PAGE,
        )
    }
)


def kind_of(name: str) -> Kind:
    """The kind called `name`; the default kind for an unknown name (imports contain some)."""
    return KINDS.get(name, _PAGE)


def status_label(status: str) -> Words:
    """What a status is called; the word itself for one that no kind has (imports bring some)."""
    return STATUSES.get(status, status)


def scaffold(kind: str, title: str) -> str:
    """The Markdown that a new page of `kind` begins with; `title` stands where it is spoken of."""
    return str(kind_of(kind).outline).replace("{title}", title or str(kind_of(kind).label))
