"""What features above pages let them show."""

from collections.abc import Callable

from flask import Flask

from tests.person import Person
from wiki.database import write_transaction
from wiki.pages.queries.page_extras import raise_activity
from wiki.pages.writing.write import SaveResult


def test_a_cached_page_is_renewed_when_what_it_shows_besides_changes(
    app: Flask, client_of: Callable[[str], Person], make_page: Callable[..., SaveResult]
) -> None:
    page = make_page("docker")
    reader = client_of("selam")
    first = reader.get("/wiki/docker").headers["ETag"]
    assert reader.get("/wiki/docker", headers={"If-None-Match": first}).status_code == 304
    with app.app_context(), write_transaction() as session:
        raise_activity(session, page.page_id)
    renewed = reader.get("/wiki/docker", headers={"If-None-Match": first})
    assert renewed.status_code == 200
    assert renewed.headers["ETag"] != first
