"""What is asked often is suggested to those who find something with it."""

import json

import pytest

from wiki.instance.durable import replace_file
from wiki.search import query_log
from wiki.search.index.index_folder import search_folder
from wiki.search.query.parser import parse
from wiki.search.query_log import (
    ASKED,
    FrequentQueries,
    RecentHashes,
    count_logged_queries,
    forget_queries,
    log_query,
)


@pytest.fixture
def pages(make_page, index_now):
    make_page(path="celery", text="Retry a task with a countdown.")
    make_page(path="redis", text="A cache.")
    index_now()


def ask(app, client, *queries, times=3):
    for number in range(times):
        network = {"REMOTE_ADDR": f"10.{number}.0.1"}
        for query in queries:
            client.get("/search", query_string={"q": query}, environ_base=network)
    count_logged_queries(search_folder(app))


def suggested(client, typed):
    _, titles, _, urls = client.get("/search/suggest", query_string={"q": typed}).get_json()
    return dict(zip(titles, urls, strict=True))


def test_a_query_that_is_asked_often_is_suggested(app, client, pages):
    ask(app, client, "Retry  Task")
    assert suggested(client, "ret")["retry task"].endswith("/search?q=retry+task")
    assert "retry task" in suggested(client, "tas")
    assert "retry task" not in suggested(client, "etry")


def test_not_what_is_asked_seldom_or_finds_nothing(app, client, pages):
    ask(app, client, "retry countdown", times=2)
    ask(app, client, "retry zebra", "zebra")
    assert suggested(client, "retry") == {}
    assert suggested(client, "zebra") == {}


def test_half_a_surrogate_pair_is_counted_like_other_words(tmp_path):
    log_query(tmp_path, parse("cache \ud83d"), "reader")
    count_logged_queries(tmp_path)
    assert json.loads((tmp_path / ASKED.counts).read_bytes())["people"] == {"cache ?": 1}


def test_only_who_finds_something_is_told(app, client, client_of, pages):
    ask(app, client, "retry task")
    client_of("selam").open_form("/delete/celery").submit(summary="old")
    assert suggested(client, "ret") == {}


@pytest.mark.parametrize(
    "text",
    [
        "call 0911223344",
        "selam@example.org",
        "https://example.org/x",
        "sk_live_51H8aBcDeFgHiJkLmNoPqRs",
        "kind:guide cache",
        "one two three four five six seven",
        "w" * 70,
    ],
)
def test_what_is_rather_ones_own_is_not_kept(tmp_path, text):
    log_query(tmp_path, parse(text), "reader")
    assert not (tmp_path / ASKED.log).exists()


def test_counts_fade_and_broken_files_are_begun_anew(tmp_path, monkeypatch):
    (tmp_path / ASKED.counts).write_text("{broken")
    for number in range(7):
        log_query(tmp_path, parse("cache"), f"reader {number}")
    count_logged_queries(tmp_path)
    assert FrequentQueries(tmp_path).holding("ca") == ["cache"]
    monkeypatch.setattr(query_log, "HALF_LIFE_DAYS", 0)
    for _ in range(2):
        (tmp_path / ASKED.gathered).touch()
        count_logged_queries(tmp_path)
    assert FrequentQueries(tmp_path).holding("ca") == []


def test_a_clock_that_was_ahead_keeps_no_traces_until_then(tmp_path):
    log_query(tmp_path, parse("cache"), "reader")
    count_logged_queries(tmp_path)
    counts = json.loads((tmp_path / ASKED.counts).read_bytes())
    ahead = {**counts, "since": counts["since"] + 10_000}
    (tmp_path / ASKED.counts).write_text(json.dumps(ahead))
    count_logged_queries(tmp_path)
    assert not (tmp_path / ASKED.key).exists()
    assert (tmp_path / ASKED.seen).read_bytes() == b""
    assert json.loads((tmp_path / ASKED.counts).read_bytes())["since"] == counts["since"]


def test_nobody_else_may_read_it(tmp_path):
    log_query(tmp_path, parse("cache"), "one")
    count_logged_queries(tmp_path)
    log_query(tmp_path, parse("cache"), "other")
    assert {path.stat().st_mode & 0o077 for path in tmp_path.glob("asked.*")} == {0}


def test_all_is_forgotten_half_written_files_too(tmp_path):
    for number in range(4):
        log_query(tmp_path, parse("cache"), f"reader {number}")
        count_logged_queries(tmp_path)
    log_query(tmp_path, parse("cache"), "another")
    (tmp_path / ASKED.gathered).write_text("cache\n")
    (tmp_path / f".{ASKED.counts}-123").write_text("cache")
    frequent = FrequentQueries(tmp_path)
    assert frequent.holding("ca") == ["cache"]
    forget_queries(tmp_path)
    assert not any(b"cache" in path.read_bytes() for path in tmp_path.iterdir())
    assert frequent.holding("ca") == []


def test_nothing_is_gathered_where_the_folder_is_gone(tmp_path):
    count_logged_queries(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()


def test_lines_that_nobody_gathers_stay_few(tmp_path, monkeypatch):
    monkeypatch.setattr(query_log, "MAX_LOG_BYTES", 20)
    for number in range(9):
        log_query(tmp_path, parse("memcached"), f"reader {number}")
    assert (tmp_path / ASKED.log).stat().st_size <= 40


@pytest.fixture(
    params=[True, pytest.param(False, marks=pytest.mark.settings(missed_searches=False))],
    ids=["misses are counted", "misses aren't"],
)
def _counting_of_misses(request):
    return request.param


@pytest.mark.usefixtures("_counting_of_misses")
def test_it_is_people_that_count_in_all_processes_together(client, client_of, pages, monkeypatch):
    root = search_folder(client.application)
    hana = client_of("hana")
    for _ in range(5):
        hana.get("/search?q=retry+task")
        monkeypatch.setattr(ASKED, "_lately", RecentHashes(9))  # as another process has it
        client.get("/search?q=retry+task")
    count_logged_queries(root)
    hana.get("/search?q=retry+task")
    count_logged_queries(root)
    assert suggested(client, "ret") == {}
    kept = {path.name: path.read_text() for path in root.glob("asked*") if path.is_file()}
    assert not any("hana" in text for text in kept.values())
    client_of("dawit").get("/search?q=retry+task")
    count_logged_queries(root)
    assert "retry task" in suggested(client, "ret")


def test_two_people_stay_two_when_who_was_counted_is_forgotten(tmp_path, monkeypatch):
    for days in (30, 0, 30, 0, 30):
        for who in ("one", "other"):
            log_query(tmp_path, parse("cache"), who)
        key = (tmp_path / ASKED.key).read_text()
        monkeypatch.setattr(query_log, "HALF_LIFE_DAYS", days)
        count_logged_queries(tmp_path)
        assert FrequentQueries(tmp_path).holding("ca") == []
        assert (tmp_path / ASKED.key).exists() == bool(days)
        if not days:
            (tmp_path / ASKED.log).write_text(f"{key[:8]}0123456789abcdef\tcache\n")  # too late


def test_what_former_versions_counted_is_dropped(tmp_path):
    (tmp_path / ASKED.counts).write_text('{"since": 1, "counts": {"cache": 9}}')
    (tmp_path / ASKED.log).write_text("cache\ncache\n\n")
    assert FrequentQueries(tmp_path).holding("ca") == []
    log_query(tmp_path, parse("cache"), "reader")
    count_logged_queries(tmp_path)
    assert json.loads((tmp_path / ASKED.counts).read_bytes())["people"] == {"cache": 1}


def test_nobody_makes_their_own_query_a_frequent_one(tmp_path):
    for _ in range(9):
        log_query(tmp_path, parse("abebe salary"), "a prankster")
    count_logged_queries(tmp_path)
    assert FrequentQueries(tmp_path).holding("ab") == []


def test_a_key_of_another_process_is_used_at_once(tmp_path):
    first = ASKED.line(tmp_path, "cache", "user 1")
    ASKED.line(tmp_path, "redis", "user 1")
    replace_file(tmp_path / ASKED.key, b"b" * 64, 0o600)
    second = ASKED.line(tmp_path, "cache", "user 1")
    (tmp_path / ASKED.key).unlink()
    third = ASKED.line(tmp_path, "cache", "user 1")
    assert second.startswith("b" * 8)
    assert len({first, second, third}) == 3
