"""What administrators do at /admin/webhooks."""

import base64
import hmac
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.hostile_names import OWN
from tests.pages.visible_text import main
from tests.webhook_receiver import TOKEN, refusing
from wiki.community.webhooks.manage import WEBHOOK_LIMIT
from wiki.community.webhooks.models import Format, Webhook
from wiki.community.webhooks.sending import trial_message
from wiki.database import db, write_transaction


def create(admin, **fields):
    return admin.open_form("/admin/webhooks/new").submit(**fields)


def webhooks(posting):
    with posting.app.app_context():
        return db.session.scalars(select(Webhook)).all()


def key_on(answer):
    return answer.text.partition('value="whsec_')[2].partition('"')[0]


def test_a_webhook_for_discord_from_the_first_to_the_last(posting):
    admin = posting.person()
    assert "No webhooks" in main(admin.get("/admin/webhooks/"))
    made = create(admin, name="The class", address=posting.receiver.discord)
    assert made.status_code == 303
    page = admin.get(made.location)
    assert "The webhook is created" in page.text
    assert TOKEN not in page.text
    assert "New pages, Changed pages" in main(page)
    assert "all public pages" in main(page)
    assert "switched off" not in admin.get("/admin/webhooks/new").text
    tested = admin.open_form(made.location, has="csrf_token").submit()
    assert "has accepted the test message (200)" in admin.get(tested.location).text
    (received,) = posting.receiver.received
    assert "test message from Nexus" in received.json["content"]
    assert received.json["allowed_mentions"] == {"parse": []}
    assert "Test message" in main(admin.get(made.location))
    deleted = admin.open_form("/admin/webhooks/1/delete").submit()
    assert deleted.status_code == 303
    assert webhooks(posting) == []
    log = main(admin.get("/admin/audit"))
    for action in ("Webhook created", "Test message of a webhook", "Webhook deleted"):
        assert action in log


def test_the_key_of_a_program_is_shown_once_and_replaced(posting):
    admin = posting.person()
    made = create(admin, name="Bot", format="json", address=posting.receiver.json)
    key = key_on(made)
    assert made.status_code == 200
    assert len(base64.b64decode(key)) == 32
    for page in ("/admin/webhooks/", "/admin/webhooks/1", "/admin/webhooks/1/edit"):
        assert key not in admin.get(page).text
    token = admin.open_form("/admin/webhooks/1").values["csrf_token"]
    replaced = admin.post("/admin/webhooks/1/key", data={"csrf_token": token})
    other = key_on(replaced)
    assert other not in ("", key)
    assert "signed by the former key too" in main(replaced)
    posting.write("redis")
    posting.post()
    (received,) = posting.receiver.received
    assert received.headers["webhook-signature"].split() == [
        signature(received, other),
        signature(received, key),
    ]
    posting.clock.shift(86_500)
    posting.write("caching")
    posting.post()
    signed = posting.receiver.received[1]
    assert signed.headers["webhook-signature"] == signature(signed, other)


def signature(received, key):
    head = f"{received.headers['webhook-id']}.{received.headers['webhook-timestamp']}."
    digest = hmac.digest(base64.b64decode(key), head.encode() + received.body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def test_what_is_wrong_is_said_and_everything_comes_back(posting):
    admin = posting.person()
    cases = [
        ({"name": " "}, "Give the webhook a name"),
        ({"name": "a" * 81}, "At most 80 characters"),
        ({"name": "a\u202eb"}, "invisible characters"),
        ({"address": ""}, "Enter the address"),
        ({"address": "https://10.0.0.1/api/webhooks/1/a"}, "own network"),
        ({"address": "http://example.org/api/webhooks/1/a"}, "Only https://"),
        ({"address": "https://example.org/a"}, "A Discord address looks like"),
        ({"format": "json", "address": "https://discord.com/api/webhooks/1/a"}, "choose Discord"),
        ({"format": "json", "address": "https://no-such-host.invalid/a"}, "can’t be found"),
        ({"format": "telegram"}, "Not a valid choice"),
        ({"events": None}, "Choose at least one"),
        ({"events": ["nothing"]}, "not a valid choice"),
        ({"scope": "tree", "tree": ""}, "Enter the path"),
        ({"scope": "tree", "tree": "a?b"}, "Enter the path"),
        ({"scope": "tag", "tag": " "}, "Enter a tag"),
    ]
    for fields, told in cases:
        typed = {"name": "The class", "address": posting.receiver.discord, **fields}
        answer = create(admin, **typed)
        assert answer.status_code == 422, fields
        assert told in main(answer), fields
        form = admin.form_in(answer, "/admin/webhooks/new")
        assert form.values["address"] == typed["address"].strip(), fields
        assert webhooks(posting) == [], fields


def test_what_it_is_about_can_be_changed_and_the_address_kept(posting):
    admin = posting.person()
    number = posting.add()
    form = admin.open_form(f"/admin/webhooks/{number}/edit")
    assert form.values["address"] == ""
    changed = form.submit(
        name="Docker", scope="tree", tree="challenges/Docker", events=["page.new"]
    )
    assert changed.status_code == 303
    webhook = posting.stored(number)
    assert webhook.address == posting.receiver.discord
    assert (webhook.scope, webhook.scope_key) == ("tree", "challenges/docker")
    assert "pages at and below challenges/Docker" in main(admin.get(changed.location))
    form = admin.open_form(f"/admin/webhooks/{number}/edit")
    assert form.values["tree"] == "challenges/Docker"
    other = form.submit(format="json")
    assert other.status_code == 422
    assert "Enter an address of this kind" in main(other)
    assert key_on(form.submit(format="json", address=posting.receiver.json))


def test_of_two_who_change_it_the_second_is_asked(posting):
    number = posting.add()
    abeba, hana = posting.person(), posting.person("hana")
    hers, theirs = (each.open_form(f"/admin/webhooks/{number}/edit") for each in (abeba, hana))
    assert hers.submit(name="Hers").status_code == 303
    answer = theirs.submit(name="Theirs")
    assert answer.status_code == 409
    again = hana.form_in(answer, f"/admin/webhooks/{number}/edit")
    assert again.values["name"] == "Theirs"
    assert again.submit().status_code == 303
    assert posting.stored(number).name == "Theirs"


def test_switched_off_nothing_is_posted(posting):
    admin, number = posting.person(), posting.add()
    assert admin.open_form(f"/admin/webhooks/{number}", has="on").submit().status_code == 303
    posting.write("redis")
    assert posting.post() == 0
    assert admin.open_form(f"/admin/webhooks/{number}", has="on").submit().status_code == 303
    posting.write("caching")
    assert posting.post() == 1
    assert [e["title"] for e in posting.receiver.received[0].json["embeds"]] == ["Caching"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusing(404, {"message": "Unknown Webhook"}), "404 Unknown Webhook"),
        (refusing(500), "answered: 500"),
        (refusing(302, Location="http://127.0.0.1/"), "redirects (302)"),
    ],
)
def test_a_test_that_fails_says_why(posting, answer, told):
    admin, number = posting.person(), posting.add()
    posting.receiver.answers.append(answer)
    sent = admin.open_form(f"/admin/webhooks/{number}").submit()
    assert told in admin.get(sent.location).text
    assert posting.stored(number).is_enabled
    assert len(posting.receiver.received) == 1


def test_tests_are_limited(posting):
    admin, number = posting.person(), posting.add()
    assert trial_message._slots.acquire(blocking=False)
    try:
        answer = admin.open_form(f"/admin/webhooks/{number}").submit()
    finally:
        trial_message._slots.release()
    assert answer.status_code == 429
    assert posting.receiver.received == []


def test_dead_letters_are_sent_again_or_discarded(posting):
    admin, number = posting.person(), posting.add()
    for path in ("first", "second", "third"):
        posting.receiver.answers.append(refusing(400, {"message": f"no {path}"}))
        posting.write(path)
        posting.post()
    page = admin.get(f"/admin/webhooks/{number}")
    assert "Failed 3" in main(page)
    assert "no second" in main(page)
    forms = f"/admin/webhooks/{number}/messages"
    assert admin.form_in(page, f"{forms}/2/discard").submit().status_code == 303
    page = admin.get(f"/admin/webhooks/{number}")
    assert admin.form_in(page, f"{forms}/3/retry").submit().status_code == 303
    page = admin.get(f"/admin/webhooks/{number}")
    assert admin.form_in(page, f"{forms}/retry").submit().status_code == 303
    posting.receiver.received.clear()
    posting.post()
    titles = [r.json["embeds"][0]["title"] for r in posting.receiver.received]
    assert titles == ["First", "Third"]
    assert "Sent 2" in main(admin.get(f"/admin/webhooks/{number}"))
    gone = admin.post(
        f"{forms}/1/retry", data={"csrf_token": admin.open_form("/theme").values["csrf_token"]}
    )
    assert gone.status_code == 404  # it was sent


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"is_enabled": False}, "waits until the webhook is switched on"),
        ({"paused_until": datetime(2040, 1, 1, tzinfo=UTC)}, "waits as long as the receiver"),
    ],
)
def test_what_is_to_be_sent_again_says_what_it_waits_for(posting, state, words):
    admin, number = posting.person(), posting.add()
    posting.receiver.answers.append(refusing(400))
    posting.write("first")
    posting.post()
    with posting.app.app_context(), write_transaction() as session:
        for name, value in state.items():
            setattr(session.get_one(Webhook, number), name, value)
    address = f"/admin/webhooks/{number}"
    for button in (f"{address}/messages/retry", f"{address}/messages/1/retry"):
        token = admin.open_form("/theme").values["csrf_token"]
        assert admin.post(button, data={"csrf_token": token}).status_code == 303
        page = main(admin.get(address))
        assert words in page
        assert "sent again now" not in page


def test_all_that_was_not_sent_is_discarded(posting):
    admin, number = posting.person(), posting.add()
    posting.receiver.answers.append(refusing(400))
    posting.write("first")
    posting.post()
    form = admin.form_in(
        admin.get(f"/admin/webhooks/{number}"), f"/admin/webhooks/{number}/messages/discard"
    )
    assert form.submit().status_code == 303
    assert posting.post() == 0
    assert "Failed" not in main(admin.get(f"/admin/webhooks/{number}"))


def test_without_an_address_of_its_own_the_wiki_posts_nothing(client_of):
    admin = client_of("abeba", role="admin")
    assert "NEXUS_BASE_URL" in main(admin.get("/admin/webhooks/"))
    assert admin.get("/admin/webhooks/new").status_code == 409


def test_there_are_not_too_many(posting):
    with posting.app.app_context(), posting.app.test_request_context():
        db.session.add_all(
            Webhook(name=str(number), format="json", address="https://e.org/", events=[])
            for number in range(WEBHOOK_LIMIT)
        )
        db.session.commit()
    answer = create(posting.person(), name="One more", address=posting.receiver.discord)
    assert answer.status_code == 422
    assert "There are 50 webhooks already" in main(answer)


def test_names_of_webhooks_are_text(posting):
    admin, number = posting.person(), posting.add(name="<script>alert(1)</script>")
    for page in ("", str(number), f"{number}/edit", f"{number}/delete"):
        assert "<script>alert" not in admin.get(f"/admin/webhooks/{page}").text
    for name in OWN[::4]:
        answer = admin.open_form(f"/admin/webhooks/{number}/edit").submit(name=name)
        assert answer.status_code in (303, 422), name


def test_nobody_else_sees_or_does_anything(posting):
    number = posting.add(Format.JSON)
    mentor = posting.person("dawit", "mentor")
    token = mentor.open_form("/new").values["csrf_token"]
    for page in ("", "new", str(number), f"{number}/edit", f"{number}/delete"):
        assert mentor.get(f"/admin/webhooks/{page}").status_code == 403
    for act in ("new", f"{number}/test", f"{number}/key", f"{number}/switch", f"{number}/delete"):
        sent = mentor.post(f"/admin/webhooks/{act}", data={"csrf_token": token})
        assert sent.status_code == 403
    assert posting.receiver.received == []
