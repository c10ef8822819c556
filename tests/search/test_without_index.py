"""While there is no index, the database reads the query and answers."""

import pytest

from wiki.database import db
from wiki.pages.models import Page

JSON = {"Accept": "application/json"}


@pytest.fixture
def found(client):
    def found(query, **arguments):
        answer = client.get("/search", query_string={"q": query, **arguments}, headers=JSON)
        assert answer.status_code == 200
        answer = answer.get_json()
        paths = [hit["path"] for hit in answer["hits"]]
        assert answer["total"] >= len(paths)
        return paths

    return found


@pytest.fixture
def pages(any_app, make_page, make_user):
    make_page("words", text="Größe Straße Привет МИР ሠላም naïve İstanbul", title="Größe")
    make_page("docker", text="Docker runs containers.", by=make_user("selam"))
    make_page("docker/redis", text="Docker with Redis.", kind="guide", tags=["Caching Tools"])
    make_page("errors", text="It says: no such\ntable in C# code.", title="Привет")
    make_page("tables", text="such a table, no. Since 2033, in C.")


def test_words_of_every_language_are_found(pages, found):
    words = ["größe", "Größe", "Straße", "мир", "МИР", "Мир", "ሠላም", "naïve", "İstanbul"]
    assert [(word, found(word)) for word in words] == [(word, ["words"]) for word in words]


def test_words_are_folded_where_the_database_can(app, make_page, found):
    make_page("words", text="Größe Straße ሠላም nai\u0308ve İstanbul")
    words = ["GRÖSSE", "grosse", "strasse", "naive", "istanbul", "ሰላም"]
    assert [(word, found(word)) for word in words] == [(word, ["words"]) for word in words]


def test_the_query_is_read(pages, found):
    wanted = [
        ("docker", ["docker", "docker/redis"]),
        ("what is docker?", ["docker", "docker/redis"]),
        ("docker -redis", ["docker"]),
        ("kind:guide docker", ["docker/redis"]),
        ("docker -kind:guide", ["docker"]),
        ("kind:Guide", ["docker/redis"]),
        ("kind:nothing docker", []),
        ("tag:caching-tools", ["docker/redis"]),
        ("author:Selam", ["docker"]),
        ("docker -author:selam", ["docker/redis"]),
        ("status:solved docker", []),
        ("docker -status:solved", ["docker", "docker/redis"]),
        ("in:docker/ docker", ["docker", "docker/redis"]),
        ("in:docker/redis", ["docker/redis"]),
        ("title:docker", ["docker"]),
        ("title:при", ["errors"]),
        ("C#", ["errors"]),
        ('"no such table"', ["errors"]),
        ('"NO SUCH table" -redis', ["errors"]),
        ('table -"no such table"', ["tables"]),
        ("redis OR containers", ["docker/redis", "docker"]),
        ("contain* OR redis", ["docker", "docker/redis"]),
        ("docker after:2000", ["docker", "docker/redis"]),
        ("docker before:2000", []),
        ("caching", ["docker/redis"]),
        ("100% _", []),
        ("???", []),
    ]
    got = [(query, sorted(found(query))) for query, _ in wanted]
    assert got == [(query, sorted(paths)) for query, paths in wanted]


def test_titles_come_first_and_totals_are_true(pages, client, found):
    assert found("привет") == ["errors", "words"]
    answer = client.get("/search?q=docker&per_page=1&page=2", headers=JSON).get_json()
    assert (answer["total"], answer["pages"], len(answer["hits"])) == (2, 2, 1)


def test_a_deleted_page_is_not_found(pages, app, found):
    with app.app_context():
        page = db.session.scalar(db.select(Page).filter_by(path="docker"))
        page.deleted_at = page.updated_at
        db.session.commit()
    assert found("docker") == ["docker/redis"]
    assert found("-kind:guide")
    assert "docker" not in found("-kind:guide")


def test_suggestions_in_every_language(pages, client):
    assert client.get("/search/suggest?q=При").get_json()[1][0] == "Привет"
    assert client.get("/search/suggest?q=%20").get_json()[1] == []


def test_what_was_found_is_marked_and_the_page_says_how(pages, client):
    page = client.get("/search", query_string={"q": '"such a table" größ'}).get_data(as_text=True)
    assert "<mark>such a table</mark>" in page
    assert "also inside longer words" in page
    assert "<mark>Größe</mark>" in client.get("/search?q=größ").get_data(as_text=True)


def test_a_long_query_is_answered(pages, client):
    for query in ("w/x,y;z " * 1000, " OR ".join(f"a{n}/b{n}/c{n}" for n in range(19))):
        assert client.get("/search", query_string={"q": query}).status_code == 200
