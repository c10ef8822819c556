"""Whatever happens to pages and rules: what belongs to a page stays, what is hidden isn't told."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.community.run_notifier import notify
from tests.factories import client_of, make_page, make_user
from tests.mail_servers import html_of, text_of
from tests.pages.visible_text import main
from tests.person import Person
from wiki.access.models import Rank
from wiki.accounts.merging.merge import merge_accounts
from wiki.community.watching import mails
from wiki.database import utcnow
from wiki.identity.current import forget_identity
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def test_what_belongs_to_a_page_stays_with_it(any_app: Flask) -> None:
    selam, dawit, mentor = (
        client_of(any_app, make_user(any_app, name, role))
        for name, role in (("selam", "learner"), ("dawit", "learner"), ("sara", "mentor"))
    )
    chance, path = random.Random(7), "challenges/slow"
    mentor.post_form("/new?kind=challenge", title="Slow", text="It is slow.\n")
    selam.post_form(f"/challenge/{path}", action="same")
    dawit.open_form(f"/challenge/{path}", has="version").submit(action="worked", version="Django 5")
    dawit.post_form(f"/discuss/{path}", text="A word about it.")
    watching = selam.open_form(f"/watch/{path}")
    watched = next(box for box in watching.boxes.values() if box.startswith("page:"))
    watching.submit(targets=[watched])
    selam.form_in(selam.get("/board/wanted"), "/board/wanted/claim").submit()

    changes, name = ["rename", "delete", "restore", "merge"] * 2, "selam"
    chance.shuffle(changes)
    for number, change in enumerate(changes):
        if change == "merge":
            former, name = name, f"selam-{number}"
            selam = client_of(any_app, make_user(any_app, name))
            selam.post_form(f"/challenge/{path}", action="same")
            with any_app.app_context():
                merge_accounts(former, name, by=None)
                forget_identity()  # every process does within a second
        elif change == "rename":
            new = chance.choice(("challenges/", "other/", "")) + f"slow-{number}"
            answer = mentor.open_form(f"/rename/{path}").submit(title=f"Slow {number}", path=new)
            path = new
        elif change == "delete":
            mentor.open_form(f"/delete/{path}").submit(summary="A mistake")
            answer = mentor.post_form(f"/undelete/{path}")
        else:
            mentor.post_form(f"/edit/{path}", text=f"It is slow, {number}.\n")
            answer = mentor.open_form(f"/restore/{path}?revision=1").submit()
        assert change == "merge" or answer.status_code == 303, change
        page, trail = main(dawit.get(f"/wiki/{path}")), changes[: number + 1]
        assert "1 more person has this problem" in page, trail
        assert "It worked for 1 person: Django 5" in page, trail
        assert f"{name} is working on this" in page, trail
        assert "A word about it." in dawit.get(f"/talk/{path}").text, trail
        assert selam.open_form(f"/watch/{path}").values.getlist("targets") == [watched], trail


def test_nobody_is_notified_of_a_page_that_they_cant_read_now(
    mailing_app: Flask, send_mail: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def person(name: str, role: str) -> Person:
        address = {"email": f"{name}@example.org", "email_key": f"{name}@example.org"}
        user = make_user(mailing_app, name, role, email_confirmed_at=utcnow(), **address)
        return client_of(mailing_app, user)

    ranks = {"hana": Rank.SIGNED_IN, "selam": Rank.LEARNER, "dawit": Rank.MENTOR}
    roles = {"hana": "reader", "selam": "learner", "dawit": "mentor"}
    people = {name: person(name, role) for name, role in roles.items()}
    admin, chance = person("abeba", "admin"), random.Random(7)
    # Words that are nowhere else, so that a page is told of wherever one of them stands.
    words = {"one/a": "Quokka", "one/b": "Wombat", "two/c": "Numbat", "two/d": "Dunnart"}
    for path, word in words.items():
        make_page(mailing_app, path, title=word)
    for each in people.values():
        each.open_form("/watch/one/a").submit(targets=["all:"])
        each.open_form("/notifications/settings").submit(mail="at-once")
    seen: set[str] = set()
    least = dict.fromkeys(("one", "two"), Rank.SIGNED_IN)
    for number in range(12):
        path = chance.choice(list(words))
        match chance.randrange(4):
            case 0:
                admin.post_form(f"/discuss/{path}", text=f"A comment, {number}.")
            case 1:
                folder = path.partition("/")[0]
                least[folder] = chance.choice(list(ranks.values()))
                with mailing_app.app_context():
                    terms = RuleTerms(read_rank=least[folder], edit_rank=Rank.MENTOR)
                    set_rule(folder, terms, by=None)
            case _:
                admin.post_form(f"/edit/{path}", text=f"A text, {number}.\n")
        if number % 3 == 2:
            notify(mailing_app, jobs=True)
            with monkeypatch.context() as patch, mailing_app.app_context():
                patch.setattr(mails, "utcnow", lambda: utcnow() + timedelta(minutes=5))
                mails.queue_due_mails()
            told = {name: people[name].get("/notifications?show=all").text for name in ranks}
            for mail in send_mail():
                name = str(mail["To"]).partition("@")[0]
                told[name] += str(mail["Subject"]) + text_of(mail) + html_of(mail)
            for name, rank in ranks.items():
                seen.update(word for word in words.values() if word in told[name])
                hidden = [w for p, w in words.items() if least[p.partition("/")[0]] > rank]
                assert [word for word in hidden if word in told[name]] == [], (name, number)
    assert len(seen) > 1, "they are told of something"
