"""Messages for Discord: within all limits, whatever has happened, and nothing lost."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wiki.community.events import Description, Event
from wiki.community.webhooks.messages import discord, plain_json
from wiki.community.webhooks.messages.discord_text import utf16_length
from wiki.community.webhooks.messages.public_events import PublicEvent

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
WORDS = st.text(st.characters(codec="utf-8"), max_size=250) | st.sampled_from(
    ["@everyone " * 20, "*" * 200, "😀" * 120, "ሰላም ለዓለም " * 15, "a" * 250, "`" * 90, ""]
)


@st.composite
def events(draw):
    pages = draw(st.lists(st.tuples(WORDS, st.booleans()), min_size=1, max_size=14))
    count = draw(st.integers(1, 60))
    return [make_event(number, draw, pages) for number in range(1, count + 1)]


def make_event(number, draw, pages):
    page_id = draw(st.integers(1, len(pages)))
    title, has_page = pages[page_id - 1]
    actor = draw(st.sampled_from(["selam", "dawit", "@here", None]))
    is_edit = draw(st.booleans())
    description = Description(
        title=title,
        line=f"{actor} edited “{title}” {draw(WORDS)}",
        endpoint="pages.diff",
        values={"path": "ሰ" * draw(st.sampled_from([1, 240])), "from": number, "to": number + 1},
        excerpt=draw(WORDS) * 3,
        actor=actor,
        page_id=page_id if has_page else None,
        path="a/b" if has_page else "",
        group=f"{page_id}-{actor}" if is_edit else "",
    )
    return PublicEvent(
        Event(number, "revision", page_id, number, 1, None, AT), "page.edit", description
    )


def all_messages(make, told):
    """The messages that follow each other until everything is told."""
    left, messages = list(told), []
    while left:
        content, numbers = make(left)
        assert numbers, "a message tells of something"
        assert numbers <= {each.event.number for each in left}
        left = [each for each in left if each.event.number not in numbers]
        messages.append(content)
    return messages


@pytest.fixture
def wiki(make_app):
    app = make_app(base_url="https://wiki.example.org")
    with app.app_context():
        yield app


a_property = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 2,
)


@a_property
@given(events())
def test_every_message_is_within_the_limits(wiki, told):
    for message in all_messages(discord.make_message, told):
        parsed = orjson.loads(orjson.dumps(message))
        assert parsed["allowed_mentions"] == {"parse": []}
        assert set(parsed) == {"embeds", "allowed_mentions"}
        assert 1 <= len(parsed["embeds"]) <= 10
        assert all(1 <= utf16_length(embed["title"].strip()) <= 256 for embed in parsed["embeds"])
        assert all(1 <= utf16_length(embed["description"]) <= 4096 for embed in parsed["embeds"])
        assert all(len(embed.get("url", "")) <= 2000 for embed in parsed["embeds"])
        total = sum(
            utf16_length(e["title"]) + utf16_length(e["description"]) for e in parsed["embeds"]
        )
        assert total <= 6000


@a_property
@given(events())
def test_plain_json_loses_nothing_either_and_keeps_the_order(wiki, told):
    messages = all_messages(plain_json.make_message, told)
    ids = [event["id"] for message in messages for event in message["data"]["events"]]
    assert ids == [each.event.number for each in told]
    for message in messages:
        assert len(orjson.dumps(message)) < 100_000
        assert message["version"] == 1


def test_many_long_events_take_several_messages(wiki):
    told = [
        PublicEvent(
            Event(number, "revision", number % 3, number, 1, None, AT),
            "page.edit",
            Description("T" * 200, "L" * 300, "pages.read", {"path": "a"}, page_id=number % 3 + 1),
        )
        for number in range(1, 200)
    ]
    messages = all_messages(discord.make_message, told)
    assert len(messages) > 5
    lines = [e["description"].count("\n") + 1 for m in messages for e in m["embeds"]]
    assert sum(lines) == len(told)
