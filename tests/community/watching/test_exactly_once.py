"""A watcher is told of an event once, whenever and however often the notifier is killed."""

import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from tests.community.run_notifier import consume_at_once, notify, wait_until_final
from tests.sampling import seeds
from wiki.accounts.merging.merge import merge_accounts
from wiki.accounts.models import User
from wiki.community.notifier import consuming
from wiki.community.notifier.models import ConsumerPosition
from wiki.community.notifier.registry import Consumer
from wiki.community.watching import fan_out, watches
from wiki.community.watching.fan_out import NOTIFICATIONS
from wiki.community.watching.models import Notification, NotifiedEvent, WatchScope
from wiki.community.watching.watches import EVERYTHING, Target
from wiki.database import db, write_transaction
from wiki.pages.models import Page
from wiki.pages.writing.content import Content
from wiki.pages.writing.write import Edit, save_edit
from wiki.processes.modules import start_module

PATHS = ("docs/redis", "docs/celery", "notes")
PATIENCE = 60.0  # seconds


class Killed(BaseException):
    """The process ended here."""


class Crowd:
    """People who watch and edit at random, and what each of them must be told."""

    def __init__(self, app, make_user, make_page, seed):
        self.app, self.chance = app, random.Random(seed)
        self.pages = [make_page(path, tags=["db"], kind="concept").page_id for path in PATHS]
        self.people = [make_user(f"person-{number}") for number in range(7)]
        self.watched = {person.id: set() for person in self.people}
        self.expected = Counter()
        self.authors = {}
        notify(app)

    def act(self):
        person, number = self.chance.choice(self.people), self.chance.randrange(len(PATHS))
        if self.chance.random() < 0.5:
            self._edit(person, number)
        else:
            self._watch(person, number)

    def _edit(self, person, number):
        with self.app.app_context():
            page = db.session.get_one(Page, self.pages[number])
            text = f"A text {self.chance.random()}.\n"
            content = Content(page.title, text, "concept", ("db",))
            revision = save_edit(page.id, Edit(content, page.revision_count), by=person)
        self.authors[self.pages[number], revision.number] = person.id
        path = PATHS[number]
        covering = {
            f"page:{self.pages[number]}",
            f"tree:{path}",
            "tree:docs",
            "tag:db",
            "kind:concept",
            "all:",
        }
        if not path.startswith("docs"):
            covering -= {"tree:docs"}
        for user_id, targets in self.watched.items():
            if user_id != person.id and targets & covering:
                self.expected[user_id, self.pages[number], revision.number] += 1

    def _watch(self, person, number):
        target = self.chance.choice(
            [
                Target(WatchScope.PAGE, page_id=self.pages[number]),
                Target(WatchScope.TREE, "docs"),
                Target(WatchScope.TAG, "DB"),
                Target(WatchScope.KIND, "concept"),
                EVERYTHING,
            ]
        )
        with self.app.app_context():
            watches.choose(person.id, [target], [target.key])
        self.watched[person.id].add(target.key)

    def merge(self):
        """Make one account of two: what either watched, and what either did."""
        source, target = self.people.pop(), self.people[0]
        with self.app.app_context():
            merge_accounts(source.username, target.username, by=None)
        self.watched[target.id] |= self.watched.pop(source.id)
        now = {source.id: target.id}
        self.authors = {change: now.get(id_, id_) for change, id_ in self.authors.items()}
        told = {(now.get(user_id, user_id), *change) for user_id, *change in self.expected}
        self.expected = Counter(each for each in told if each[0] != self.authors[each[1:]])

    def watch_everything(self):
        for person in self.people:
            with self.app.app_context():
                watches.choose(person.id, [EVERYTHING], [EVERYTHING.key])
            self.watched[person.id].add(EVERYTHING.key)

    def forget_some(self):
        """Once everybody was told: ended in between, a watch tells nothing more."""
        for user_id, targets in self.watched.items():
            for key in sorted(targets):
                if self.chance.random() < 0.3:
                    with self.app.app_context(), write_transaction() as session:
                        watches.unwatch(session, user_id, [key])
                    targets.remove(key)

    def check(self):
        with self.app.app_context():
            rows = db.session.execute(
                select(Notification.user_id, NotifiedEvent.page_id, NotifiedEvent.revision_id).join(
                    NotifiedEvent, NotifiedEvent.number == Notification.event_number
                )
            ).all()
            told = Counter(row.user_id for row in rows)
            assert told == Counter(user_id for user_id, _page, _number in self.expected.elements())
            assert len({tuple(row) for row in rows}) == len(rows)
            counts = dict(db.session.execute(select(User.id, User.unread_count)).all())
            assert {user_id: counts[user_id] for user_id in told} == dict(told)


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(fan_out, "ROWS_PER_TRANSACTION", 2)


@pytest.mark.parametrize("seed", seeds(1))
@pytest.mark.usefixtures("small_batches")
def test_whenever_it_is_killed(any_app, make_user, make_page, monkeypatch, seed):
    crowd = Crowd(any_app, make_user, make_page, seed)
    chance = random.Random(seed)

    @contextmanager
    def dying(*args):
        with write_transaction(*args) as session:
            yield session
            if chance.random() < 0.1:
                raise Killed  # before the commit
        if chance.random() < 0.1:
            raise Killed  # after it, before anything else

    for module in (fan_out, consuming):
        monkeypatch.setattr(module, "write_transaction", dying)
    killed = 0
    for _round in range(4):
        for _ in range(8):
            crowd.act()
        crowd.merge()
        while True:
            try:
                notify(any_app)
                break
            except Killed:
                killed += 1
        crowd.forget_some()
    assert killed
    crowd.check()


@pytest.mark.usefixtures("small_batches")
def test_two_notifiers_tell_no_more_than_one(any_app, make_user, make_page):
    crowd = Crowd(any_app, make_user, make_page, 20)
    for _ in range(30):
        crowd.act()
    consume_at_once(any_app, NOTIFICATIONS, 2)
    notify(any_app)
    crowd.check()


def test_an_account_is_merged_while_its_watchers_are_told(any_app, make_user, make_page):
    crowd = Crowd(any_app, make_user, make_page, 5)
    crowd.watch_everything()
    for _ in range(10):
        crowd.act()

    def consume_meanwhile(events):
        write = fan_out.consume(events)
        while len(crowd.people) > 3:
            crowd.merge()
        return write

    wait_until_final(any_app)
    with any_app.app_context():
        consuming.consume_next(Consumer(NOTIFICATIONS.name, consume_meanwhile))
    notify(any_app)
    crowd.check()


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)
def test_kill_9(app, make_user, make_page):
    """On the database whose last events may not be final yet."""
    crowd = Crowd(app, make_user, make_page, 9)
    crowd.watch_everything()
    for is_last in (False, True):
        for _ in range(10):
            crowd.act()
        options = {"stdout": sys.stderr}
        process = start_module("wiki", ["community", "follow"], app, **options)
        if is_last:
            wait_for_all(app)
            process.terminate()
        else:
            wait_for_any(app, process)
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
    crowd.check()


def wait_for_any(app, process):
    """Until it has begun to notify, or a moment longer: kills fall anywhere."""
    with app.app_context():
        before = db.session.scalar(select(db.func.count()).select_from(Notification))
        until = time.monotonic() + PATIENCE
        while db.session.scalar(select(db.func.count()).select_from(Notification)) == before:
            assert process.poll() is None
            if time.monotonic() > until:
                break
            db.session.rollback()
            time.sleep(0.02)


def wait_for_all(app):
    wait_until_final(app)
    with app.app_context():
        until = time.monotonic() + PATIENCE
        last = db.session.scalar(
            select(db.func.max(db.text("number"))).select_from(db.text("outbox"))
        )
        while True:
            row = db.session.get(ConsumerPosition, NOTIFICATIONS.name, populate_existing=True)
            if row is not None and row.number >= last:
                return
            assert time.monotonic() < until
            db.session.rollback()
            time.sleep(0.05)
