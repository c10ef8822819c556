"""GraphQL reads several things in one request, by the same rights, and at a bounded cost."""

import json

import pytest
from sqlalchemy import select, update

from tests import factories
from tests.api.conftest import Program, token_of
from wiki.access.models import Rank
from wiki.accounts.tokens.models import TokenScope
from wiki.database import write_transaction
from wiki.pages.models import Page, Revision
from wiki.pages.protection.rule_changes import RuleTerms, set_rule


def ask(program, query, **variables):
    headers = {"Authorization": f"Bearer {program.token}"} if program.token else {}
    body = {"query": query, "variables": variables}
    return program.client.post("/graphql", json=body, headers=headers)


@pytest.fixture
def pages(make_page, make_user, index_now):
    hana = make_user("hana")
    make_page("a", title="Redis", text="A store. [[b]] [[c]]\n", tags=["Cache"], by=hana)
    make_page("b", title="Memory", text="[[a]]\n", kind="concept", by=hana)
    make_page("c", title="Closed", text="Secret. [[a]]\n", by=hana)
    index_now()


def close(app, path="c"):
    with app.app_context():
        set_rule(path, RuleTerms(read_rank=Rank.LEARNER), by=None)


EVERYTHING = """
query ($path: String!) {
  page(path: $path) {
    id path title kind url text tags updatedBy
    revisions(first: 2) { number action author summary }
    links { path tags } backlinks { path text }
  }
}
"""


def test_a_page_is_read_with_all_around_it(any_app, pages, stranger):
    told = ask(stranger, EVERYTHING, path="a").json["data"]["page"]
    assert (told["title"], told["tags"], told["updatedBy"]) == ("Redis", ["Cache"], "hana")
    assert told["text"].startswith("A store.")
    assert told["revisions"] == [{"number": 1, "action": "create", "author": "hana", "summary": ""}]
    assert [each["path"] for each in told["links"]] == ["c", "b"]
    assert [each["path"] for each in told["backlinks"]] == ["c", "b"]


def test_what_is_hidden_is_not_there(any_app, pages, stranger, program_of):
    close(any_app)
    told = ask(stranger, EVERYTHING, path="a").json["data"]["page"]
    assert [each["path"] for each in told["links"] + told["backlinks"]] == ["b", "b"]
    answers = [ask(stranger, EVERYTHING, path=path).data for path in ("c", "nowhere")]
    assert answers[0] == answers[1]
    seen = ask(program_of("dawit", scope=TokenScope.READ), EVERYTHING, path="a").json["data"][
        "page"
    ]
    assert [each["path"] for each in seen["links"]] == ["c", "b"]


def test_a_list_takes_as_many_statements_as_one_page(app, pages, stranger, make_page, queries):
    query = """{ pages(first: 50) { items {
        path text tags revisions(first: 2) { number } links(first: 2) { tags }
        backlinks(first: 2) { path }
    } } }"""
    ask(stranger, query)
    with queries() as few:
        assert len(ask(stranger, query).json["data"]["pages"]["items"]) == 3
    for number in range(30):
        make_page(f"p{number}", text="[[a]] [[b]]\n", tags=["x"])
    with queries() as many:
        assert len(ask(stranger, query).json["data"]["pages"]["items"]) == 33
    assert len(many) == len(few) <= 20


def test_lists_go_on_at_a_cursor(app, pages, stranger):
    query = "query ($after: String!) { pages(first: 2, after: $after) { items { path } next } }"
    first = ask(stranger, query, after="").json["data"]["pages"]
    rest = ask(stranger, query, after=first["next"]).json["data"]["pages"]
    paths = [each["path"] for each in first["items"] + rest["items"]]
    assert (sorted(paths), rest["next"]) == (["a", "b", "c"], None)
    assert "cursor" in ask(stranger, query, after="x").json["errors"][0]["message"]


def test_it_searches_and_knows_people(app, pages, stranger):
    told = ask(
        stranger,
        '{ search(q: "memory") { total items { path snippet } } person(username: "HANA") '
        '{ username joinedAt } nobody: person(username: "x") { username } }',
    ).json["data"]
    assert (told["search"]["total"], told["search"]["items"][0]["path"]) == (1, "b")
    assert (told["person"]["username"], told["nobody"]) == ("hana", None)


def nested(levels):
    return '{ page(path: "a") { ' + "links(first: 1) { " * levels + "path" + " }" * (levels + 2)


def doubling(fragments):
    """As many fragments, each of which spreads the next one twice."""
    chain = " ".join(
        f"fragment f{n} on Page {{ ...f{n + 1} ...f{n + 1} }}" for n in range(fragments)
    )
    return f"{{ pages {{ items {{ ...f0 }} }} }} {chain} fragment f{fragments} on Page {{ path }}"


ATTACKS = {
    "depth": nested(12),
    "depth in fragments": '{ page(path: "a") { ...f } } '
    + "fragment f on Page { "
    + "links { " * 9
    + "path"
    + " }" * 10,
    "circle": '{ page(path: "a") { ...f } } fragment f on Page { links { ...f } }',
    "aliases": "{ " + " ".join(f'a{n}: page(path: "a") {{ path }}' for n in range(40)) + " }",
    "tokens": "{ " + "a " * 1500 + "}",
    "cost": "{ pages(first: 100) { items { links(first: 100) { path } } } }",
    "cost by lists in lists": "{ pages { items { links { links { links { path } } } } } }",
    "cost by a fragment": "{ pages(first: 100) { items { ...f } } } "
    "fragment f on Page { links(first: 100) { path } }",
    "searches": "{ "
    + " ".join(f'a{n}: search(q: "x", first: 1) {{ total }}' for n in range(5))
    + " }",
    "cost of texts": "{ pages(first: 100) { items { text } } }",
    "cost of a variable's default": "query ($n: Int = 100) { pages(first: $n) "
    "{ items { links(first: $n) { path } } } }",
    "fragments that double": doubling(40),
    "fragments that double, in a list": doubling(20).replace("path", "links { path }"),
    "many spreads": "{ pages { items { " + "...f " * 60 + "} } } fragment f on Page { path }",
    "an unknown fragment": "{ pages { items { ...f } } }",
    "fragments alone": "fragment f on Page { path }",
    "two queries": "query a { __typename } query b { __typename }",
    "nothing at all": "",
    "a number without end": "{ pages(first: " + "9" * 5000 + ") { items { path } } }",
    "deep values": "{ page(path: " + "[" * 900 + ") { path } }",
    "the schema in itself": "{ __schema { types { " + "fields { type { " * 4 + "name" + " }" * 11,
    "a long list": "{ pages(first: 101) { items { path } } }",
    "no list": "{ pages(first: 0) { items { path } } }",
    "an unknown field": "{ users { email } }",
    "a change": "mutation { delete }",
    "no query": "{",
    "an empty search": '{ search(q: "") { total } }',
}


def test_what_would_cost_too_much_is_refused(app, pages, stranger, queries):
    for attack, query in ATTACKS.items():
        with queries(at_most=3):
            answer = ask(stranger, query)
        assert answer.status_code == 400, attack
        assert answer.json["errors"][0]["message"], attack
        assert answer.json["data"] is None, attack


def test_fragments_may_be_spread_often(app, pages, stranger):
    told = ask(stranger, doubling(20))
    assert [each["path"] for each in told.json["data"]["pages"]["items"]] == ["c", "b", "a"]


def test_an_unknown_operation_is_refused_with_words(app, stranger):
    body = {"query": "query a { __typename }", "operationName": "b"}
    answer = stranger.client.post("/graphql", json=body)
    assert (answer.status_code, "operationName" in answer.json["errors"][0]["message"]) == (
        400,
        True,
    )


def test_the_whole_schema_may_be_read(app, stranger):
    from graphql import get_introspection_query

    assert ask(stranger, get_introspection_query()).json["data"]["__schema"]["types"]


def test_texts_have_a_limit_together(app, pages, stranger, monkeypatch):
    from wiki.api.graphql import loaders

    monkeypatch.setattr(loaders, "MAX_TEXT", 30)
    assert ask(stranger, '{ page(path: "b") { text } }').json["data"]["page"]["text"]
    aliases = " ".join(f"a{n}: text" for n in range(9))
    for query in ("{ pages { items { text } } }", '{ page(path: "b") { %s } }' % aliases):  # noqa: UP031
        assert "characters" in ask(stranger, query).json["errors"][0]["message"]


def test_histories_are_for_members_where_they_are(make_app):
    app = make_app(history="members")
    factories.make_page(app, "a", text="Words.\n")
    query = '{ page(path: "a") { text revisions { number } } }'
    answer = ask(Program(app), query)
    assert "members" in answer.json["errors"][0]["message"]
    assert not (answer.json["data"] or {}).get("page")
    assert Program(app).get("/revisions?page=a").status_code == 401
    member = Program(app, token_of(app, factories.make_user(app, "hana")))
    assert ask(member, query).json["data"]["page"]["revisions"] == [{"number": 1}]


def test_the_cost_of_a_variable_counts(app, pages, stranger):
    query = """query ($n: Int!) { pages(first: $n) { items { links(first: $n) { path } } } }"""
    assert ask(stranger, query, n=100).status_code == 400
    assert ask(stranger, query, n=10).status_code == 200


def test_a_bad_request_is_a_problem(app, client):
    cases = [
        (b"", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"query": 1}', "application/json", 400),
        (b'{"query": "\\ud800"}', "application/json", 400),
        (b'{"query": "{ a }", "variables": []}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b"x" * 30_000, "application/json", 413),
        (b"query={a}", "application/x-www-form-urlencoded", 415),
    ]
    for body, media_type, status in cases:
        answer = client.post("/graphql", data=body, content_type=media_type)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), (
            body,
            media_type,
            status,
        )


def test_nul_and_half_surrogates_find_nothing(any_app, pages, stranger):
    for path in ("\\u0000", "a\\u0000b", "\\uD800"):
        answer = ask(stranger, '{ page(path: "%s") { path } }' % path)  # noqa: UP031
        assert answer.status_code in (200, 400)
        assert answer.json["data"] in (None, {"page": None})
    told = ask(stranger, "query ($q: String!) { search(q: $q) { total } }", q="\0")
    assert (told.status_code, told.json["data"]) == (200, {"search": {"total": 0}})


def test_cookies_and_wrong_tokens_are_nobodys(app, pages, client_of, make_user):
    close(app)
    query = {"query": '{ page(path: "c") { path } }'}
    told = client_of("hana").post("/graphql", json=query)
    assert told.json["data"] == {"page": None}
    answer = ask(Program(app, "nexus_wrong"), "{ __typename }")
    assert answer.status_code == 401


@pytest.mark.settings(public_reading=False)
def test_a_members_only_wiki_tells_a_stranger_nothing(app, pages, stranger, program_of):
    assert ask(stranger, "{ __typename }").status_code == 401
    assert ask(program_of("hana"), EVERYTHING, path="a").status_code == 200


def test_a_mistake_of_ours_tells_nothing(app, pages, stranger, monkeypatch):
    from wiki.api.graphql import schema

    def fail(*_args):
        raise RuntimeError("a secret")

    monkeypatch.setattr(schema, "visible_page", fail)
    answer = ask(stranger, EVERYTHING, path="a")
    assert "secret" not in json.dumps(answer.json)
    assert answer.json["data"] == {"page": None}


def test_who_wrote_elsewhere_is_named(any_app, make_page, make_user, stranger):
    make_page("a", by=make_user("hana"))
    make_page("b")
    with any_app.app_context(), write_transaction() as session:
        of_b = Revision.page_id.in_(select(Page.id).where(Page.key == "b"))
        session.execute(update(Revision).where(of_b).values(author_name="Ada"))
    names = [("hana", None), (None, "Ada")]
    told = stranger.get("/pages").json["items"]
    assert [(each["updated_by"], each["author_name"]) for each in told] == names
    told = [stranger.get(f"/pages/{path}").json for path in "ab"]
    assert [(each["updated_by"], each["author_name"]) for each in told] == names
    answer = ask(stranger, "{ pages { items { updatedBy authorName } } }").json["data"]
    assert [tuple(each.values()) for each in answer["pages"]["items"]] == names
