"""A wiki with a page of each sort and a person of each rank, for tests that only look."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from flask import Flask

from tests import factories
from tests.files.upload_forms import picture, send
from tests.person import Person
from tests.search_index import catch_up
from wiki.access.models import Rank
from wiki.accounts.models import Group, Membership, User
from wiki.accounts.tokens.models import TokenScope
from wiki.accounts.tokens.tokens import TokenTerms, create_token
from wiki.database import db, utcnow, write_transaction
from wiki.naming import path_key
from wiki.pages.models import Page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule

STRANGER, READER, LEARNER, MENTOR, MEMBER, ADMIN = (
    *("stranger", "reader", "learner", "mentor", "group member", "administrator"),
)
EVERYBODY = (STRANGER, READER, LEARNER, MENTOR, MEMBER, ADMIN)
WRITERS = {LEARNER, MENTOR, MEMBER, ADMIN}

# By page, who reads it and who edits it. The deleted one was deleted by somebody else.
READERS = {
    "public": set(EVERYBODY),
    "members": set(EVERYBODY) - {STRANGER},
    "group": {MEMBER, ADMIN},
    "hidden": {ADMIN},
    "deleted": set[str](),
}
EDITORS = {page: readers & WRITERS for page, readers in READERS.items()}
RESTORERS = {MENTOR, ADMIN}  # of the deleted page, which was a public one
RULES = {
    "members": RuleTerms(read_rank=Rank.SIGNED_IN),
    "group": RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN),
    "hidden": RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN),
}

# Syllables that stand nowhere but on that page: in its title, text, tag, summary and file.
WORDS = {
    "public": "ocarin",
    "members": "kalimb",
    "group": "zithra",
    "hidden": "xyloph",
    "deleted": "balafo",
}
# The same for the last part of its path.
PLACES = {
    "public": "quince",
    "members": "medlar",
    "group": "loquat",
    "hidden": "durian",
    "deleted": "jujube",
}
PATHS = {page: f"{page}/{place}" for page, place in PLACES.items()}


def sort_of(who: str, page: str) -> str:
    """How somebody meets a page: what decides on it is the same for all pages of one sort."""
    if page == "deleted":
        return "deleted"
    if page == "group" and who == MEMBER:
        return "named"  # in the rule
    return "open" if who in READERS[page] else "closed"


@dataclass
class World:
    app: Flask
    people: dict[str, Person]
    page_ids: dict[str, int] = field(default_factory=dict)
    file_ids: dict[str, int] = field(default_factory=dict)
    thread_ids: dict[str, int] = field(default_factory=dict)
    comment_ids: dict[str, int] = field(default_factory=dict)
    draft_ids: dict[tuple[str, str], int] = field(default_factory=dict)
    proposal_ids: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    api_tokens: dict[str, str] = field(default_factory=dict)


def furnished(app: Flask) -> World:
    roles = {READER: "reader", MENTOR: "mentor", ADMIN: "admin"}
    users = {
        name: factories.make_user(app, name.replace(" ", "-"), role=roles.get(name, "learner"))
        for name in EVERYBODY[1:]
    }
    people: dict[str, Person] = {name: factories.client_of(app, who) for name, who in users.items()}
    stranger: Any = app.test_client()
    world = World(app, {STRANGER: stranger, **people})
    selam = factories.make_user(app, "selam", role="admin")
    author: Person = factories.client_of(app, selam)
    for page, path in PATHS.items():
        _write_page(world, author, page)
        comment = f"Why a {WORDS[page]}c? [[public/former]]"
        thread = factories.make_thread(app, world.page_ids[page], selam, comment)
        world.thread_ids[page] = thread
        world.comment_ids[page] = len(world.comment_ids) + 1
        if page != "deleted":
            below = f"{path}/below"
            author.post_form("/new", title=f"{WORDS[page]}u", path=below, text="Below.\n")
    _write_proposals(world, factories.client_of(app, factories.make_user(app, "liya")))
    for name, person in people.items():  # of pages that one may no longer see, too
        world.draft_ids |= _write_drafts(person, name, world)
    catch_up(app)
    with app.app_context():
        group = _make_group("Cohort", users[MEMBER].id)
        for page, terms in RULES.items():
            named = frozenset({group}) if page == "group" else frozenset[int]()
            set_rule(page, replace(terms, editors=named), by=None)
    author.post_form(f"/delete/{PATHS['deleted']}", summary=f"{WORDS['deleted']}d")
    author.get("/pages")
    catch_up(app)
    for name, person in world.people.items():
        form = "/account/login" if name == STRANGER else "/account/settings"
        world.tokens[name] = person.open_form(form).values["csrf_token"]
    _make_token(app, selam, TokenScope.READ)  # the first one is nobody's of these
    for name, user in users.items():
        scope = TokenScope.ADMIN if name == ADMIN else TokenScope.WRITE
        world.api_tokens[name] = _make_token(app, user, scope)
    return world


def _make_token(app: Flask, user: User, scope: TokenScope) -> str:
    """One whose use is noted already, which is a write."""
    terms = TokenTerms("All of it", scope, utcnow() + timedelta(days=1))
    with app.test_request_context():
        token = create_token(user, terms)
    app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return token


def _write_page(world: World, author: Person, page: str) -> None:
    """Two revisions, a former path, a file, and links to and from all the others."""
    word, former = WORDS[page], f"{page}/former"
    links = " ".join(f"[[{other}/former]] ![[{other}/former]]" for other in PATHS if other != page)
    text = f"A {word}a, tremolo. [[public/former]]\n\n- [ ] {word}b\n\n{links}\n"
    about = {"title": f"{word.capitalize()}t", "tags": f"{word}g", "kind": "concept"}
    author.post_form(
        "/new", **about, path=former, text=f"Antiquated {word}o.\n", summary=f"{word}s"
    )
    author.post_form(f"/edit/{former}", **about, text=text, summary=f"{word}s")
    author.post_form(f"/rename/{former}", path=PATHS[page])
    assert send(author, (f"{word}f.png", picture()), page=PATHS[page]).status_code == 303
    with world.app.app_context():
        found = db.session.scalars(db.select(Page).filter_by(path=PATHS[page])).one()
        world.page_ids[page] = found.id
    world.file_ids[page] = len(world.file_ids) + 1


def _write_drafts(person: Person, name: str, world: World) -> dict[tuple[str, str], int]:
    token = person.open_form("/account/settings").values["csrf_token"]
    ids = {}
    for page, path in PATHS.items():
        fields = {"page": path, "text": "My draft.", "csrf_token": token, "draft_key": page}
        answer = person.post("/drafts", data=fields)
        ids[name, page] = answer.get_json()["id"]
    return ids


def _write_proposals(world: World, proposer: Person) -> None:
    """A proposal of a change of each page, by somebody else, while all pages are public."""
    for page, path in PATHS.items():
        word = WORDS[page]
        answer = proposer.post_form(f"/propose/{path}", text=f"{word}p\n", summary=f"{word}q")
        world.proposal_ids[page] = int(answer.headers["Location"].rpartition("/")[2])


def _make_group(name: str, *user_ids: int) -> int:
    with write_transaction() as session:
        group = Group(name=name, key=path_key(name))
        session.add(group)
        session.flush()
        session.add_all(Membership(group_id=group.id, user_id=user_id) for user_id in user_ids)
        return group.id
