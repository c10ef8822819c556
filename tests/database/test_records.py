"""Records say by their fields which columns a query asks for."""

from dataclasses import dataclass

from wiki.database import fetch_records, select_record
from wiki.pages.models import Page


@dataclass(frozen=True)
class Name:
    title: str
    shown: str
    path: str


def test_a_record_has_the_columns_of_its_fields_and_what_is_given_for_them(app, make_page):
    make_page("tools/redis", title="Redis")
    query = select_record(Name, Page, shown=Page.title + "!").where(Page.path == "tools/redis")
    with app.app_context():
        assert fetch_records(Name, query) == [Name("Redis", "Redis!", "tools/redis")]
