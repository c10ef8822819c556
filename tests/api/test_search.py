"""Search, suggestions, tags, kinds and backlinks through the API."""

import pytest


@pytest.fixture
def pages(make_page, index_now):
    make_page("a/redis", title="Redis", text="A store in memory. [[b]]\n", tags=["Cache"])
    make_page("b", title="Memory", text="Of a machine.\n", kind="concept", tags=["cache"])
    index_now()


def test_a_search_finds_in_parts(app, pages, stranger):
    found = stranger.get("/search?q=memory&limit=1").json
    assert (found["total"], found["state"], found["query"]) == (2, "ready", "memory")
    (hit,) = found["items"]
    assert (hit["path"], hit["title"], hit["url"]) == ("b", "Memory", "http://localhost/wiki/b")
    rest = stranger.get(f"/search?q=memory&limit=1&cursor={found['next']}").json
    assert [each["path"] for each in rest["items"]] == ["a/redis"]
    assert "<mark>memory</mark>" in rest["items"][0]["snippet"]
    assert rest["next"] is None
    assert stranger.get(f"/search?q=redis&cursor={found['next']}").status_code == 400


def test_a_misspelt_search_says_what_was_meant(app, pages, stranger):
    found = stranger.get("/search?q=memroy").json
    assert (found["correction"], found["is_corrected"]) == ("memory", True)


def test_what_was_typed_is_suggested_on(app, pages, stranger):
    assert [each["path"] for each in stranger.get("/suggestions?q=red").json["items"]] == [
        "a/redis"
    ]


def test_tags_and_backlinks_go_on_at_a_cursor(any_app, make_page, stranger):
    make_page("a", tags=["x", "y"])
    for number in range(3):
        make_page(f"p{number}", text="[[a]]\n", tags=["X", f"z{number}"])
    for address, field, expected in (
        ("/tags?", "key", ["x", "y", "z0", "z1", "z2"]),
        ("/backlinks?page=a&", "path", ["p0", "p1", "p2"]),
    ):
        found, cursor = [], ""
        while cursor is not None:
            part = stranger.get(f"{address}limit=2&cursor={cursor}").json
            found += [each[field] for each in part["items"]]
            cursor = part["next"]
        assert found == expected


def test_tags_kinds_and_backlinks_are_listed(any_app, pages, stranger):
    assert stranger.get("/tags").json["items"] == [{"name": "Cache", "key": "cache", "count": 2}]
    kinds = {each["name"]: each for each in stranger.get("/kinds").json["items"]}
    assert kinds["concept"]["count"] == 1
    assert "error" in [field["name"] for field in kinds["challenge"]["fields"]]
    links = stranger.get("/backlinks?page=b").json["items"]
    assert [each["path"] for each in links] == ["a/redis"]


@pytest.mark.parametrize("address", ["/search", "/search?q=", "/suggestions?q=" + "x" * 201])
def test_nothing_to_look_for_is_an_error(app, stranger, address):
    assert stranger.get(address).status_code == 400


@pytest.mark.settings(rate_limits=True)
def test_strangers_share_a_budget_with_those_at_the_pages(app, pages, stranger, program_of):
    from wiki.access.anonymous_limits import BUDGETS

    budget = BUDGETS.of(app)["search"]
    budget.enter("203.0.113.0/24")
    budget.leave("203.0.113.0/24", 1000.0)
    refused = stranger.get("/search?q=redis")
    assert (refused.status_code, refused.mimetype) == (503, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
    assert stranger.get("/pages").status_code == 200
    assert program_of("hana").get("/search?q=redis").status_code == 200
