"""Times are shown on the reader's clock, on every page."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from tests.pages.visible_text import main
from tests.person import Person
from wiki.database import db, write_transaction
from wiki.pages.models import Page, Revision
from wiki.timezones import find_zone

LATE = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)  # in Addis Ababa half past one, the day after


@pytest.fixture(autouse=True)
def page(app: Flask, make_page: Any, make_user: Any) -> None:
    make_page("redis", by=make_user("selam"))
    with app.app_context(), write_transaction() as session:
        session.execute(db.update(Revision).values(created_at=LATE))
        session.execute(db.update(Page).values(updated_at=LATE))


def zone(person: Person, name: str) -> Person:
    person.set_cookie("nexus_zone", name)
    return person


def times(answer: Any) -> list[str]:
    found = re.findall(r"<time [^>]*>(.*?)</time>", answer.text)
    return [re.sub("<[^>]*>", "", shown) for shown in found]


def test_without_a_zone_it_is_utc_and_says_so(client: Person) -> None:
    assert "1 Mar 2026, 22:30 UTC" in times(client.get("/history/redis"))
    assert times(client.get("/changes")) == ["Sunday, 1 March 2026", "22:30 UTC"]
    assert "1 Mar 2026" in times(client.get("/wiki/redis"))


def test_a_browser_tells_its_zone(client: Person) -> None:
    zone(client, "Africa/Addis_Ababa")
    assert "2 Mar 2026, 01:30" in times(client.get("/history/redis"))
    # Days begin at the reader's midnight too.
    assert times(client.get("/changes")) == ["Monday, 2 March 2026", "01:30"]
    assert times(client.get("/users/selam"))[-1] == "2 Mar 2026, 01:30"
    for address in ("/wiki/redis", "/", "/kinds/page", "/blame/redis"):
        assert "2 Mar 2026" in times(client.get(address)), address


def test_a_kept_page_is_right_for_each_reader(app: Flask, client: Person) -> None:
    here, there = (zone(app.test_client(), name) for name in ("Asia/Tokyo", "America/New_York"))  # type: ignore[arg-type]
    seen = [(person, person.get("/wiki/redis")) for person in (client, here, there) * 2]
    shown = [times(answer)[0] for _, answer in seen]
    assert shown == ["1 Mar 2026", "2 Mar 2026", "1 Mar 2026"] * 2
    tags = {answer.headers["ETag"] for _, answer in seen}
    assert len(tags) == 3
    for person, answer in seen:
        assert "Cookie" in answer.headers["Vary"]
        again = person.get("/wiki/redis", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_a_zone_there_is_not(client: Person) -> None:
    cases = ["", "Nowhere/Town", "../../etc/passwd", "Africa", "a" * 5000, "<b>", "UTC\x00", "/"]
    for name in cases:
        assert find_zone(name) is None, name
        answer = client.get("/history/redis", headers={"Cookie": f"nexus_zone={name}"})
        assert answer.status_code == 200, name
        assert "1 Mar 2026, 22:30 UTC" in times(answer), name


def test_what_was_chosen_in_the_settings_goes_before_the_device(selam: Person) -> None:
    zone(selam, "Asia/Tokyo")
    form = selam.open_form("/account/settings", has="timezone")
    assert form.values["timezone"] == ""
    assert form.submit(timezone="America/New_York").status_code == 303
    assert "1 Mar 2026, 17:30" in times(selam.get("/history/redis"))
    page = selam.get("/wiki/redis").text
    assert 'data-chosen-zone="America/New_York"' in page
    assert " data-zone=" not in page
    form = selam.open_form("/account/settings", has="timezone")
    assert form.values["timezone"] == "America/New_York"
    form.submit(timezone="")
    assert "2 Mar 2026, 07:30" in times(selam.get("/history/redis"))


def test_a_choice_that_is_none_is_refused(selam: Person) -> None:
    answer = selam.open_form("/account/settings", has="timezone").submit(timezone="Nowhere/Town")
    assert answer.status_code == 422
    assert "Time zone" in main(answer)


def test_machines_read_utc(client: Person) -> None:
    zone(client, "Africa/Addis_Ababa")
    assert 'datetime="2026-03-01T22:30:00+00:00"' in client.get("/changes").text
    assert "<updated>2026-03-01T22:30:00+00:00</updated>" in client.get("/changes.atom").text
