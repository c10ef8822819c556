"""Merging two accounts of one person."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from tests.accounts.conftest import is_signed_in
from tests.factories import PASSWORD, make_page, make_user
from tests.mail_servers import text_of
from tests.pages.visible_text import main
from tests.person import Person
from wiki.accounts.audit_log import EventFilter, events
from wiki.accounts.blocking.blocks import add_block, block_of_user
from wiki.accounts.errors import LastAdministrator, UserNotFound
from wiki.accounts.merging.merge import (
    MergeRefused,
    merge_accounts,
    preview_merge,
    settle_late,
)
from wiki.accounts.models import LoginSession, MergedAccount, Role, User
from wiki.accounts.openid.models import ExternalIdentity
from wiki.accounts.registration.invitations import create_invitation, invitations
from wiki.accounts.users import user_by_identifier, user_by_name
from wiki.community.watching.models import (
    Notification,
    NotificationPreferences,
    NotifiedEvent,
)
from wiki.database import db, utcnow, write_transaction
from wiki.identity.current import forget_identity
from wiki.pages.models import Draft, Page, Revision

URL = "/admin/people/selam2/merge"


@pytest.fixture
def admin(client_of: Callable[..., Person]) -> Person:
    return client_of("abeba", role="admin")


def merge(admin: Person, into: str = "selam", name: str = "selam2") -> Any:
    return admin.post_form(f"{URL}?into={into}", name=name)


def test_what_one_account_wrote_is_of_the_other(
    any_app: Flask, admin: Person, client_of: Any, client: Person
) -> None:
    client_of("selam", role="mentor")
    other = client_of("selam2")
    other.post_form("/new", title="Redis", path="redis", text="Fast.\n")
    other.post_form("/discuss/redis", text="A word.")
    other.post_form("/watch/redis", targets=["all:"])
    assert "selam2" in main(client.get("/wiki/redis"))  # and the page is kept

    asked = admin.open_form(URL, has="into").submit(into="Selam")
    for line in ("1 change of pages", "1 comment", "1 watch", "Nobody can undo this", "Mentor"):
        assert line in main(asked), line
    wrong = merge(admin, name="selam")
    assert wrong.status_code == 422
    assert "Type selam2 to confirm" in wrong.text
    assert is_signed_in(other)
    assert merge(admin).location == "/admin/people/selam"

    with any_app.app_context():
        forget_identity()  # every process does within a second
    assert not is_signed_in(other)
    for address in ("/history/redis", "/wiki/redis", "/changes", "/talk/redis", "/blame/redis"):
        page = main(client.get(address))
        assert "selam" in page, address
        assert "selam2" not in page, address
    assert "selam2 has been merged into selam" in main(admin.get("/admin/people/selam"))
    assert "selam2" not in main(admin.get("/admin/people"))
    assert "merged into" in main(admin.get("/admin/audit?person=selam"))
    with any_app.app_context():
        person = user_by_name("selam")
        assert person.role == Role.MENTOR
        assert user_by_name("selam2") is None
        assert db.session.scalar(db.select(Page.updated_by_id)) == person.id


def test_the_name_leads_on_and_is_nobody_elses(
    app: Flask, admin: Person, client: Person, client_of: Any, register: Any
) -> None:
    hana = client_of("hana")
    client_of("selam")
    client_of("selam2").post_form("/account/name", username="selam3", current_password=PASSWORD)
    make_page(app, "redis")
    admin.post_form("/admin/people/selam3/merge?into=selam", name="selam3")
    for name in ("selam2", "selam3", "SELAM3"):
        assert client.get(f"/users/{name}").location == "/users/selam", name
        assert admin.get(f"/admin/people/{name}").location == "/admin/people/selam", name
        assert client.get(f"/changes?person={name}").status_code == 200
        assert "already taken" in register(name).text
    hana.post_form("/discuss/redis", text="Ask @selam3 about it.")
    assert 'href="/users/selam"><bdi>@selam3</bdi>' in hana.get("/talk/redis").text
    logged = admin.get("/admin/audit?person=selam").text
    assert "selam3" in logged, "events of before keep the name"
    # Only who it is of can have it back, and once they are gone it says nothing.
    selam = client_of("selam")
    selam.post_form("/account/close", current_password=PASSWORD, is_sure=True)
    assert "selam3" not in admin.get("/admin/audit").text
    assert client.get("/users/selam3").status_code == 404
    assert "already taken" in register("selam3").text


def test_a_name_can_be_taken_back(app: Flask, make_user: Any) -> None:
    make_user("selam2")
    make_user("selam")
    with app.app_context():
        merge_accounts("selam2", "selam", by=None)
        runner = app.test_cli_runner()
        assert runner.invoke(args=["user", "rename", "selam", "selam2"]).exit_code == 0
        assert user_by_name("selam2").id == 2


def test_ways_in(app: Flask, make_user: Any, client_of: Any, sign_in: Any) -> None:
    """The target's stay, the source's end, but for identities; addresses come along if needed."""
    selam, password = make_user("selam"), "another one entirely"
    other = make_user("selam2", password=password)
    change = {"email": "s@example.org", "current_password": password}
    client_of("selam2").post_form("/account/settings", **change)
    with app.app_context():
        with write_transaction() as session:
            session.add(ExternalIdentity(user_id=other.id, issuer="https://id", subject="7"))
        merge_accounts("selam2", "selam", by=None)
        assert db.session.scalars(db.select(ExternalIdentity.user_id)).all() == [selam.id]
        assert not db.session.scalars(db.select(LoginSession).filter_by(user_id=other.id)).all()
        assert user_by_identifier("s@example.org").id == selam.id
    assert sign_in("selam2", password).status_code == 422
    assert sign_in("s@example.org", password).status_code == 422
    assert sign_in("s@example.org").status_code == 303


def test_whoever_may_not_be_merged(app: Flask, make_user: Any) -> None:
    boss, selam = make_user("boss", role="admin"), make_user("selam")
    make_user("dawit")
    with app.app_context():
        with pytest.raises(LastAdministrator):
            merge_accounts("boss", "selam", by=None)
        with pytest.raises(UserNotFound):
            merge_accounts("nobody", "selam", by=None)
        add_block("dawit", "Spam.", None, by=None, own_address=None)
        for source, target, by, reason in (
            ("selam", "nobody", None, "unknown"),
            ("selam", "SELAM", None, "same"),
            ("boss", "selam", boss.id, "self"),
            ("dawit", "boss", None, "blocked"),
        ):
            with pytest.raises(MergeRefused, match=reason):
                merge_accounts(source, target, by=by)
        assert preview_merge("dawit", "selam", by=boss.id).block is not None
        merge_accounts("dawit", "selam", by=boss.id)
        assert block_of_user(selam.id) is not None, "a block is nothing one gets rid of"
        with pytest.raises(UserNotFound):
            merge_accounts("dawit", "boss", by=None)
        with pytest.raises(MergeRefused, match="unknown"):
            merge_accounts("boss", "dawit", by=None)


def test_a_role_ends_with_what_was_made_by_it(app: Flask, make_user: Any) -> None:
    make_user("boss", role="admin")
    other = make_user("selam2", role="admin")
    make_user("selam")
    with app.app_context():
        create_invitation(by=other.id)
        merge_accounts("selam2", "selam", by=None)
        assert [each.state for each in invitations()] == ["revoked"]
        assert user_by_name("selam").role == Role.LEARNER


@pytest.mark.parametrize("blocked", ["selam2", "selam"])
def test_no_invitation_works_of_who_is_blocked(app: Flask, make_user: Any, blocked: str) -> None:
    make_user("boss", role="admin")
    accounts = {name: make_user(name, role="mentor") for name in ("selam2", "selam")}
    with app.app_context():
        add_block(blocked, "Spam.", None, by=None, own_address=None)
        for person in accounts.values():
            create_invitation(by=person.id)
        merge_accounts("selam2", "selam", by=None)
        assert [each.state for each in invitations()] == ["revoked"] * 2


def test_no_invitation_moves_to_a_disabled_account(app: Flask, make_user: Any) -> None:
    make_user("boss", role="admin")
    other = make_user("selam2", role="mentor")
    make_user("selam", role="mentor", is_enabled=False)
    with app.app_context():
        create_invitation(by=other.id)
        merge_accounts("selam2", "selam", by=None)
        assert [each.state for each in invitations()] == ["revoked"]


def test_one_after_the_other(any_app: Flask, make_user: Any) -> None:
    people = [make_user(f"selam{number}") for number in range(4)]
    make_page(any_app, "redis", by=people[0])
    with any_app.app_context():
        for number in range(3):
            merge_accounts(f"selam{number}", f"selam{number + 1}", by=None)
        assert db.session.scalar(db.select(Page.updated_by_id)) == people[3].id
        into = db.session.scalars(db.select(MergedAccount.into_id)).all()
        assert into == [people[3].id] * 3
        about = {event.about.username for event in events(EventFilter(people[3].id))}
        assert about == {f"selam{number}" for number in range(4)}


def test_what_comes_late_follows(any_app: Flask, make_user: Any) -> None:
    """A request that had begun before may write after it."""
    other, selam = make_user("selam2"), make_user("selam")
    with any_app.app_context():
        merge_accounts("selam2", "selam", by=None)
    make_page(any_app, "redis", by=other)
    with any_app.app_context():
        settle_late()
        assert db.session.scalars(db.select(Revision.author_id)).all() == [selam.id]


def test_nothing_typed_is_lost(app: Flask, make_user: Any) -> None:
    other, selam = make_user("selam2"), make_user("selam")
    with app.app_context():
        with write_transaction() as session:
            for person in (other, selam):
                session.add(Draft(user_id=person.id, target="new:redis", text=person.username))
        merge_accounts("selam2", "selam", by=None)
        drafts = db.session.scalars(db.select(Draft).filter_by(user_id=selam.id)).all()
        assert {draft.text for draft in drafts} == {"selam", "selam2"}


def test_on_the_command_line(app: Flask, make_user: Any) -> None:
    for name in ("selam", "selam2"):
        make_user(name)
    make_page(app, "redis", by=make_user("selam2"))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["user", "merge", "selam2", "nobody"]).exit_code == 1
    refused = runner.invoke(args=["user", "merge", "selam2", "selam"], input="n\n")
    assert refused.exit_code == 1
    assert "1 change of pages" in refused.output
    with app.app_context():
        assert user_by_name("selam2") is not None
    done = runner.invoke(args=["user", "merge", "selam2", "selam", "--yes"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert db.session.scalar(db.select(User.closed_at).filter_by(username="selam2"))


def test_both_addresses_are_told(
    mailing_app: Flask, send_mail: Callable[[], list[EmailMessage]]
) -> None:
    for name in ("selam", "selam2", "selam3"):
        address = f"{name}@example.org"
        is_proven = {"email_confirmed_at": utcnow()} if name != "selam3" else {}
        make_user(mailing_app, name, email=address, email_key=address, **is_proven)
    with mailing_app.app_context():
        merge_accounts("selam3", "selam2", by=None)
        merge_accounts("selam2", "selam", by=None)
        assert user_by_name("selam").email == "selam@example.org"
    told = {str(mail["To"]): text_of(mail) for mail in send_mail()}
    assert told.keys() == {"selam@example.org", "selam2@example.org"}
    assert all("selam2 into your account selam" in text for text in told.values())


def test_of_two_notifications_one_is_left(any_app: Flask, make_user: Any) -> None:
    """Read in one account it is read, told by mail it is told; whoever wants no mail gets none."""
    other, selam, hana = (make_user(name) for name in ("selam2", "selam", "hana"))
    with any_app.app_context():
        with write_transaction() as session:
            for number in (1, 2, 3, 4):
                actor = selam if number == 4 else hana
                event = {"kind": "comment", "actor_id": actor.id, "at": utcnow()}
                session.add(NotifiedEvent(number=number, **event))
            session.flush()
            for person, number, is_read in ((other, 1, True), (selam, 1, False), (other, 2, False)):
                read_at = utcnow() if is_read else None
                key = {"user_id": person.id, "event_number": number}
                session.add(Notification(**key, read_at=read_at, is_to_mail=not is_read))
            session.add(Notification(user_id=selam.id, event_number=3, is_to_mail=True))
            session.add(Notification(user_id=other.id, event_number=4, is_to_mail=True))
            session.add(NotificationPreferences(user_id=other.id, mail="off"))
        merge_accounts("selam2", "selam", by=None)
        left = db.session.scalars(db.select(Notification).order_by(Notification.event_number))
        told = [(each.user_id, each.event_number, each.read_at is None) for each in left]
        assert told == [(selam.id, 1, False), (selam.id, 2, True), (selam.id, 3, True)]
        assert not db.session.scalars(db.select(Notification).filter_by(is_to_mail=True)).all()
