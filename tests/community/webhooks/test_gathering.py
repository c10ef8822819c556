"""What is posted of what happens: gathered, in order, and nothing that isn't public."""

import base64
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests import factories
from tests.community.run_notifier import notify
from tests.community.webhooks.conftest import BASE_URL, Posting
from tests.webhook_receiver import TOKEN, refusing
from wiki.community.proposals.lifecycle import DECISION, PROPOSAL
from wiki.community.webhooks.messages.public_events import choices, usual_choices
from wiki.community.webhooks.models import Format, WebhookDelivery, WebhookEvent, WebhookScope
from wiki.community.webhooks.sending import sender
from wiki.database import db

BOTH = pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@BOTH
def test_what_happens_within_half_a_minute_is_one_message(posting):
    posting.add()
    posting.write("redis", title="Redis", summary="first words")
    for text in ("a", "ab", "abc"):
        posting.edit("redis", "dawit", text, summary=f"more {text}")
    posting.write("caching", title="Caching", by="dawit")
    notify(posting.app)
    with posting.app.app_context():
        assert sender.send_all() == 0  # half a minute isn't over
    assert posting.post() == 1
    (received,) = posting.receiver.received
    redis, caching = received.json["embeds"]
    assert received.path == f"/api/webhooks/1122334455/{TOKEN}?wait=true"
    assert received.json["allowed_mentions"] == {"parse": []}
    assert (redis["title"], caching["title"]) == ("Redis", "Caching")
    assert redis["url"] == "https://wiki.example.org/wiki/redis"
    new, edits = redis["description"].split("\n")
    assert "selam wrote “Redis”" in new
    assert "first words" in new
    assert "3 edits of “Redis” by dawit" in edits
    assert "(https://wiki.example.org/diff/redis?from=1&to=4)" in edits
    assert posting.post() == 0
    assert posting.only_delivery().remote_id == "1234567890"


def test_messages_of_a_webhook_keep_their_order(posting):
    posting.add(Format.JSON)
    posting.receiver.answers.append(refusing(503))
    posting.write("first")
    posting.post()
    posting.write("second")
    assert posting.post(wait=timedelta(seconds=1)) == 0  # the first one comes first
    assert posting.post() == 2
    paths = [r.json["data"]["events"][0]["page"]["path"] for r in posting.receiver.received]
    assert paths == ["first", "first", "second"]


def test_more_than_fits_is_reported_in_several_messages(posting):
    posting.add()
    for number in range(13):
        posting.write(f"page-{number}", title=f"Page {number}")
    assert posting.post() == 2
    titles = [e["title"] for r in posting.receiver.received for e in r.json["embeds"]]
    assert titles == [f"Page {number}" for number in range(13)]
    assert [len(r.json["embeds"]) for r in posting.receiver.received] == [10, 3]


@pytest.mark.parametrize(
    ("scope", "value", "told"),
    [
        (WebhookScope.EVERYTHING, "", ["docker", "docker/compose", "dockerfile", "redis"]),
        (WebhookScope.TREE, "Docker", ["docker", "docker/compose"]),
        (WebhookScope.TAG, "In Memory", ["redis"]),
        (WebhookScope.KIND, "concept", ["dockerfile", "redis"]),
    ],
)
def test_a_webhook_is_about_some_pages(posting, scope, value, told):
    posting.add(Format.JSON, scope=scope, scope_value=value)
    posting.write("docker")
    posting.write("docker/compose")
    posting.write("dockerfile", kind="concept")
    posting.write("redis", kind="concept", tags=["in memory"])
    posting.post()
    events = [event for r in posting.receiver.received for event in r.json["data"]["events"]]
    assert sorted(event["page"]["path"] for event in events) == told


def test_a_proposal_is_about_all_its_pages(posting):
    scopes = [("tree", "docker"), ("tag", "db"), ("kind", "guide")]
    for scope, value in (*scopes, ("tree", "redi"), ("tag", "docker"), ("kind", "challenge")):
        terms = {"scope": WebhookScope(scope), "scope_value": value}
        posting.add(Format.JSON, name=value, events=[PROPOSAL, DECISION], **terms)
    posting.write("redis")
    posting.write("docker/compose", tags=["db"])
    reader, mentor = posting.person("sara", "reader"), posting.person("dawit", "mentor")
    address = reader.post_form("/propose/redis", text="Both.\n").headers["Location"]
    assert posting.post() == 0, "nobody has asked about its only page"
    number = address.rpartition("/")[2]
    reader.post_form(f"/propose/docker/compose?proposal={number}", text="Both.\n")
    reader.post_form(f"/propose?proposal={number}", title="New", kind="guide", text="New.\n")
    assert posting.post() == len(scopes)
    mentor.form_in(mentor.get(address), f"{address}/accept").submit()
    assert posting.post() == len(scopes)
    told = [r.json["data"]["events"][-1] for r in posting.receiver.received]
    assert {event["url"] for event in told} == {f"{BASE_URL}{address}"}
    assert [event["type"] for event in told] == [PROPOSAL] * 3 + [DECISION] * 3


def test_a_webhook_is_told_what_it_chose(posting):
    posting.add(Format.JSON, events=["page.minor"])
    posting.write("redis")
    posting.edit("redis", "dawit", "Other words.\n")
    posting.edit("redis", "dawit", "Other worlds.\n", minor=True)
    posting.post()
    (received,) = posting.receiver.received
    (event,) = received.json["data"]["events"]
    assert (event["type"], event["actor"]) == ("page.minor", "dawit")


@BOTH
def test_what_is_closed_before_it_is_sent_is_not_told(posting):
    posting.add(Format.JSON)
    posting.receiver.answers.append(refusing(500))
    posting.write("secret/plan", title="The plan")
    posting.write("open")
    assert posting.post() == 1
    assert "The plan" in posting.receiver.received[0].body.decode()
    posting.close("secret")
    assert posting.post() == 1
    second = posting.receiver.received[1]
    assert "plan" not in second.body.decode().casefold()
    assert [event["page"]["path"] for event in second.json["data"]["events"]] == ["open"]


def test_what_is_deleted_before_it_is_sent_is_not_told(posting):
    posting.add()
    posting.write("plan", title="The plan")
    notify(posting.app)
    posting.person().open_form("/delete/plan").submit(summary="No plan")
    assert posting.post() == 1
    assert posting.receiver.received == []


def test_what_is_erased_before_it_is_sent_is_not_told(posting):
    posting.add(Format.JSON)
    posting.write("redis", summary="the password is hunter2")
    notify(posting.app)
    form = posting.person().open_form("/erase/redis?revision=1")
    erased = form.submit(summary="A secret", containing="hunter2", everywhere=True)
    assert erased.status_code == 303
    posting.post()
    (received,) = posting.receiver.received
    assert len(received.json["data"]["events"]) == 2
    assert "hunter2" not in received.body.decode()


def test_what_was_never_public_is_not_even_kept(posting):
    posting.write("secret/a")
    posting.close("secret")
    posting.add()
    posting.write("secret/plan", title="The plan")
    posting.write("secret/deleted")
    assert posting.post() == 0
    with posting.app.app_context():
        assert db.session.scalars(select(WebhookEvent)).all() == []


def test_a_message_of_which_nothing_is_public_any_more_is_none(posting):
    posting.add()
    posting.write("secret/plan")
    notify(posting.app)
    posting.close("secret")
    assert posting.post() == 1
    assert posting.receiver.received == []
    with posting.app.app_context():
        assert db.session.scalars(select(WebhookDelivery)).all() == []


def test_a_private_wiki_tells_nothing(posting, make_app):
    private = Posting(
        make_app(base_url=BASE_URL, webhook_hosts=posting.receiver.hosts, public_reading=False),
        posting.receiver,
        posting.clock,
    )
    private.add(Format.JSON)
    private.write("redis")
    assert private.post() == 0
    assert posting.receiver.received == []


def test_imports_and_what_a_renaming_causes_are_not_told(posting):
    posting.add(Format.JSON)
    posting.write("redis")
    posting.write("uses", text="See [[redis]].\n")
    posting.post()
    posting.receiver.received.clear()
    selam = factories.client_of(posting.app, factories.make_user(posting.app, "selam"))
    assert selam.open_form("/rename/redis").submit(path="valkey", links=True).status_code == 303
    posting.post()
    (received,) = posting.receiver.received
    assert [e["page"]["path"] for e in received.json["data"]["events"]] == ["valkey"]


@pytest.mark.parametrize("name", ["@everyone", "[x](https://evil.example)", "<@1>", "`a`", "||b||"])
def test_names_and_titles_are_no_markup(posting, name):
    posting.add()
    posting.write("redis", title=name, summary=name)
    posting.post()
    (received,) = posting.receiver.received
    embed = received.json["embeds"][0]
    for text in (embed["title"], embed["description"].replace("](https://wiki", "")):
        assert name not in text.replace("\\" + name[0], "")
    assert received.json["allowed_mentions"] == {"parse": []}


def test_plain_json_is_signed_and_says_what_happened(posting):

    number = posting.add(Format.JSON)
    posting.write("ሰላም/redis", title="ሰላም", tags=["db"], kind="concept", summary="first")
    posting.post()
    (received,) = posting.receiver.received
    key = base64.b64decode(posting.stored(number).signing_key.removeprefix("whsec_"))
    signed = ".".join(received.headers[f"webhook-{name}"] for name in ("id", "timestamp"))
    digest = hmac.digest(key, f"{signed}.".encode() + received.body, "sha256")
    assert received.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert received.headers["content-type"] == "application/json"
    (event,) = received.json["data"]["events"]
    assert received.json["wiki"]["url"] == "https://wiki.example.org/"
    assert event["page"]["tags"] == ["db"]
    assert {**event, "id": 0, "page": 0, "at": 0} == {
        "id": 0,
        "type": "page.new",
        "at": 0,
        "actor": "selam",
        "title": "ሰላም",
        "text": "selam wrote “ሰላም”",
        "excerpt": "first",
        "url": event["page"]["url"],
        "page": 0,
    }


def test_proposals_are_offered_and_what_is_for_some_people_alone_is_not(posting):
    with posting.app.app_context():
        offered, usual = list(choices()), usual_choices()
    assert {"page.new", "proposal", "decision"} <= set(offered)
    assert not {"webhook-off", "due-list", "removal", "revision"} & set(offered)
    assert "proposal" in usual
    assert not {"page.minor", "page.import", "decision"} & set(usual)
