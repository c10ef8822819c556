"""Credit equals a recount of the history, as far as a viewer may know of it."""

import random
from dataclasses import replace
from functools import partial

import pytest
from flask import Flask

from tests import factories
from tests.sampling import seeds
from wiki.access.models import Rank
from wiki.access.permissions import Viewer, can_read
from wiki.accounts.merging.merge import merge_accounts
from wiki.accounts.models import User
from wiki.community.challenges.models import WORKED, ChallengeSolution, ChallengeVote
from wiki.community.challenges.solution import mark_solved, reopen
from wiki.community.challenges.votes import cast_vote
from wiki.community.credit.bylines import byline
from wiki.community.credit.person import Credit, credit_of
from wiki.community.proposals.deciding.accepting import accept
from wiki.community.proposals.deciding.decide import decline
from wiki.community.proposals.models import Proposal, ProposalPage
from wiki.community.proposals.proposing.parts import ProposedPage
from wiki.community.proposals.proposing.propose import propose
from wiki.database import db
from wiki.pages.history.reviews import mark_reviewed
from wiki.pages.models import Page, ReviewMark, Revision
from wiki.pages.moving.rename import RenameRequest, rename_page
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.pages.queries.page_queries import page_at
from wiki.pages.writing.content import Content
from wiki.pages.writing.revision_store import load_content
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
                app,
                f"{folder}p{number}",
                text=f"One {number}.\n\nTwo.\n",
                kind="challenge" if number % 2 else "page",
                by=self.somebody(),
            )
            self.pages.append(made.page_id)
        with app.app_context():
            for _ in range(40):
                self._do(chance.choice(self.pages))
            set_rule("closed", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
            reviewer = Viewer(user_id=self.people[0].id, role="mentor")
            ids = db.session.scalars(db.select(Revision.id)).all()
            mark_reviewed(reviewer, chance.sample(list(ids), 12))

    def somebody(self) -> User | None:
        return self.chance.choice([*self.people, None])

    def _do(self, page_id: int) -> None:
        page = db.session.get_one(Page, page_id, populate_existing=True)
        number, path = page.revision_count, page.path
        if page.deleted_at is not None:
            undelete_page(page_id, by=self.somebody())
            return
        match self.chance.randint(0, 12):
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
            case 4 | 5:
                self._propose(page_id, number)
            case 6 | 7 | 8 if page.kind == "challenge":
                self._say(page)
            case _:
                edit = Edit(self._content(page_id, number), number, is_minor=self.is_lucky(0.3))
                save_edit(page_id, edit, by=self.somebody())

    def _content(self, page_id: int, number: int) -> Content:
        now = load_content(db.session(), page_id, number)
        status = {"status": self.chance.choice(["open", "solved"])} if self.is_lucky(0.3) else {}
        text = f"One {self.chance.random()}.\n\nTwo.\n"
        return replace(now, text=text, fields={**now.fields, **status})

    def is_lucky(self, share: float) -> bool:
        return self.chance.random() < share

    def _propose(self, page_id: int, number: int) -> None:
        author, decider = self.chance.sample(self.people, 2)
        parts = [ProposedPage(self._content(page_id, number), page_id, number)]
        if self.is_lucky(0.5):  # several pages are one proposal
            title = f"New {self.chance.random()}"
            parts.append(ProposedPage(Content(title, "New.\n"), path=title))
        proposed = propose(parts, by=author, viewer=Viewer(author.id, "admin"), title="Better")
        decide = accept if self.is_lucky(0.7) else partial(decline, reason="No.")
        decide(proposed, by=decider, viewer=Viewer(decider.id, "admin"), version=1)

    def _say(self, page: Page) -> None:
        number, by = page.revision_count, self.chance.choice(self.people)
        match self.chance.randint(0, 3):
            case 0:
                reopen(ADMIN, page, by, base_revision=number, summary="")
            case 1:
                cast_vote(page.id, by.id, WORKED)
            case _:
                solver = self.chance.choice([*self.people, None])
                mark_solved(
                    ADMIN,
                    page,
                    by,
                    base_revision=number,
                    fix=None,
                    solver_id=solver.id if solver else None,
                    summary="",
                )

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


def _recount(viewer: Viewer, person: User) -> Credit:
    begun = improved = solutions = reviews = 0
    helped: set[int] = set()
    proposals: set[int] = set()
    for page in db.session.scalars(db.select(Page)):
        if not can_read(viewer, page):
            continue
        revisions = list(db.session.scalars(db.select(Revision).filter_by(page_id=page.id)))
        own = [r for r in revisions if r.author_id == person.id and _writes(r, revisions)]
        began = next(r for r in revisions if r.number == 1).author_id == person.id
        begun += any(r.number == 1 for r in own)
        improved += not began and any(r.number > 1 for r in own)
        if _solver_of(page, revisions) == person.id:
            solutions += 1
            votes = db.select(ChallengeVote).filter_by(page_id=page.id, vote=WORKED)
            helped |= {vote.user_id for vote in db.session.scalars(votes)} - {person.id}
        for part in db.session.scalars(db.select(ProposalPage).filter_by(page_id=page.id)):
            proposal = db.session.get_one(Proposal, part.proposal_id)
            is_others = proposal.decided_by_id != person.id
            if proposal.state == "accepted" and proposal.author_id == person.id and is_others:
                proposals.add(proposal.id)
        for revision in revisions:
            mark = db.session.get(ReviewMark, (person.id, revision.id))
            reviews += mark is not None and revision.author_id != person.id
    return Credit(begun, improved, solutions, len(helped), len(proposals), reviews)


def _solver_of(page: Page, revisions: list[Revision]) -> int | None:
    """Whoever was named, if it has been solved ever since."""
    row = db.session.get(ChallengeSolution, page.id)
    if row is None:
        return None
    since = [r.fields.get("status") for r in revisions if r.number >= row.revision_number]
    return row.solver_id if set(since) == {"solved"} else None


@pytest.mark.parametrize("seed", seeds(1))
def test_credit_is_a_recount_of_the_history(any_app, seed):
    history = RandomHistory(any_app, random.Random(seed))
    with any_app.app_context():
        _check(history.people)
        merged = history.people.pop()
        merge_accounts(merged.username, history.people[0].username, by=None)
        db.session.expire_all()
        _check(history.people)
        assert credit_of(ADMIN, merged).is_empty


def _check(people: list[User]) -> None:
    """Whether what is shown of these, who wrote everything, is what they did."""
    for viewer in (STRANGER, ADMIN):
        for person in people:
            counted = _recount(viewer, person)
            assert credit_of(viewer, person) == counted, (viewer, person.username)
    for page in db.session.scalars(db.select(Page).where(Page.deleted_at.is_(None))):
        shown = byline(page_at(ADMIN, page.path).extras["writers"], most=9)
        revisions = list(db.session.scalars(db.select(Revision).filter_by(page_id=page.id)))
        own = [r.author_id for r in revisions if _writes(r, revisions)]
        names = {p.username: own.count(p.id) for p in people if p.id in own}
        assert set(shown.names) == set(names)
        assert [names[n] for n in shown.names] == sorted(names.values(), reverse=True)
        assert shown.others == 0


def test_a_person_is_shown_what_they_gave(app, client, client_of):
    selam, dawit = client_of("selam"), client_of("dawit")
    assert "Contributions to this wiki" not in client.get("/users/selam").text
    selam.post_form("/new", title="Redis", text="Fast.\n")
    dawit.post_form("/edit/redis", text="Fast and small.\n")
    assert "1 page begun" in client.get("/users/selam").text
    assert "1 page by others improved" in client.get("/users/dawit").text
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
    thanks = client.get("/").text.partition("Recently written by")[2][:300]
    assert ">selam<" in thanks
    assert ">dawit<" not in thanks
    assert ">dawit<" in dawit.get("/").text.partition("Recently written by")[2]


def _foot(client):
    said = client.get("/wiki/redis").text.partition("Written by")[2].partition("</p>")[0]
    return said.replace("<bdi>", ">").replace("</bdi>", "<").replace(">\n", ">")


def test_a_person_is_shown_whom_they_helped(app, client, client_of):
    asker, solver = client_of("selam"), client_of("dawit")
    asker.post_form("/new?kind=challenge", title="Slow", text="It is slow.\n")
    solver.post_form("/edit/challenges/slow", text="It is slow. Add an index.\n")
    asker.open_form("/challenge/challenges/slow", has="solver").submit(action="solve")
    for person in (asker, solver, client_of("hana")):
        person.open_form("/challenge/challenges/slow", has="version").submit(action="worked")
    shown = client.get("/users/dawit").text
    assert "1 challenge solved" in shown
    assert "2 people helped: it worked for them" in shown
    asker.post_form("/edit/challenges/slow", status="open")
    assert "challenge solved" not in client.get("/users/dawit").text
