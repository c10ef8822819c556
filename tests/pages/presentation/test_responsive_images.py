"""Pictures that a page can't show, and those of other hosts."""

from typing import Any

import pytest

from tests.files.upload_forms import picture, send
from tests.person import Person
from wiki.outbound.host_patterns import HostPatterns

AWAY = "![A cat](https://pics.example.org/cat.png)"


@pytest.fixture
def shown(client: Person, make_page: Any) -> Any:
    """`shown(text)`: the HTML of a page with this text, as a stranger gets it."""

    def shown(text: str, path: str = "outer") -> str:
        make_page(path, text=text)
        return client.get(f"/wiki/{path}").text.replace("<wbr>", "")

    return shown


def test_one_from_elsewhere_is_a_link_that_nothing_loads(shown: Any) -> None:
    html = shown(AWAY)
    assert "pics.example.org" in html
    assert 'src="https:' not in html
    assert 'href="https://pics.example.org/cat.png" rel="nofollow ugc noopener noreferrer"' in html
    assert "A cat" in html
    assert "Keep a copy" not in html


def test_who_edits_may_keep_a_copy(selam: Person, make_page: Any) -> None:
    make_page("a/b", text=AWAY)
    assert 'href="/pictures/a/b"' in selam.get("/wiki/a/b").text


def test_within_a_link_there_is_no_other_one(shown: Any) -> None:
    html = shown(f"[{AWAY}](https://e.org)")
    assert "https://pics.example.org" not in html
    assert "a picture on pics.example.org" in html


@pytest.mark.settings(picture_hosts=HostPatterns.of("*.example.org"))
def test_one_of_an_allowed_host_is_shown(shown: Any, client: Person) -> None:
    html = shown(f"{AWAY} ![B](https://e.net/b.png)")
    assert (
        '<img src="https://pics.example.org/cat.png" alt="A cat" loading="lazy"'
        ' referrerpolicy="no-referrer">'
    ) in html
    assert 'src="https://e.net' not in html
    policy = client.get("/").headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://*.example.org;" in policy


def test_without_a_setting_the_policy_allows_no_other_host(client: Person) -> None:
    assert "img-src 'self' data:;" in client.get("/").headers["Content-Security-Policy"]


@pytest.mark.settings(base_url="https://wiki.example.org")
def test_the_wiki_is_not_elsewhere(shown: Any, selam: Person) -> None:
    send(selam, ("plan.png", picture()))
    html = shown("![Plan](https://wiki.example.org/files/1/plan.png)")
    assert '<img src="/files/1/plan.png?v=' in html


@pytest.mark.parametrize(
    ("address", "told", "why"),
    [
        ("img/pic.png", "img/pic.png", "no such picture"),
        ("/img/é.png", "/img/é.png", "no such picture"),
        ("/files/99/gone.png", "/files/99/gone.png", "no such picture"),
        (
            "data:image/png;base64," + "A" * 5_000,
            "data:image/png;base64,AAAA",
            "embedded in the text",
        ),
        ("file:///home/a.png", "file:///home/a.png", "this kind of address"),
        ("javascript:alert(1)", "javascript:alert(1)", "this kind of address"),
    ],
)
def test_one_that_cannot_be_shown_leaves_a_marked_place(
    shown: Any, address: str, told: str, why: str
) -> None:
    html = shown(f"![A cat]({address})")
    place = html.partition('<span class="picture-place picture-broken"')[2].partition("</small>")[0]
    assert "A cat" in place
    assert told in place
    assert why in place
    assert "A" * 100 not in html


def test_one_that_is_hidden_or_deleted_is_missing(
    shown: Any, selam: Person, client: Person
) -> None:
    send(selam, ("plan.png", picture()))
    assert '<img src="/files/1/plan.png?v=' in shown("![Plan](/files/1/plan.png)")
    selam.post_form("/files/delete/1")
    html = client.get("/wiki/outer").text
    assert "There is no such picture" in html
    assert '<img src="/files' not in html


def test_a_file_that_is_no_picture(shown: Any, selam: Person) -> None:
    send(selam, ("a.txt", b"words"))
    assert "This file isn’t a picture" in shown("![A](/files/1/a.txt)")


def test_a_name_alone_means_the_pages_own_file(
    selam: Person, client: Person, make_page: Any
) -> None:
    make_page("trip", text="![The plan](img/My%20plan.png)\n\n[[other]]\n")
    make_page("other", text="![[trip]]")
    send(selam, ("My plan.png", picture()), page="trip")
    for path in ("trip", "other"):
        html = client.get(f"/wiki/{path}").text
        assert 'src="/files/1/My%20plan.png?v=' in html, path
        assert 'alt="The plan"' in html
    assert "trip" in selam.get("/files/1").text.partition("<main")[2]


def test_the_preview_says_which_and_what_to_do(selam: Person, make_page: Any) -> None:
    make_page("a")
    text = f"![x](pic.png) {AWAY} ![y](data:image/png;base64,AA) ![x](pic.png) ![[no.png]]"
    token = selam.open_form("/edit/a").values["csrf_token"]
    preview = selam.post("/preview", data={"text": text, "path": "a", "csrf_token": token}).text
    note, _, rest = preview.partition("</details>")
    assert "4 pictures can’t be shown" in note
    for word in ("pic.png", "pics.example.org", "data:image/png", "no.png", "keep a copy"):
        assert word in note
    assert "Keep a copy" not in rest
    without = selam.post("/preview", data={"text": "b", "path": "a", "csrf_token": token}).text
    assert without == "<p>b</p>"
    page = selam.post_form("/edit/a", text=text, action="preview").text
    assert "4 pictures can’t be shown" in page
    assert "can’t be shown" not in selam.get("/wiki/a").text


def test_the_preview_knows_the_files_of_the_page(selam: Person, make_page: Any) -> None:
    make_page("a")
    send(selam, ("plan.png", picture()), page="a")
    token = selam.open_form("/edit/a").values["csrf_token"]
    preview = selam.post(
        "/preview", data={"text": "![[plan.png]]", "path": "a", "csrf_token": token}
    )
    assert 'src="/files/1/plan.png' in preview.text


def test_in_an_authors_link_an_embedded_picture_is_no_link(shown: Any, selam: Person) -> None:
    send(selam, ("plan.png", picture()))
    html = shown("[![[plan.png]]](https://example.org) ![[plan.png]]")
    inside, _, behind = html.partition('href="https://example.org"')[2].partition("</a>")
    assert '<img src="/files/1/plan.png' in inside
    assert "<a " not in inside
    assert '<a class="picture" href="/files/1' in behind
