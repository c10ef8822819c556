"""The frame around every page: what it offers to whom, and its size."""

from datetime import UTC, datetime

import pytest

from tests.look.page_structure import Shape

FRAME_LIMIT = 8_000  # bytes; sent with every page


def test_a_stranger_is_offered_to_sign_in_and_not_to_write(client):
    shown = client.get("/pages").text
    assert "/account/login" in shown
    assert 'href="/new"' not in shown


def test_a_learner_is_offered_to_write_and_to_sign_out(client_of):
    shown = client_of("selam").get("/pages").text
    assert 'href="/new"' in shown
    assert "/account/logout" in shown
    assert "/account/login" not in shown


def test_a_reader_may_not_be_offered_to_write(client_of):
    assert 'href="/new"' not in client_of("abel", role="reader").get("/pages").text


def test_the_keyboard_reaches_the_text_at_once(client):
    shown = client.get("/pages").text
    first_link = shown.index("<a ", shown.index("<body"))
    assert shown.startswith('<a class="skip" href="#nx-main">', first_link)
    assert 'id="nx-main"' in shown


def test_the_frame_is_light_and_carries_no_secret(client_of, make_page):
    """Compression next to a secret reveals it, so pages for reading contain none."""
    make_page(path="short", title="Short", text="One line.\n")
    shown = client_of("selam").get("/wiki/short").text
    assert len(shown.encode()) < FRAME_LIMIT
    assert "csrf_token" not in shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_chosen_without_a_script(client, theme):
    assert 'data-theme="system"' in client.get("/pages").text
    response = client.post_form("/theme?next=/pages", theme=theme)
    assert response.status_code == 303
    assert f'data-theme="{theme}"' in client.get("/pages").text


def test_what_happened_is_reported_and_stays_on_the_page(client_of, make_page):
    make_page(path="redis", title="Redis", text="Old\n")
    selam = client_of("selam")
    selam.post_form("/edit/redis", text="New\n")
    told = selam.get("/wiki/redis").text
    assert 'class="message message-ok" role="status"' in told
    assert Shape(told).forbidden == []


def test_feed_search_and_manifest_are_announced(client):
    shown = client.get("/pages").text
    assert 'type="application/atom+xml"' in shown
    assert 'type="application/opensearchdescription+xml"' in shown
    assert 'rel="manifest"' in shown


def test_thousands_are_parted(context):
    from babel.numbers import format_decimal

    from wiki.web.jinja_env import number

    for count in (0, 999, 1000, 1_234_567):
        assert number(count) == format_decimal(count, locale="en")


def test_thousands_are_parted_in_messages_too(context):
    message = 'ngettext("%(num)s page", "%(num)s pages", count, num=count | number)'
    template = context.jinja_env.from_string(f"{{{{ {message} }}}}")
    assert template.render(count=8_170) == "8,170 pages"
    assert template.render(count=1) == "1 page"


def test_dates_are_written_as_english_writes_them(context):
    from babel.dates import format_date

    from wiki.web.jinja_env import day

    for month in range(1, 13):
        time = datetime(2026, month, month, tzinfo=UTC)
        assert f">{format_date(time, 'd MMM y', locale='en')}</time>" in day(time)
