"""A small wiki in which every page of the interface has content, some of it hard to show."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests import factories
from tests.browser.long_words import LONG_TITLE, LONG_WORD
from tests.browser.setup_world import add_own_kind, add_webhook
from tests.browser.steps import editor, press
from tests.files.upload_forms import ask, picture
from tests.live_server import LiveServer
from tests.person import Person
from wiki.access.groups.membership import add_members, create_group
from wiki.community.watching.unsubscribe import unsubscribe_link
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

HARD = f"""\
A word that doesn't end: {LONG_WORD}, and one in code: `{LONG_WORD}`.

## A section whose heading holds {LONG_WORD[:90]}

| {" | ".join(f"column {n}" for n in range(1, 15))} |
|{"---|" * 14}
| {" | ".join(f"`value_{n}_{'x' * 12}`" for n in range(1, 15))} |

```python
the_result = the_first_function({", ".join(f"argument_{n}={n!r}" for n in range(20))})
```

### በአማርኛ የተጻፈ ክፍል

ሬዲስ ሁሉንም ነገር በማህደረ ትውስታ ውስጥ ያስቀምጣል። የይለፍ ቃልህን በኮድ ውስጥ አትጻፍ፤ በአካባቢ ተለዋዋጭ ውስጥ አስቀምጠው።

### قسم بالعربية

يحتفظ ريديس بكل شيء في الذاكرة، ويستطيع أن يكتب إلى القرص. لا تكتب كلمة المرور في الشيفرة.

## The rest

> [!WARNING]
> A callout with a [link](https://example.org/{"long/" * 30}) in it.

- [x] done
- [ ] open

Term
: What it means.

A note[^1], a formula $a^2 + b^2 = c^2$, <kbd>Ctrl</kbd>+<kbd>C</kbd>, ~~gone~~, a
[[page nobody wrote]].

<details><summary>Folded</summary>

Inside.

</details>

[^1]: The note.
"""

PLAIN = """\
Redis keeps everything in memory and answers in well under a millisecond.

## When to use it

Sessions, caches, rate limits, short queues.

## When not to

What must never be lost belongs into PostgreSQL.

## See also

[[hard|A hard page]]
"""

TERMS = """\
session
:   What a server knows about one visitor between two requests.

rate limit
:   How many requests one may make in a span of time.
"""


_numbers = itertools.count()
EVERYTHING = (Path(__file__).parent / "everything.md").read_text(encoding="utf-8")


@dataclass
class World:
    """The server, and the addresses of what can be looked at."""

    server: LiveServer
    draft: int = 0
    unsubscribe: str = ""
    file: int = 0
    group: int = 0
    thread: int = 0
    for_all: list[str] = field(default_factory=list)
    for_members: list[str] = field(default_factory=list)
    for_administrators: list[str] = field(default_factory=list)


def build(server: LiveServer) -> World:
    """Fill `server`; `selam` is the reader, `dawit` the author."""
    selam, dawit = server.make_user("selam"), server.make_user("dawit")
    server.make_user("hana")  # wrote nothing
    make = server.make_page
    make(
        "redis", title="Redis", kind="technology", text=PLAIN, tags=["database", "cache"], by=dawit
    )
    make("hard", title=LONG_TITLE, kind="guide", text=HARD, tags=["ሃሳብ", "قاعدة"], by=selam)
    make("ethiopic/ሬዲስ", title="ሬዲስ ምንድን ነው?", kind="concept", text="ሬዲስ ፈጣን ነው።\n", by=dawit)
    make("everything", title="Everything at once", text=EVERYTHING, by=dawit)
    make("words", title="Words", kind="glossary", text=TERMS, by=dawit)
    make("arabic", title="ما هو ريديس؟", kind="concept", text="## مقدمة\n\nريديس سريع.\n", by=dawit)
    make("port", title="Port 5432 is taken", kind="challenge", text="A port.\n", by=dawit)
    make("due", title=LONG_TITLE, text="Old.\n", by=dawit, fields={"review_by": "2026-01-01"})
    make("gone", title="Gone", text="Gone.\n", by=selam)
    make("lonely", title="Lonely", text="Nobody links here.\n", by=selam)
    for number in range(52):
        make(f"many/{number}", title=f"One of many, {number}", text="Many.\n", by=dawit)
    world = World(server)
    _write(world)
    server.index()  # so that searches show the same each time
    _list(world)
    return world


def _write(world: World) -> None:
    """Revisions, a deletion, a draft and a file, the way people make them."""
    selam, dawit = person(world.server, "selam"), person(world.server, "dawit")
    dawit.post_form("/edit/hard", text=HARD.replace("The rest", "What is left"), summary="A word")
    dawit.post_form("/edit/redis", text=PLAIN.replace("short queues", "queues"), summary=LONG_TITLE)
    selam.post_form("/edit/redis", text=PLAIN.replace("everything", "all"), minor=True)
    selam.post_form("/freshness/redis", answer="report", reason=f"Fails: {LONG_WORD}")
    selam.post_form("/freshness/port", answer="obsolete", summary=LONG_TITLE)
    selam.post_form("/propose/hard", text=HARD.replace("the rest", LONG_WORD), summary=LONG_TITLE)
    selam.post_form("/propose?kind=concept&title=New", text="Not written yet.\n")
    _discuss(world, selam, dawit)
    selam.post_form("/delete/gone", summary="Not needed")
    selam.open_form("/edit/hard").submit(text="A draft.\n", action="preview")
    page = selam.get("/drafts").text
    world.draft = int(page.partition("/drafts/")[2].partition('"')[0])
    answer = ask(selam, (f"{LONG_WORD[:120]}.png", picture()), page="hard")
    world.file = answer.json["files"][0]["id"]
    with world.server.app.app_context():
        group = create_group("የጀማሪዎች ቡድን, spring", LONG_TITLE, by=None)
        add_members(group, ["selam", "dawit"], by=None)
        terms = RuleTerms(read_rank=1, edit_rank=3, editors=frozenset({group}), note=LONG_TITLE)
        set_rule("ethiopic", terms, by=None)
        add_own_kind()
        world.unsubscribe = urlsplit(unsubscribe_link(1)).path
        add_webhook()
    world.group = group


def _discuss(world: World, selam: Person, dawit: Person) -> None:
    """A thread about a passage that is gone, with a deleted comment; others without trouble."""
    begun = dawit.post_form("/discuss/hard", quote=LONG_WORD[:300], text=f"@selam: {HARD[:2500]}")
    address = begun.headers["Location"].partition("#")[0]
    world.thread = int(address.rpartition("/")[2])
    dawit.post_form(address, text="Never mind.")
    selam.post_form(address, text=f"```\n{LONG_WORD}\n```\n\nA note[^1].\n\n[^1]: The note.\n")
    dawit.post_form("/comments/2/delete")
    selam.post_form("/comments/3/edit", text="A formula $a^2$, [[redis]]. አመሰግናለሁ @dawit።")
    selam.post_form("/edit/hard", text=HARD.replace(LONG_WORD[:300], "words"), summary="Shorter")
    dawit.post_form("/discuss/arabic", heading="مقدمة", text="لماذا؟ @selam")
    dawit.post_form("/discuss/redis", heading="when-to-use-it", text="Queues?")


def _list(world: World) -> None:
    # Of pages that are made alike, such as those of what is missing, one is enough.
    every_page = ["wiki", "history", "links", "blame"]
    world.for_all = [
        "/",
        *(f"/{verb}/hard" for verb in every_page),
        "/wiki/redis",
        "/access/redis",
        "/wiki/arabic",
        "/wiki/words",
        "/wiki/redis?revision=1",
        "/wiki/Nowhere to be found",
        f"/wiki/{LONG_WORD[:180]}",
        "/wiki/many",
        "/diff/redis?from=1&to=2",
        "/diff/hard?from=1&to=2&view=inline",
        "/diff/redis?from=1&to=2&view=rendered",
        "/diff/hard?from=1&to=2&view=rendered",
        "/wiki/everything",
        "/links/lonely",
        "/related/lonely",
        "/print/lonely",
        "/pages",
        "/kinds/",
        "/api",
        "/kinds/challenge",
        "/tags/",
        "/tags/cache",
        "/changes",
        "/users/dawit",
        "/users/hana",
        "/board/wanted",
        "/proposals",
        "/proposals?state=declined",
        "/proposals/1",
        "/proposals/1?view=page",
        "/proposals/2",
        "/freshness/hard",
        "/talk/",
        "/talk/hard",
        "/talk/arabic",
        "/talk/lonely",
        f"/threads/{world.thread}",
        "/board/challenges",
        "/board/projects",
        "/search",
        "/search?q=redis",
        "/search/old?q=short",
        "/search?q=many&page=2",
        '/search?q="no end',
        "/files/",
        f"/files/{world.file}",
        "/theme",
        "/offline",
        "/nothing-here",
        "/account/login",
        "/account/login/passkey",
        "/account/register",
        "/account/forgotten",
        "/account/password?link=x",
        world.unsubscribe,
        "/kinds/meeting",
        "/wiki/meeting",
        "/account/email/confirm?link=x",
        "/account/logout",
    ]
    world.for_members = [
        *(f"/{verb}/hard" for verb in ("edit", "rename", "delete")),
        "/edit/redis",
        "/edit/redis?section=when-to-use-it",
        "/restore/hard?revision=1",
        "/undelete/gone",
        "/history/gone",
        "/diff/gone?from=1&to=2",
        "/propose/redis",
        "/propose/hard",
        "/propose/hard?rename=1",
        "/propose/redis?delete=1",
        "/propose?title=New",
        "/proposals?show=mine",
        "/proposals/1/improve",
        "/proposals/1/choose",
        "/talk/hard",
        "/talk/?show=mine",
        f"/threads/{world.thread}?quote=3",
        "/discuss/hard",
        *(f"/comments/3/{verb}" for verb in ("edit", "history", "delete")),
        "/new",
        "/new?kind=challenge&title=A port",
        "/new?kind=meeting",
        "/drafts",
        f"/drafts/{world.draft}",
        f"/drafts/{world.draft}/delete",
        "/files/?in=hard",
        "/files/upload?page=hard",
        "/files/deleted",
        *(f"/files/{verb}/{world.file}" for verb in ("rename", "delete")),
        "/account/settings",
        "/account/settings/sessions",
        "/account/data",
        "/account/name",
        "/account/close",
        "/account/passkeys",
        "/account/tokens",
        "/account/second-factor",
        "/undo/redis?revision=2",
        "/access/redis",
        "/access/ethiopic/ሬዲስ",
        "/wiki/ethiopic/ሬዲስ",
        "/groups/",
        f"/groups/{world.group}",
        "/erase/redis?revision=1",
        "/users/selam",
        "/board/wanted",
        "/board/due",
        "/freshness/redis",
        "/freshness/port",
        "/challenge/port",
        "/watch/redis",
        "/watch/ethiopic/ሬዲስ",
        "/watching",
        "/notifications",
        "/notifications?show=all",
        "/notifications/settings",
        "/",
        "/wiki/hard",
        "/wiki/Nowhere to be found",
        "/search?q=nothing-of-the-kind",
    ]
    world.for_administrators = [
        "/access/ethiopic",
        "/access/",
        "/admin/rules",
        *(f"/groups/{world.group}{verb}" for verb in ("", "/edit", "/delete", "/invitations")),
        "/erase/hard?revision=1",
        "/admin/",
        "/admin/people",
        "/admin/people/selam",
        *(f"/admin/people/dawit/merge{query}" for query in ("", "?into=selam", "?into=nobody")),
        "/admin/settings",
        "/admin/options",
        "/admin/kinds",
        "/admin/kinds/new",
        "/admin/kinds/meeting",
        "/admin/health",
        "/admin/security",
        "/admin/blocked?target=selam",
        "/admin/invitations",
        "/admin/audit",
        "/admin/webhooks/",
        *(f"/admin/webhooks/{verb}" for verb in ("1", "1/edit", "1/delete", "new")),
        "/users/dawit/undo",
        "/talk/redis?show=deleted",
        "/comments/2/history",
        "/comments/3/erase",
        "/admin/deleted",
        "/admin/erasures",
    ]


def person(server: LiveServer, username: str) -> Person:
    """Somebody else, who saves first."""
    server.app.test_client_class = Person
    return factories.client_of(server.app, server.make_user(username))


def run_into_a_conflict(tab: Page, server: LiveServer) -> None:
    """Bring `tab`, in which `selam` is signed in, to the page that tells of a conflict."""
    tab.goto("/edit/redis")
    editor(tab).fill(PLAIN.replace("everything in memory", f"the whole of it in {LONG_WORD[:60]}"))
    quicker = PLAIN.replace("everything in memory", f"it all in RAM, {next(_numbers)}")
    person(server, "hana").post_form("/edit/redis", text=quicker)
    press(tab, "Save")
    tab.wait_for_selector(".overlaps")


def run_into_refusals(tab: Page) -> None:
    """Bring `tab` to a form with errors."""
    tab.goto("/account/register")
    tab.get_by_label("Password", exact=True).fill("short")
    tab.locator("form[method=post]").evaluate("form => { form.noValidate = true; form.submit(); }")
    tab.wait_for_selector("[data-error-summary]")
