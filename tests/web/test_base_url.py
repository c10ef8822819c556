"""The wiki is where its settings say, whatever a request says of it."""

import io
import re

import pytest

BASE = "https://wiki.example.org"
MOUNTED = "https://example.org/learn"
ELSEWHERE = "http://evil.example"
TEXT = (
    "See [[redis]], [celery](celery), [changes](/changes), [a file](/files/1/a.txt) and "
    "![plan](/files/2/plan.png).\n\n![[quoted]]\n"
)


@pytest.fixture
def at_base(make_app):
    return make_app(base_url=BASE)


@pytest.fixture
def below(make_app, make_page):
    app = make_app(base_url=MOUNTED)
    make_page("redis", text="Fast.\n")
    make_page("quoted", text="[[redis]] and [files](/files/).\n")
    make_page("page", text=TEXT)
    return app


def test_another_host_is_refused(at_base):
    for path in ["/", "/kinds", "/wiki/redis", "/changes.atom", "/nowhere"]:
        answer = at_base.test_client().get(path, base_url=ELSEWHERE)
        assert answer.status_code == 400, path
        assert BASE in answer.text, path
        assert "evil.example" not in answer.text, path
        assert "Location" not in answer.headers, path


def test_what_is_no_host_is_refused(client):
    for host in ["a/b@c", "[::1", "a:99999999999", '"><script>', "a b"]:
        answer = client.get("/kinds", headers={"Host": host})
        assert answer.status_code == 400, host
        assert "Location" not in answer.headers, host
        assert "<script>" not in answer.text.partition("<main")[2], host
        assert client.get("/healthz", headers={"Host": host}).status_code == 200, host


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_who_watches_asks_at_any_address(at_base, path):
    assert at_base.test_client().get(path, base_url="http://10.0.0.7:8000").status_code == 200


@pytest.mark.parametrize("host", ["wiki.example.org", "WIKI.example.org", "wiki.example.org:443"])
def test_every_whole_address_is_the_setting(at_base, make_page, host):
    make_page("redis")
    client = at_base.test_client()
    # A proxy speaks plain HTTP to us.
    for path in ("/changes.atom", "/opensearch.xml", "/search/suggest?q=redis"):
        text = client.get(path, base_url=f"http://{host}").text
        whole = set(re.findall(r"https?://[\w.:-]*", text)) - {
            "http://www.w3.org",
            "http://a9.com",
            "https://specs.opensearch.org",
        }
        assert {found for found in whole if "example" in found} == {BASE}, path
    assert client.get("/kinds", base_url=f"http://{host}").location == f"{BASE}/kinds/"


@pytest.mark.parametrize("base", [BASE, MOUNTED])
def test_search_engines_are_told_the_whole_address(make_app, make_page, base):
    make_page("a b")
    host = base.removeprefix("https://").partition("/")[0]
    text = (
        make_app(base_url=base).test_client().get("/wiki/a-b", base_url=f"http://{host}:443").text
    )
    assert f'<link rel="canonical" href="{base}/wiki/a-b">' in text


@pytest.mark.settings(base_url=BASE)
def test_over_https_cookies_are_bound_to_the_host(client, make_user, client_of):
    person = client_of("selam")
    answer = person.get("/account/settings")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    client.get("/account/login")
    cookie = client.get_cookie("__Host-nexus_session", domain="wiki.example.org")
    assert cookie is not None
    assert cookie.secure


def test_over_plain_http_there_is_neither(client):
    answer = client.get("/account/login")
    assert "Strict-Transport-Security" not in answer.headers
    assert "__" not in answer.headers["Set-Cookie"]


def test_below_a_path_everything_leads_below_it(below):
    client = below.test_client()
    paths = ["/", "/wiki/page", "/kinds/", "/search?q=redis", "/changes", "/account/login", "/new"]
    for path in paths:
        for prefix in ["", "/learn"]:
            answer = client.get(prefix + path, base_url="http://example.org")
            assert answer.status_code in (200, 302), (path, prefix)
            if answer.status_code == 302:
                assert answer.location.startswith("/learn/account/login?next=/learn/new"), (
                    path,
                    prefix,
                )
                continue
            links = re.findall(r'\b(?:href|src|action|data-\w+)="(/[^"]*)"', answer.text)
            assert links, (path, prefix)
            assert [link for link in links if not f"{link}/".startswith("/learn/")] == [], (
                path,
                prefix,
            )
            assert "/learn/learn" not in answer.text, (path, prefix)
            assert "/learn/csp-report" in answer.headers["Content-Security-Policy"], (path, prefix)


def test_who_signs_in_to_start_a_discussion_comes_back(below):
    html = below.test_client().get("/talk/page").text
    address = html.partition("Sign in to start one")[0].rpartition('href="')[2]
    assert address.startswith("/learn/account/login?next=/learn/talk/page")


def test_links_of_a_text_lead_below_the_path(below):
    html = below.test_client().get("/wiki/page").text
    for address in ("wiki/redis", "new?title=celery", "changes", "files/1/a.txt"):
        assert f'href="/learn/{address}"' in html, address
    assert 'href="/learn/files/"' in html  # of the page that it shows


@pytest.mark.settings(base_url=MOUNTED)
def test_a_whole_visit_below_a_path(client, make_user, make_page):
    make_user("selam", password="correct horse battery")
    make_page("page", text="Text.\n")
    form = client.open_form("/learn/account/login?next=/learn/edit/page")
    answer = form.submit(username="selam", password="correct horse battery")
    assert answer.location == "/learn/edit/page"
    cookie = client.get_cookie("__Secure-nexus_session", domain="example.org", path="/learn")
    assert cookie is not None
    answer = client.open_form("/learn/edit/page").submit(text="Other text.\n\n## Part\n")
    assert answer.location.partition("?")[0] == "/learn/wiki/page"
    shown = client.get("/learn/wiki/page").text
    assert "Other text." in shown
    assert 'href="/learn/edit/page?section=part"' in shown
    form = client.open_form("/learn/files/upload")
    answer = form.submit(file=(io.BytesIO(b"some words\n"), "notes.txt"))
    assert answer.location.startswith("/learn/files/")
    shown = client.get(answer.location).text
    assert "[notes.txt](/files/" in shown


@pytest.mark.settings(base_url=MOUNTED)
def test_nobody_is_led_to_what_else_the_host_has(client, make_user):
    make_user("selam", password="correct horse battery")
    form = client.open_form("/learn/account/login?next=/other/app")
    answer = form.submit(username="selam", password="correct horse battery")
    assert answer.location == "/learn/"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/wiki/wiki/redis", 200),
        ("/wiki/redis", 200),
        ("/wiki/search", 200),
        ("/wiki/wiki/search", 404),
        ("/wiki/healthz", 200),
        ("/wiki", 200),
    ],
)
def test_the_path_may_be_one_of_ours(make_app, make_page, path, status):
    make_page("redis")
    client = make_app(base_url="https://example.org/wiki").test_client()
    assert client.get(path, base_url="http://example.org").status_code == status


def test_a_path_is_never_another_host(app):
    cases = [
        "//evil.example/wiki/redis",
        "//evil.example/wiki//redis",
        "//evil.example",
        "///wiki//redis",
    ]
    for path in cases:
        # As a server hands it on; a client's path would be read as an address.
        for script in ("", "//evil.example", "/x//y"):
            environ = {"PATH_INFO": path, "SCRIPT_NAME": script}
            answer = app.test_client().get("/", environ_overrides=environ)
            assert not re.search(r"""["'(=]\s*//""", answer.text), path
            assert not re.match(r"//|https?://evil", answer.headers.get("Location", "")), path


def test_headers_of_proxies_are_believed_where_they_are_counted(app, make_app):
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Script-Name": "/evil",
    }
    answer = app.test_client().get("/kinds", headers=headers)
    assert answer.location == "http://localhost/kinds/"
    answer = make_app(proxies=1).test_client().get("/kinds", headers=headers)
    assert answer.location == "https://evil.example/kinds/"
