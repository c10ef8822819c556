"""The board of wanted pages lists all links that lead nowhere, and only those."""

import random
from collections import Counter

import pytest

from tests import factories
from tests.hostile_names import OWN
from tests.sampling import seeds
from wiki.access.models import Rank
from wiki.access.permissions import Viewer
from wiki.community.wanted.red_links import is_red_link, red_links
from wiki.database import db
from wiki.naming import path_key
from wiki.pages.models import Link, Page
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.queries.page_queries import resolve_targets
from wiki.pages.writing.write import delete_page, undelete_page

STRANGER = Viewer()
NAMES = [f"{folder}{word}" for folder in ("", "open/", "closed/") for word in "abcde"]


def _keys(viewer=STRANGER, **wanted):
    return {link.key: link.pages for link in red_links(viewer, limit=1000, **wanted).found}


def _recount(viewer):
    """The same by asking for each page that the viewer may see where its links lead."""
    found = Counter()
    for page in db.session.scalars(db.select(Page).where(Page.deleted_at.is_(None))):
        if page.path not in resolve_targets(viewer, [page.path]).values():
            continue
        links = db.session.scalars(db.select(Link).where(Link.from_page_id == page.id)).all()
        for link in links:
            if not resolve_targets(viewer, [link.target]):
                found[link.to_key] += 1
    return dict(found)


@pytest.mark.parametrize("seed", seeds(2))
def test_it_lists_all_missing_pages_and_only_those(app, seed):
    chance = random.Random(seed)
    made = {}
    for name in chance.sample(NAMES, 9):
        links = " ".join(f"[[{each}]]" for each in chance.choices([*NAMES, "Title A", "x/y"], k=6))
        title = chance.choice([f"Title {name[-1]}", name])
        made[name] = factories.make_page(app, name, title=title, text=links + "\n").page_id
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        moved, deleted, restored = chance.sample(sorted(made), 3)
        rename_page(made[moved], RenameRequest("Moved", f"{moved}-now", 1), by=None)
        for name in (deleted, restored):
            delete_page(made[name], base_revision=_number(made[name]), by=None)
        undelete_page(made[restored], by=None)
        for viewer in (STRANGER, Viewer(user_id=1, role="admin")):
            assert _keys(viewer) == _recount(viewer)


def _number(page_id):
    return db.session.scalar(db.select(Page.revision_count).where(Page.id == page_id))


def test_the_most_wanted_come_first_page_by_page(any_app, client):
    for number in range(3):
        factories.make_page(any_app, f"from{number}", text="[[Most]] " + "[[Some]] " * (number > 0))
    factories.make_page(any_app, "last", text="[[Few]] [[most]] [[Most#part]]")
    with any_app.app_context():
        first = red_links(STRANGER, limit=2)
        assert [(link.target, link.pages) for link in first.found] == [("Most", 4), ("Some", 2)]
        assert first.total == 3
        rest = red_links(STRANGER, offset=2, limit=2)
        assert [link.target for link in rest.found] == ["Few"]
    shown = client.get("/board/wanted").text
    assert shown.index(">Most<") < shown.index(">Some<") < shown.index(">Few<")
    assert "4 pages link to it" in shown
    assert client.get("/board/wanted?page=2").status_code == 404


def test_files_and_the_front_page_are_not_wanted(app):
    text = "[[plan.pdf]] ![[plan.png]] [[index]] [[Node.js]] [[readme]] [x](notes.docx)\n"
    factories.make_page(app, "from", text=text)
    with app.app_context():
        assert _keys() == {"node.js": 1}


def test_names_from_hostile_pages_are_only_text(app, client):
    names = [name for name in OWN if path_key(name) and not set("[]") & set(name)]
    factories.make_page(app, "from", text="\n\n".join(f"[[{name}]]" for name in names))
    shown = client.get("/board/wanted")
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text


def test_a_hidden_page_is_missing_here_as_it_is_in_links(app, client, client_of):
    admin = client_of("admin", role="admin")
    factories.make_page(app, "closed/secret", title="Secret plans")
    factories.make_page(app, "closed/other", text="[[Only linked from behind]]")
    factories.make_page(app, "open", text="[[closed/secret]]")
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
        assert is_red_link(STRANGER, "closed/secret")
        assert not is_red_link(STRANGER, "only-linked-from-behind")
    said = client.get("/board/wanted").text
    assert "closed/secret" in said
    assert "Only linked" not in said
    assert "Secret plans" not in said
    said = admin.get("/board/wanted").text
    assert "closed/secret" not in said
    assert "Only linked" in said
