"""The templates as they are written: escaped, free of inline code, documented."""

import re
from pathlib import Path

import pytest

from wiki.config import resource

TEMPLATES = resource("templates")
STATIC = resource("static")
ALL = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*") if file.is_file())
MARKUP = [name for name in ALL if not name.endswith(".txt")]  # plain text needs no escaping

_INLINE = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=["']""", re.IGNORECASE)
_ASSET = re.compile(r"asset\('([^']+)'\)")
_ICON = re.compile(r"""(?:icons }}#|icon\("|_tool\("\w+", ")([a-z][\w-]+)""")


def text_of(name: str) -> str:
    return (TEMPLATES / name).read_text()


@pytest.mark.parametrize("name", MARKUP)
def test_what_people_typed_is_escaped(app, name):
    is_escaped = app.select_jinja_autoescape(name)
    assert is_escaped or "{% autoescape true %}" in text_of(name)
    app.jinja_env.get_template(name)


@pytest.mark.parametrize("name", MARKUP)
def test_nothing_is_inline(name):
    assert _INLINE.findall(text_of(name)) == []


@pytest.mark.parametrize("name", MARKUP)
def test_ids_are_of_the_house(name):
    """People's headings make ids too; ours can't meet them."""
    ids = re.findall(r'\sid="([^"]*)"', text_of(name))
    assert [i for i in ids if not i.startswith(("nx-", "{{ id }}"))] == []


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("macros/")])
def test_macros_say_what_they_take(name):
    text = text_of(name)
    assert text.startswith("{# ")
    told = text[: text.index("#}")]
    macros = re.findall(r"{% macro (\w+)\(", text)
    assert [macro for macro in macros if macro[0] != "_" and f"{macro}(" not in told] == []


def test_every_file_and_icon_that_is_asked_for_is_there():
    everything = "".join(map(text_of, ALL))
    assert [name for name in set(_ASSET.findall(everything)) if not (STATIC / name).is_file()] == []
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    scripts = "".join(file.read_text() for file in (STATIC / "js").glob("*.js"))
    names = {*_ICON.findall(everything), *re.findall(r"\$\{sprite}#([\w-]+)", scripts)}
    assert {name for name in names if f'id="{name}"' not in sprite} == set()


# A custom property is a value, which the stylesheet uses or doesn't.
_RISKY = re.compile(
    r"\beval\(|new Function|document\.write|\.style\.(?!setProperty\(\"--)|setAttribute\(.style"
)


@pytest.mark.parametrize("file", sorted((STATIC / "js").glob("*.js")), ids=lambda f: Path(f).name)
def test_scripts_are_small_and_need_no_rights(file: Path):
    text = file.read_text()
    assert len(text) < 12_000
    assert _RISKY.findall(text) == []


LONGEST = 160  # letters


@pytest.mark.parametrize("name", ALL)
def test_a_line_can_be_read_in_one_go(name):
    assert [line for line in text_of(name).splitlines() if len(line) > LONGEST] == []
