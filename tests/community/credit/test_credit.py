"""Credit equals a recount of the history, as far as a viewer may know of it."""

import random

import pytest
from flask import Flask

from tests import factories
from wiki.access.models import Rank
from wiki.access.permissions import Viewer, can_read
from wiki.accounts.models import User
from wiki.community.credit.bylines import byline
from wiki.community.credit.person import credit_of
from wiki.database import db, write_transaction
from wiki.pages.history.reviews import mark_reviewed
from wiki.pages.models import Page, ReviewMark, Revision
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.queries.page_queries import page_at
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, delete_page, restore_revision, save_edit, undelete_page

STRANGER, ADMIN = Viewer(), Viewer(user_id=1, role="admin")
PEOPLE = ("selam", "dawit", "hana", "ሰላም")


class RandomHistory:
    """Pages that people write, change, rename, undo, restore, delete and bring back."""

    def __init__(self, app: Flask, chance: random.Random) -> None:
        self.chance = chance
        self.people = [factories.make_user(app, name) for name in PEOPLE]
        self.pages: list[int] = []
        for number in range(5):
            folder = chance.choice(["", "closed/"])
            made = factories.make_page(
                app, f"{folder}p{number}", text=f"One {number}.\n\nTwo.\n", by=self.somebody()
            )
            self.pages.append(made.page_id)
        with app.app_context():
            for _ in range(25):
                self._do(chance.choice(self.pages))
            set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
            self._accept_some()
            reviewer = Viewer(user_id=self.people[0].id, role="mentor")
            ids = db.session.scalars(db.select(Revision.id)).all()
            mark_reviewed(reviewer, chance.sample(list(ids), 12))

    def _accept_some(self) -> None:
        with write_transaction() as session:
            for revision in session.scalars(db.select(Revision)):
                if self.chance.random() < 0.4:
                    revision.accepted_by_id = self.chance.choice(self.people).id

    def somebody(self) -> User | None:
        return self.chance.choice([*self.people, None])

    def _do(self, page_id: int) -> None:
        page = db.session.get_one(Page, page_id, populate_existing=True)
        number, path = page.revision_count, page.path
        if page.deleted_at is not None:
            undelete_page(page_id, by=self.somebody())
            return
        match self.chance.randint(0, 9):
            case 0:
                delete_page(page_id, base_revision=number, by=self.somebody())
            case 1:
                asked = RenameRequest(f"T{number}", f"{path}x", number)
                rename_page(page_id, asked, by=self.somebody())
            case 2:
                old = self.chance.randint(1, number)
                restore_revision(page_id, old, base_revision=number, by=self.somebody())
            case 3 if number > 1:
                self._undo(page_id, number)
            case _:
                text = f"One {self.chance.random()}.\n\nTwo.\n"
                edit = Edit(Content(page.title, text), number, is_minor=self.chance.random() < 0.3)
                save_edit(page_id, edit, by=self.somebody())

    def _undo(self, page_id: int, number: int) -> None:
        before = db.session.scalar(
            db.select(Revision.title).filter_by(page_id=page_id, number=number)
        )
        edit = Edit(Content(str(before), f"Undone {number}.\n"), number, undoes=number)
        save_edit(page_id, edit, by=self.somebody())


def _writes(revision: Revision, all_of_page: list[Revision]) -> bool:
    """The rule in plain words."""
    if revision.author_id is None or revision.is_minor or revision.cause_id is not None:
        return False
    if revision.action not in ("create", "import", "edit", "merge"):
        return False
    undone = [each.merged_number for each in all_of_page if each.action == "undo"]
    return revision.number not in undone


def _recount(viewer: Viewer, person: User) -> tuple[int, int, int, int]:
    begun = improved = accepted = reviews = 0
    for page in db.session.scalars(db.select(Page)):
        if not can_read(viewer, page):
            continue
        revisions = list(db.session.scalars(db.select(Revision).filter_by(page_id=page.id)))
        own = [r for r in revisions if r.author_id == person.id and _writes(r, revisions)]
        began = next(r for r in revisions if r.number == 1).author_id == person.id
        begun += any(r.number == 1 for r in own)
        improved += not began and any(r.number > 1 for r in own)
        accepted += sum(r.accepted_by_id not in (None, person.id) for r in own)
        for revision in revisions:
            mark = db.session.get(ReviewMark, (person.id, revision.id))
            reviews += mark is not None and revision.author_id != person.id
    return begun, improved, accepted, reviews


@pytest.mark.parametrize("seed", range(5))
def test_credit_is_a_recount_of_the_history(any_app, seed):
    history = RandomHistory(any_app, random.Random(seed))
    with any_app.app_context():
        for viewer in (STRANGER, ADMIN):
            for person in history.people:
                credit = credit_of(viewer, person)
                counted = (credit.begun, credit.improved, credit.accepted, credit.reviews)
                assert counted == _recount(viewer, person), (viewer, person.username)
        for page in db.session.scalars(db.select(Page).where(Page.deleted_at.is_(None))):
            shown = byline(page_at(ADMIN, page.path).extras["writers"], most=9)
            revisions = list(db.session.scalars(db.select(Revision).filter_by(page_id=page.id)))
            own = [r.author_id for r in revisions if _writes(r, revisions)]
            names = {p.username: own.count(p.id) for p in history.people if p.id in own}
            assert set(shown.names) == set(names)
            assert [names[n] for n in shown.names] == sorted(names.values(), reverse=True)
            assert shown.others == 0


def test_a_person_is_shown_what_they_gave(app, client, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    assert "Given to this wiki" not in client.get("/users/selam").text
    selam.post_form("/new", title="Redis", text="Fast.\n")
    dawit.post_form("/edit/redis", text="Fast and small.\n")
    assert "1 page begun" in client.get("/users/selam").text
    assert "1 page of others improved" in client.get("/users/dawit").text
    assert app


def test_the_foot_of_a_page_thanks_by_name(any_app, client):
    names = ["selam", "dawit", "hana", "ሰላም", "سلام"]
    people = {
        name: factories.client_of(any_app, factories.make_user(any_app, name)) for name in names
    }
    people["selam"].post_form("/new", title="Redis", text="Fast 0.\n")
    said = client.get("/wiki/redis").text
    assert "Written by" in said
    for number, name in enumerate(names[1:3]):
        people[name].post_form("/edit/redis", text=f"Fast {number} by {name}.\n")
    foot = _foot(client)
    assert all(f">{name}<" in foot for name in names[:3])
    for number, name in enumerate(names[3:]):
        people[name].post_form("/edit/redis", text=f"Fast {number} by others.\n")
    foot = _foot(client)
    assert "3 others" in foot
    assert ">selam<" in foot
    assert ">hana<" not in foot


def test_a_closed_account_counts_without_its_name(app, client, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    selam.post_form("/new", title="Redis", text="Fast.\n")
    dawit.post_form("/edit/redis", text="Fast and small.\n")
    # Not read before: a process looks once a second whether cached pages have been dropped.
    closing = selam.open_form("/account/close")
    closing.submit(current_password=factories.PASSWORD, is_sure=True)
    foot = _foot(client)
    assert ">dawit<" in foot
    assert "1 other" in foot
    assert "selam" not in foot
    assert "former" not in foot
    assert app


def test_the_front_page_names_who_wrote_lately(app, client, client_of):
    client_of("selam").post_form("/new", title="Redis", text="Fast.\n")
    dawit = client_of("dawit", role="admin")
    dawit.post_form("/new", title="Hidden", path="closed/hidden", text="Secret.\n")
    with app.app_context():
        set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    thanks = client.get("/").text.partition("Written lately by")[2][:300]
    assert ">selam<" in thanks
    assert ">dawit<" not in thanks
    assert ">dawit<" in dawit.get("/").text.partition("Written lately by")[2]


def _foot(client):
    said = client.get("/wiki/redis").text.partition("Written by")[2].partition("</p>")[0]
    return said.replace("<bdi>", ">").replace("</bdi>", "<").replace(">\n", ">")
