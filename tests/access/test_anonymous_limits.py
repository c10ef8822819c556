"""What strangers may cost: histories, comparisons, old revisions and searches."""

import re
from html import unescape
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from tests import factories
from wiki.access import anonymous_limits, busy_gate
from wiki.pages.presentation import old_renderings
from wiki.rate_limits.cost_budget import Allowance, CostBudget

COSTLY = (
    "/history/redis",
    "/diff/redis?from=1&to=2",
    "/blame/redis",
    "/wiki/redis?revision=1",
    "/raw/redis?revision=1",
    "/search/old?q=fast",
)
SEARCHES = ("/search?q=fast", "/search/suggest?q=fast")
FREE = ("/", "/wiki/redis", "/raw/redis", "/pages", "/changes", "/tags/", "/links/redis")


def spend_all(app, kind="history", *, network="somebody else"):
    """Use up what strangers may cost."""
    budget = anonymous_limits.BUDGETS.of(app)[kind]
    budget._total.left = -10 if network == "somebody else" else budget._total.left
    budget._bucket(network).left = -10


@pytest.fixture
def wiki(make_app, make_page):
    make_page("redis", text="Fast.\n")
    app = make_app(rate_limits=True, proxies=1)
    client = factories.client_of(app, factories.make_user(app, "selam"))
    assert client.post_form("/edit/redis", text="Faster.\n").status_code == 303
    return app


def test_strangers_wait_when_strangers_cost_too_much(wiki, queries):
    stranger = wiki.test_client()
    for address in COSTLY:
        assert stranger.get(address).status_code == 200, address
    spend_all(wiki)
    for address in COSTLY:
        with queries() as asked:
            refused = stranger.get(address)
        assert refused.status_code == 503, address
        assert int(refused.headers["Retry-After"]) > 60
        assert "Busy right now" in refused.text
        assert asked == []


def test_searches_have_a_budget_of_their_own(wiki):
    stranger = wiki.test_client()
    spend_all(wiki)
    for address in SEARCHES:
        assert stranger.get(address).status_code == 200, address
    spend_all(wiki, "search")
    for address in SEARCHES:
        assert stranger.get(address).status_code == 503, address


def test_related_pages_take_nothing_from_searches(wiki):
    stranger = wiki.test_client()
    assert stranger.get("/related/redis").headers["X-Robots-Tag"] == "noindex, nofollow"
    spend_all(wiki, "related")
    assert stranger.get("/related/redis").status_code == 503
    assert stranger.get(SEARCHES[0]).status_code == 200


def test_a_class_of_strangers_behind_one_address_may_search(wiki):
    """Thirty people, who type ten letters and look at five pages of results."""
    stranger = wiki.test_client()
    for _ in range(30 * 5):
        assert stranger.get("/search?q=fast").status_code == 200
    for _ in range(30 * 10):
        assert stranger.get("/search/suggest?q=fast").status_code == 200


def test_pages_and_lists_never_wait(wiki):
    spend_all(wiki)
    spend_all(wiki, "search")
    for address in FREE:
        assert wiki.test_client().get(address).status_code == 200, address


def test_whoever_is_signed_in_never_waits(wiki):
    spend_all(wiki)
    spend_all(wiki, "search")
    member = factories.client_of(wiki, factories.make_user(wiki, "dawit"))
    for address in (*COSTLY, *SEARCHES):
        assert member.get(address).status_code == 200, address


@pytest.mark.parametrize(
    ("network", "own", "other"),
    [
        ("198.51.100.0/24", "198.51.100.77", "198.51.101.77"),
        ("2001:db8:1:2::/64", "2001:db8:1:2::77", "2001:db8:1:3::77"),
    ],
)
def test_a_network_has_a_part_of_it(wiki, network, own, other):
    spend_all(wiki, network=network)

    def ask(address):
        return wiki.test_client().get("/history/redis", headers={"X-Forwarded-For": address})

    assert ask(own).status_code == 429
    assert ask(other).status_code == 200


def test_what_an_error_page_costs_counts_too(wiki, monkeypatch):
    spent = []
    monkeypatch.setattr(CostBudget, "leave", lambda _self, network, _cost: spent.append(network))
    assert wiki.test_client().get("/history/nowhere").status_code == 404
    assert spent == ["127.0.0.0/24"]


def test_what_the_process_that_renders_spends_counts_too(wiki, monkeypatch):
    costs, now = [], iter(range(0, 1000, 7))
    monkeypatch.setattr(old_renderings, "monotonic", lambda: next(now))
    monkeypatch.setattr(CostBudget, "leave", lambda _self, _network, cost: costs.append(cost))
    assert wiki.test_client().get("/wiki/redis?revision=1").status_code == 200
    assert len(costs) == 1
    assert costs[0] >= 7


def test_ten_thousand_networks_spend_one_budget(wiki, monkeypatch):
    monkeypatch.setattr(anonymous_limits, "EVERYBODY", Allowance(1e-9, 0.1))
    stranger, statuses = wiki.test_client(), []
    for number in range(200):
        headers = {"X-Forwarded-For": f"10.{number}.0.1"}
        statuses.append(stranger.get("/diff/redis?from=1&to=2", headers=headers).status_code)
    assert statuses[0] == 200
    assert statuses[-100:] == [503] * 100


def test_without_rate_limits_nobody_waits(client, app):
    spend_all(app, "search")
    assert client.get("/search?q=fast").status_code == 200


# Refusals before the framework


def test_an_ordinary_refusal_is_made_once(wiki, queries):
    """Ten thousand of them must cost less than they cost whoever asks."""
    spend_all(wiki)
    first = wiki.test_client().get("/history/secret-name")
    with queries() as asked:
        later = wiki.test_client().get("/diff/redis?from=1&to=2")
    assert asked == []
    assert first.data == later.data
    assert "secret-name" not in later.text
    assert "Busy right now" in later.text
    for header in ("Content-Security-Policy", "X-Content-Type-Options", "Retry-After"):
        assert header in later.headers
    assert wiki.test_client().head("/history/redis").status_code == 503


def test_programs_are_told_in_their_language(wiki):
    spend_all(wiki, "search")
    answer = wiki.test_client().get("/search?q=fast", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    assert "searches" in answer.json["error"]
    assert "Retry-After" in answer.headers


def test_it_knows_every_address_that_costs_much(wiki):
    costly = anonymous_limits.HISTORIES | anonymous_limits.SEARCHES | anonymous_limits.RELATED
    rules = [rule for rule in wiki.url_map.iter_rules() if rule.endpoint in costly]
    assert {rule.endpoint for rule in rules} == costly
    for rule in rules:
        assert rule.rule.startswith(tuple(busy_gate.PREFIXES)), rule.rule


def test_the_server_tells_them_before_a_thread_looks(wiki):
    clones = ("/wiki.git/info/refs", "/offline/hub.html", "/sitemap.xml")
    kinds = dict.fromkeys((*COSTLY, *clones), "history")
    kinds |= dict.fromkeys((*SEARCHES, "/related/redis"), "search")
    for address, kind in kinds.items():
        assert busy_gate.costly_kind(head_of(address)) == kind, address
        assert busy_gate.costly_kind(head_of(f"/nexus{address}"), "/nexus") == kind, address
        for name in ("COOKIE", "AUTHORIZATION"):
            assert busy_gate.costly_kind(head_of(address, (name, "x"))) is None, address
    for address in FREE:
        assert busy_gate.costly_kind(head_of(address)) is None, address
    assert busy_gate.costly_kind(head_of("/%73earch?q=fast")) == "search"


def head_of(address, *headers):
    path, _, query = address.partition("?")
    return SimpleNamespace(path=path, query=query, headers=[("HOST", "hub"), *headers])


# Robots


def test_no_link_leads_a_robot_there(wiki):
    stranger = wiki.test_client()
    with wiki.test_request_context():
        adapter = wiki.create_url_adapter(None) or wiki.url_map.bind("localhost")
    looked = 0
    for address in ("/wiki/redis", "/", "/changes", "/users/selam", "/pages", "/wiki/nowhere"):
        for tag in re.findall(r"<a\b[^>]*>", stranger.get(address).text):
            href = unescape(re.search(r'href="([^"]*)"', tag)[1])
            parts = urlsplit(href)
            if not href.startswith("/"):
                continue
            endpoint = adapter.match(parts.path, method="GET")[0]
            is_costly = endpoint in anonymous_limits.HISTORIES | anonymous_limits.SEARCHES
            if is_costly or "revision=" in parts.query:
                looked += 1
                assert re.search(r'rel="[^"]*nofollow', tag), f"{tag} on {address}"
    assert looked >= 5


def test_robots_neither_keep_nor_follow_them(wiki):
    stranger = wiki.test_client()
    for address in (*COSTLY, *SEARCHES):
        assert stranger.get(address).headers["X-Robots-Tag"] == "noindex, nofollow", address
    assert "X-Robots-Tag" not in stranger.get("/wiki/redis").headers


# Histories for members only


def test_histories_for_members_only(make_app, wiki):
    app = make_app(history="members")
    stranger = app.test_client()
    member = factories.client_of(app, factories.make_user(app, "dawit"))
    for address in (*COSTLY, "/history/nowhere", "/wiki/nowhere?revision=1"):
        answer = stranger.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 302, address
        assert answer.location.startswith("/account/login?next="), address
        refused = stranger.get(address, headers={"Accept": "application/json"})
        assert refused.status_code == 401, address
        assert member.get(address).status_code == (404 if "nowhere" in address else 200), address


def test_then_strangers_still_read_what_is_current(make_app, wiki):
    stranger = make_app(history="members").test_client()
    for address in (*FREE, *SEARCHES):
        assert stranger.get(address).status_code == 200, address
