"""Links rewritten after a page moved, and nothing else with them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markup.pieces import LINES, RUNS
from wiki.markup import render
from wiki.markup.links import quoted_target
from wiki.markup.relink import relink
from wiki.naming import path_key

MOVED = {"redis": "stores/valkey(new", "guide": "hand-book"}


def moved(text: str, new: str = "tech/x") -> str:
    return relink(text, "here/page", {"redis": new})


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("[[redis]]", "[[tech/x]]"),
        ("[[Redis]]", "[[tech/x|Redis]]"),
        ("[[redis#Why|a *label*]]", "[[tech/x#Why|a *label*]]"),
        ("![[redis#Why]]", "![[tech/x#Why]]"),
        ("[a](/wiki/redis)", "[a](/wiki/tech/x)"),
        ('[a]( ../redis.md#why "T" )', '[a]( /wiki/tech/x#why "T" )'),
        ("[a](</wiki/redis#a b>)", "[a](</wiki/tech/x#a b>)"),
        ("[![a](/files/1/a.png)](/wiki/redis)", "[![a](/files/1/a.png)](/wiki/tech/x)"),
        ("[a]\n\n[a]: /wiki/redis 'T'\n", "[a]\n\n[a]: /wiki/tech/x 'T'\n"),
        ("> [a]\n>\n> [a]:\n> </wiki/redis>", "> [a]\n>\n> [a]:\n> </wiki/tech/x>"),
        ("# [[redis]]\r\n\r\n[[redis]]\r\n", "# [[tech/x]]\r\n\r\n[[tech/x]]\r\n"),
        ("Term\n: Says [[redis]]\n", "Term\n: Says [[tech/x]]\n"),
        ("a[^1]\n\n[^1]: b\n\n    [[redis]]", "a[^1]\n\n[^1]: b\n\n    [[tech/x]]"),
        ('!!! note "[[redis]]"\n    [[redis]]', '!!! note "[[tech/x]]"\n    [[tech/x]]'),
        ("- [ ] a\n\n    [[redis]]", "- [ ] a\n\n    [[tech/x]]"),
    ],
)
def test_links_lead_to_the_new_path(text: str, after: str) -> None:
    assert moved(text) == after


@pytest.mark.parametrize(
    "text",
    [
        "`[[redis]]` and ``a ` [b](/wiki/redis)``",
        "```\n[[redis]]\n```",
        "a\n\n    code [[redis]]\n\n\tand [b](/wiki/redis)\n",
        "> a\n>\n>     [[redis]]\n",
        "- a\n\n      [[redis]]\n",
        "\\[[redis]] and [a\\](/wiki/redis)",
        "<div>\n[[redis]]\n</div>",
        "<!-- [[redis]] -->",
        'a <b title="[[redis]]">b</b>',
        "$[[redis]]$",
        "a](/wiki/redis) and [a](/wiki/redis and)",
        "[[1]](https://e.org) [[redis]](https://e.org)",
        "[[redis]]\n\n[redis]: https://e.org",
        "*[DB]: see [[redis]]",
        "[a](https://e.org/wiki/redis) [b](#redis) [c](/files/redis)",
    ],
)
def test_what_is_no_link_to_the_page_stays(text: str) -> None:
    assert moved(text) == text


def test_a_label_in_a_table_does_not_end_the_cell() -> None:
    table = "| a | b |\n|---|---|\n| [[Redis]] | x |\n| [[Redis#s\\|l]] | `[[redis]]` |\n"
    after = moved(table + "\n[[Redis]] | x\n")
    assert after == (
        "| a | b |\n|---|---|\n| [[tech/x\\|Redis]] | x |\n| [[tech/x#s\\|l]] | `[[redis]]` |\n"
        "\n[[tech/x|Redis]] | x\n"
    )
    assert ">Redis</a></td>\n<td>x</td>" in render(after).html


def test_an_address_ends_where_its_parentheses_balance() -> None:
    text = "[one](/wiki/redis) [two](/wiki/redis(bar)) [three](/wiki/redis\\(bar)"
    assert moved(text) == text.replace("/wiki/redis)", "/wiki/tech/x)")
    assert relink("[a](/wiki/a(b)#c)", "", {"a(b)": "d"}) == "[a](/wiki/d#c)"


@pytest.mark.parametrize("new", ["a(draft", "a)b", "a(b)", "a&amp;b", "a b"])
def test_any_new_path_can_stand_in_an_address(new: str) -> None:
    after = moved("[a](/wiki/redis#why) [b](</wiki/redis>)\n\n[c]\n\n[c]: /wiki/redis", new)
    assert [link.target for link in render(after).links] == [new, new]


def test_a_page_that_moves_takes_its_relative_links_along() -> None:
    text = "[a](guide#x) [b](/wiki/guide) [[guide]] [c]\n\n[c]: ../d(e)\n"
    after = relink(text, "stores/redis", {}, from_path="tech/sub/redis")
    assert after == (
        "[a](/wiki/tech/sub/guide#x) [b](/wiki/guide) [[guide]] [c]\n\n[c]: /wiki/tech/d%28e%29\n"
    )


def test_a_picture_is_no_page() -> None:
    assert relink("![[a.png]] [[a.png]]", "", {"a.png": "b"}) == "![[a.png]] [[b]]"
    assert relink("![[a]] [[a]]", "", {"a": "b.png"}) == "![[a]] [[b.png]]"


LINKS = [
    "[[redis]]",
    "[[Redis]]",
    "[[Redis#Some where]]",
    "[[redis\\|it]]",
    "[[redis|it]]",
    "![[guide#a]]",
    "[a](redis)",
    '[*a*](/wiki/redis#b "c")',
    "[a](/wiki/redis(2))",
    "[a](</wiki/guide>)",
    "[r]",
    "[a][g]",
    "![[redis.png]]",
    "[[other]]",
    "<https://e.org/wiki/redis>",
]
AROUND = [
    *("`", "``", "\\", "|", " | ", "$", "*", "[", "]", "(", ")", "![", "](", "<b>", "<!--", "-->"),
    *(" ", "a", "é"),
]
BEGINNINGS = [
    *("\n", "\n\n", "\n    ", "\n\n    ", "\n\n\t", "\n> ", "\n\n> ", "\n- ", "\n  ", "\n\n1. "),
    *("\n# ", "\n```\n", "\n\n|--|--|\n| ", "\n| a | b |\n|--|--|\n| ", "\n: ", "\n- [ ] "),
    *("\n\n!!! note\n    ", "\n\n[^a]: ", "\n\n[r]: redis ", "\n\n[g]:\n</wiki/guide#x>\n\n"),
    *("\n\n*[a]: ", "\n\n<div>", "\n$$\n", "\n***\n"),
]
TEXTS = st.lists(
    st.one_of(st.sampled_from(LINKS), st.sampled_from(AROUND), st.sampled_from(BEGINNINGS)),
    max_size=25,
).map("".join)
_LINK = re.compile(r'<a class="wikilink" href="wiki:([^"#]*)([^"]*)"([^>]*)>([^<]*)')
_ANCHOR = re.compile(r' id="[^"]*"|(?<= class="anchor") href="[^"]*"')
_EMBED = re.compile(r'data-page="([^"#]*)')


def led_to_new_paths(html: str) -> str:
    """The rendering of a text before its links are rewritten, as it must be afterwards.

    A link by path shows the new one, so that labels are left out, and anchors made of them.
    """
    places = {quoted_target(old, ""): quoted_target(new, "") for old, new in MOVED.items()}

    def place(written: str) -> str:
        return places.get(path_key(written), written)

    html = _ANCHOR.sub("", html)
    html = _LINK.sub(lambda found: f'<a href="{place(found[1])}{found[2]}"{found[3]}>', html)
    return _EMBED.sub(lambda found: f'data-page="{place(found[1])}', html)


@given(TEXTS)
def test_nothing_changes_but_where_links_lead(text: str) -> None:
    after = relink(text, "page", MOVED)
    assert led_to_new_paths(render(text, path="page").html) == (
        led_to_new_paths(render(after, path="page").html)
    )


@given(TEXTS)
def test_a_text_without_a_link_to_the_page_stays_as_it_is(text: str) -> None:
    assert relink(text, "page", {"elsewhere": "x"}) == text
    linked = {path_key(link.target) for link in render(text, path="page").links}
    assert linked & MOVED.keys() or relink(text, "page", MOVED) == text


@given(
    st.one_of(
        st.text(), st.lists(st.sampled_from([*RUNS, *LINES, *BEGINNINGS, *LINKS])).map("".join)
    )
)
def test_any_text_has_an_answer(text: str) -> None:
    assert relink(text, "page", {"elsewhere": "x"}) == text
    relink(text, "page", MOVED, from_path="a/b")
