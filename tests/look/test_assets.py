"""Files of `static/`: browsers cache them forever, and get new ones when they change."""

import re
from urllib.parse import urljoin

import pytest

from tests.person import Person

KEPT = "public, max-age=31536000, immutable"
PAGES = ("/", "/pages", "/wiki/drawn", "/edit/drawn", "/new", "/search?q=a", "/files/upload")
_ASSET = re.compile(r"""["'](/static/[^"'#]+)""")
_IMPORT = re.compile(r"""\b(?:from|import\(?)\s*["'](\.{1,2}/[^"']+)["']""")


@pytest.fixture
def selam(client_of, make_page) -> Person:
    make_page("drawn", text="```mermaid\ngraph TD; A-->B\n```\n")
    return client_of("selam")


def get(person: Person, address: str, **headers: str) -> tuple[int, str, str]:
    """Status, caching and text of a file."""
    with person.get(address, headers=headers) as answer:
        is_text = answer.mimetype.startswith("text/") or "script" in answer.mimetype
        text = answer.text if is_text else ""
        return answer.status_code, answer.headers.get("Cache-Control", ""), text


def test_whatever_a_page_loads_is_kept_for_good(selam: Person) -> None:
    """Files that pages name, and the modules that these name in turn."""
    waiting = {address for page in PAGES for address in _ASSET.findall(selam.get(page).text)}
    waiting |= set(_ASSET.findall(selam.get("/diagram").text))
    seen: set[str] = set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        status, caching, text = get(selam, address)
        assert (status, caching) == (200, KEPT), address
        if "/vendor/" not in address:
            waiting |= {urljoin(address, name) for name in _IMPORT.findall(text)} - seen
    names = {address.rpartition("/")[2].partition("?")[0] for address in seen}
    assert names >= {"nexus.css", "favicon.svg", "editor.js", "textfield.js", "mermaid.esm.min.mjs"}


def test_a_module_has_one_address(selam: Person) -> None:
    """A module loaded from two URLs would run twice."""
    shown = {address for page in PAGES for address in _ASSET.findall(selam.get(page).text)}
    modules = [address for address in shown if address.endswith(".js")]
    assert {"site.js", "editor/editor.js"} <= {address.split("/", 4)[4] for address in modules}
    versions = {address.split("/")[3] for address in modules}
    assert len(versions) == 1
    assert re.fullmatch(r"[0-9a-f]{12}", versions.pop())


def test_another_release_s_address_has_the_file_but_isn_t_kept(client: Person) -> None:
    """Two releases may be running for a while: the old file must not be cached as the new one."""
    cases = [
        "/static/js/editor/editor.js",
        "/static/js/editor/editor.js?v=1",
        "/static/js/0123456789ab/editor/editor.js",
        "/static/css/nexus.css",
        "/static/css/nexus.css?v=0123456789ab",
        "/static/vendor/mermaid/mermaid.esm.min.mjs",
    ]
    for address in cases:
        status, caching, text = get(client, address)
        assert status == 200, address
        assert text, address
        assert caching == "no-cache", address


def test_no_other_file_is_reached_through_a_folder_of_modules(client: Person) -> None:
    cases = [
        "/static/js/0123456789ab/none.js",
        "/static/js/0123456789ab/../css/nexus.css",
        "/static/js/0123456789ab/%2e%2e/css/nexus.css",
        "/static/js/0123456789ab/../../wiki/config.py",
        "/static/js/short/editor/editor.js",
    ]
    for address in cases:
        status, caching, text = get(client, address)
        assert status == 404 or ".masthead" in text, address
        assert "immutable" not in caching, address
        assert "TEXT_LIMIT" not in text, address
