import shutil
from datetime import datetime

import pytest

from wiki.access.models import Rank
from wiki.pages.protection.rule_changes import RuleTerms, set_rule
from wiki.search.index.index_folder import search_folder

JSON = {"Accept": "application/json"}


def found(client, query, **arguments):
    answer = client.get("/search", query_string={"q": query, **arguments}, headers=JSON)
    assert answer.status_code == 200
    return answer.get_json()


@pytest.fixture
def pages(make_page, index_now):
    make_page(
        path="redis", title="Redis", text="# Redis\n\nA cache in memory.\n\n## Setup\n\nRun it.\n"
    )
    make_page(path="guides/cache", title="Cache", text="What a cache is.", tags=["Basics"])
    index_now()


def test_results_as_json(client, pages):
    answer = found(client, "cache")
    facets = answer.pop("facets")
    changed = [hit.pop("changed") for hit in answer["hits"]]
    assert answer == {
        "query": "cache",
        "state": "ready",
        "progress": None,
        "behind": 0,
        "sort": "relevance",
        "total": 2,
        "page": 1,
        "pages": 1,
        "hint": None,
        "correction": None,
        "shorter": None,
        "is_loosened": False,
        "near": 0,
        "hits": [
            {
                "title": "Cache",
                "path": "guides/cache",
                "url": "/wiki/guides/cache",
                "kind": "page",
                "status": None,
                "tags": ["Basics"],
                "section": None,
                "snippet": "What a <mark>cache</mark> is.",
                "is_same_error": False,
                "counts": {"same": 0, "worked": 0},
            },
            {
                "title": "Redis",
                "path": "redis",
                "url": "/wiki/redis",
                "kind": "page",
                "status": None,
                "tags": [],
                "section": None,
                "snippet": "A <mark>cache</mark> in memory.",
                "is_same_error": False,
                "counts": {"same": 0, "worked": 0},
            },
        ],
    }
    assert all(datetime.fromisoformat(each).tzinfo for each in changed)
    value = {"name": "basics", "label": "basics", "count": 1, "is_chosen": False}
    tags = {"field": "tag", "label": "Tag", "values": [{**value, "query": "cache tag:basics"}]}
    assert tags in facets


def test_json_says_what_was_not_understood_corrected_and_left_out(client, pages):
    assert found(client, "cahce")["correction"] == {"text": "cache", "is_applied": True}
    assert found(client, 'cache "setup')["hint"]["name"] == "quote"
    assert found(client, "cache kind:guide")["shorter"] == {"text": "cache", "total": 2}
    assert found(client, "cache", sort="date")["sort"] == "date"
    section = {"id": "setup", "heading": "Setup", "url": "/wiki/redis#setup"}
    assert found(client, "run")["hits"][0]["section"] == section


def test_results_as_a_page(client, pages):
    page = client.get("/search?q=cache").get_data(as_text=True)
    assert "2 pages" in page
    assert '<h2 class="result-title" dir="auto"><a href="/wiki/redis">Redis</a>' in page
    assert "A <mark>cache</mark> in memory." in page
    assert 'value="cache"' in page


def test_a_result_costs_few_statements(client, pages, queries):
    with queries(at_most=3):  # what changed, the version of the rules, the results
        client.get("/search?q=cache")


def test_results_come_by_twenty(client, make_page, index_now):
    for number in range(23):
        make_page(path=f"p{number}", text="zebra")
    index_now()
    assert len(found(client, "zebra")["hits"]) == 20
    assert len(found(client, "zebra", page=2)["hits"]) == 3
    assert len(found(client, "zebra", per_page=10**5)["hits"]) == 23
    assert found(client, "zebra", per_page=5)["pages"] == 5
    assert "Page 2 of 2" in client.get("/search?q=zebra&page=2").get_data(as_text=True)


def test_a_page_of_results_that_is_not_there(client, pages):
    for page in ["3", "0", "-1", "x", "9" * 30, "١", "1.5", ""]:
        answer = client.get("/search", query_string={"q": "cache", "page": page})
        assert answer.status_code in (200, 404), page


def test_past_the_end_a_link_leads_to_the_beginning(client, pages):
    answer = client.get("/search?q=cache&sort=date&page=9999")
    assert answer.status_code == 404
    assert 'href="/search?q=cache&amp;sort=date">First page<' in answer.get_data(as_text=True)


def test_a_heading_that_says_the_title_again_is_left_out(client, make_page, index_now):
    make_page(path="valkey", title="Valkey", text="# valkey\n\nA cache.\n\n## Setup\n\nRun it.")
    index_now()
    assert 'href="/wiki/valkey#' not in client.get("/search?q=cache").get_data(as_text=True)
    assert 'href="/wiki/valkey#setup"' in client.get("/search?q=run").get_data(as_text=True)


def test_a_page_offers_to_search_below_it(client, client_of, pages):
    assert 'href="/search?q=in:guides/cache/+"' in client.get("/wiki/guides/cache").get_data(
        as_text=True
    )
    assert found(client, "in:guides/ cache")["total"] == 1


def test_the_title_of_an_offered_page_has_no_filters(client_of, pages):
    page = client_of("selam").get("/search?q=kubernetes+kind:guide+pods").get_data(as_text=True)
    assert 'href="/new?title=kubernetes+pods"' in page
    page = client_of("selam").get("/search?q=???").get_data(as_text=True)
    assert "/new?title" not in page


def test_a_deleted_page_is_gone_before_the_index_knows(client, client_of, pages):
    editor = client_of("selam")
    editor.open_form("/delete/redis").submit(summary="old")
    assert found(client, "cache")["total"] == 1
    assert (
        "Redis"
        not in client.get("/search?q=memory")
        .get_data(as_text=True)
        .split("<main")[1]
        .split("for “")[0]
    )
    assert client.get("/search/suggest?q=redis").get_json()[1] == []


@pytest.mark.settings(public_reading=False)
def test_a_closed_wiki_tells_strangers_nothing(client, client_of, pages):
    for address in ("/search?q=cache", "/search/suggest?q=red"):
        answer = client.get(address, headers=JSON)
        assert answer.status_code in (302, 303, 401, 403)
        assert b"Redis" not in answer.data
    assert found(client_of("selam"), "cache")["total"] == 2


def test_without_an_index_the_database_answers_and_says_so(app, client, pages):
    shutil.rmtree(search_folder(app))
    page = client.get("/search?q=cache").get_data(as_text=True)
    assert "The search index is still being built" in page
    assert "A <mark>cache</mark> in memory." in page
    assert found(client, "cache")["total"] == 2
    assert client.get("/search/suggest?q=redis").get_json()[1] == ["Redis"]


def test_nothing_found_offers_to_write_the_page(client, client_of, pages):
    assert "/account/login" in client.get("/search?q=kubernetes").get_data(as_text=True)
    page = client_of("selam").get("/search?q=kubernetes").get_data(as_text=True)
    assert "Nothing found for “kubernetes”" in page
    assert "/new?title=kubernetes" in page


def test_nothing_found_offers_a_query_that_finds_something(client, pages):
    page = client.get("/search?q=cache+kind:guide+setup").get_data(as_text=True)
    assert 'href="/search?q=cache+setup"' in page
    assert "2 pages" in page


def test_a_typo_is_corrected_at_once_or_on_one_click(client, pages):
    page = client.get("/search?q=cahce").get_data(as_text=True)
    assert "Nothing found for “cahce”. Showing results for “cache”." in page
    assert "2 pages" in page
    page = client.get("/search?q=cahce+memory").get_data(as_text=True)
    assert '<a href="/search?q=cache+memory"><bdi>cache memory</bdi></a>?' in page


def test_a_word_that_was_corrected_can_be_written_about(client, client_of, pages):
    offer = 'href="/new?title=cahce"'
    assert offer in client_of("selam").get("/search?q=cahce").text
    assert offer not in client.get("/search?q=cahce").text


def test_nothing_found_offers_to_ask(client_of, pages):
    page = client_of("selam").get("/search?q=kubernetes").get_data(as_text=True)
    assert "/new?title=kubernetes&amp;kind=challenge" in page


def test_an_empty_query_explains_the_language(client):
    page = client.get("/search").get_data(as_text=True)
    assert "select_related" in page
    assert "tag:django" in page


def test_what_was_not_understood_is_said(client, pages):
    cases = [
        ('"redis', "closing quotation mark"),
        ("before:soon", "before:soon isn’t a date"),
        ("OR cache", "OR goes between"),
        ("a*", "two letters"),
    ]
    for query, words in cases:
        assert words in client.get("/search", query_string={"q": query}).get_data(as_text=True), (
            query
        )


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_a_query_is_shown_as_text(client, pages, query):
    page = client.get("/search", query_string={"q": query}).get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_text_of_pages_is_shown_as_text(client, make_page, index_now):
    make_page(path="x", title="<b>Bold</b> cache", text="`<script>alert(1)</script>` cache")
    index_now()
    page = client.get("/search?q=cache").get_data(as_text=True)
    assert "&lt;b&gt;Bold&lt;/b&gt; <mark>cache</mark>" in page
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code> <mark>cache</mark>" in page


def test_any_query_is_answered(client, pages):
    cases = ["w " * 4000, "\x00", "a" * 3000, "%", "()", "* * *", "🦓", "title:", '"']
    for query in cases:
        assert client.get("/search", query_string={"q": query}).status_code == 200, query
        assert client.get("/search/suggest", query_string={"q": query}).status_code == 200, query


def test_words_that_say_nothing_are_not_marked(client, pages):
    hits = found(client, "what is a cache?")["hits"]
    assert hits[0]["snippet"] == "What a <mark>cache</mark> is."


def test_suggestions(client, pages):
    text, titles, notes, urls = client.get("/search/suggest?q=cac").get_json()
    assert (text, titles) == ("cac", ["Cache"])
    assert urls[0].endswith("/wiki/guides/cache")
    assert len(notes) == 1


def test_what_was_found_is_kept_for_nobody_else(client, pages):
    for address in ("/search?q=cache", "/search/suggest?q=cac", "/search/old?q=cache"):
        assert client.get(address).headers["Cache-Control"] == "private, no-cache"


def test_only_the_results_vary_with_what_is_accepted(client, pages):
    for address, headers in (("/search?q=cache", {}), ("/search?q=cache", JSON)):
        varying = client.get(address, headers=headers).headers["Vary"].split(", ")
        assert varying.count("Accept") == 1
    past_the_end = client.get("/search?q=cache&page=9").headers["Vary"].split(", ")
    assert past_the_end.count("Accept") == 1
    for address in ("/search/suggest?q=cac", "/search/old?q=cache", "/opensearch.xml"):
        assert "Accept" not in client.get(address).headers.get("Vary", "").split(", ")


def test_browsers_learn_of_the_search(client):
    answer = client.get("/opensearch.xml")
    assert answer.mimetype == "application/opensearchdescription+xml"
    assert "/search?q={searchTerms}" in answer.get_data(as_text=True)
    assert "/search/suggest?q={searchTerms}" in answer.get_data(as_text=True)


def test_a_count_says_what_it_counts(client, make_page, index_now):
    """Of several words any is enough to be found: that is no number of answers."""
    for number in range(3):
        make_page(path=f"p{number}", text="A connection.\n")
    make_page(path="all", text="The connection was refused by the server.\n")
    index_now()
    one = client.get("/search?q=connection").text
    assert '<span class="count">4 pages</span>' in one
    for query in ("connection+refused+by+the+server", "connection-was-refused"):
        several = client.get(f"/search?q={query}").text
        assert "4 pages contain any of these words, best matches first." in several
        assert '<span class="count">4 pages</span>' not in several
    assert "any of these words" not in client.get('/search?q="connection+was"').text


def test_a_page_of_the_wiki_adds_synonyms(client, pages, make_page, index_now):
    assert found(client, "zwischenspeicher")["total"] == 0
    make_page(
        path="help/search-synonyms", title="Synonyms", text="- zwischenspeicher = cache\n- x > y\n"
    )
    index_now()
    assert "Cache" in [hit["title"] for hit in found(client, "zwischenspeicher")["hits"]]


@pytest.mark.usefixtures("pages")
def test_synonyms_on_a_page_that_the_reader_may_not_see_tell_nothing(
    app, client_of, make_page, index_now
):
    make_page(path="help/search-synonyms", title="Synonyms", text="- zwischenspeicher = cache\n")
    with app.app_context():
        set_rule("help", RuleTerms(read_rank=Rank.ADMIN, edit_rank=Rank.ADMIN), by=None)
    index_now()
    answer = client_of("boss", role="admin").get("/search?q=zwischenspeicher", headers=JSON)
    assert answer.get_json()["total"] > 0
    assert found(app.test_client(), "zwischenspeicher")["total"] == 0
