"""A challenge about exactly the error that was pasted into the search box stands first."""

import pytest

from tests.fingerprints.errors import ERRORS
from tests.fingerprints.machines import make_machine
from tests.search_index import catch_up
from wiki.search.index.index_folder import search_folder
from wiki.search.miss_log import count_logged_misses
from wiki.search.service import SEARCH

JSON = {"Accept": "application/json"}
TRACE = ERRORS[0](make_machine(8))


@pytest.fixture
def pages(any_app, make_page):
    """A challenge with the error, which ranks last by its words, and five pages with these."""
    make_page(
        "challenges/table",
        kind="challenge",
        fields={"status": "solved", "error": ERRORS[0](make_machine(1)), "fix": "Migrate."},
    )
    for number in range(5):
        make_page(
            f"n/{number}",
            title="Traceback: django OperationalError no such table auth_user",
            kind="guide",
        )
    return any_app


def found(client, text, **arguments):
    answer = client.get("/search", query_string={"q": text, **arguments}, headers=JSON).json
    paths = [each["path"] for each in answer["hits"]]
    same = [each["path"] for each in answer["hits"] if each["is_same_error"]]
    return answer["total"], paths, same


@pytest.mark.parametrize("is_indexed", [True, False])
def test_it_is_first_on_whatever_page_and_counts_once(pages, client, is_indexed):
    if is_indexed:
        catch_up(pages)
    assert found(client, TRACE, per_page=1)[1:] == (["challenges/table"], ["challenges/table"])
    for order in ("relevance", "date"):
        shown = [found(client, TRACE, per_page=2, page=n, sort=order) for n in (1, 2, 3)]
        assert {total for total, _, _ in shown} == {6}
        paths = [path for _, part, _ in shown for path in part]
        assert paths[0] == "challenges/table"
        assert sorted(paths) == ["challenges/table", *(f"n/{number}" for number in range(5))]
        assert [same for _, _, same in shown] == [["challenges/table"], [], []]


@pytest.mark.parametrize("is_indexed", [True, False])
def test_filters_leave_it_or_take_it(pages, client, is_indexed):
    if is_indexed:
        catch_up(pages)
    for narrowed, is_kept in (
        (" kind:challenge", True),
        (" kind:challenge status:solved", True),
        (" kind:guide", False),
    ):
        for text in (TRACE, " ".join(TRACE.split())):
            total, paths, same = found(client, text + narrowed)
            assert ("challenges/table" in paths) == is_kept
            assert same == (["challenges/table"] if is_kept else [])
            assert total == len(paths)


def test_a_search_is_counted_once_and_as_no_miss(pages, client):
    catch_up(pages)
    root = search_folder(pages)
    count_logged_misses(root)
    for number in (1, 2, 3):
        found(client, TRACE, per_page=2, page=number)
    count_logged_misses(root)
    counts = SEARCH.of(pages).misses.counts()
    assert (counts.searches, counts.misses) == (1, 0)
