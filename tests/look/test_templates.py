"""The source of the templates: escaped, free of inline code, documented."""

import ast
import re
from datetime import datetime

from jinja2 import nodes

from tests.optional_resources import ROOT
from wiki.config import resource_folder

TEMPLATES = resource_folder("templates")
STATIC = resource_folder("static")
ALL = sorted(str(file.relative_to(TEMPLATES)) for file in TEMPLATES.rglob("*") if file.is_file())
MARKUP = [name for name in ALL if not name.endswith(".txt")]  # plain text needs no escaping

_INLINE = re.compile(r"""<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=["']""", re.IGNORECASE)
_NAMED_LINK = re.compile(
    r"""aria-label="\{\{-? _\('([^']*)'[^}]*\}\}"[^<>]*>\s*\{\{-? _\("([^"]*)"\)"""
)
_NAMED_BUTTON = re.compile(r"""submit\(_\("([^"]*)"\)[^{}]*\*\*\{"aria-label": _\("([^"]*)\"""")
_ASSET = re.compile(r"asset\('([^']+)'\)")
_ICON = re.compile(r"""(?:icons }}#|icon\("|_tool\("\w+", ")([a-z][\w-]+)""")


def text_of(name: str) -> str:
    return (TEMPLATES / name).read_text()


def test_what_people_typed_is_escaped(app):
    for name in MARKUP:
        is_escaped = app.select_jinja_autoescape(name)
        assert is_escaped or "{% autoescape true %}" in text_of(name), name
        app.jinja_env.get_template(name)


def test_nothing_is_inline():
    found = {name: inline for name in MARKUP if (inline := _INLINE.findall(text_of(name)))}
    # A mail can refer to no stylesheet, and no policy of ours reaches it.
    assert found == {"mail/layout.html": ["<style"]}


def test_ids_are_of_the_house():
    """People's headings make ids too; ours can't meet them."""
    for name in MARKUP:
        ids = re.findall(r'\sid="([^"]*)"', text_of(name))
        assert [i for i in ids if not i.startswith(("nx-", "{{ id }}"))] == [], name


def test_a_name_for_screen_readers_has_the_words_that_are_seen():
    """Or who speaks to their computer can't mean it."""
    everything = "".join(map(text_of, ALL))
    names = [*_NAMED_LINK.findall(everything)]
    names += [(name, seen) for seen, name in _NAMED_BUTTON.findall(everything)]
    assert len(names) > 10
    assert [(name, seen) for name, seen in names if seen not in name] == []


def test_macros_say_what_they_take():
    for name in [name for name in ALL if "macros" in name]:
        text = text_of(name)
        assert text.startswith("{# "), name
        notes = text[: text.index("#}")]
        macros = re.findall(r"{% macro (\w+)\(", text)
        assert [macro for macro in macros if macro[0] != "_" and f"{macro}(" not in notes] == [], (
            name
        )


def test_every_file_and_icon_that_is_asked_for_is_there():
    everything = "".join(map(text_of, ALL))
    assert [name for name in set(_ASSET.findall(everything)) if not (STATIC / name).is_file()] == []
    sprite = (STATIC / "icons" / "sprite.svg").read_text()
    scripts = "".join(file.read_text() for file in (STATIC / "js").rglob("*.js"))
    names = {*_ICON.findall(everything), *re.findall(r"\$\{sprite}#([\w-]+)", scripts)}
    assert {name for name in names if f'id="{name}"' not in sprite} == set()


# A custom property is a value, which the stylesheet uses or doesn't.
_RISKY = re.compile(
    r"\beval\(|new Function|document\.write|\.style\.(?!setProperty\(\"--)|setAttribute\(.style"
)


def test_scripts_are_small_and_need_no_rights():
    for file in sorted((STATIC / "js").rglob("*.js")):
        text = file.read_text()
        assert len(text) < 12_000, file
        assert _RISKY.findall(text) == [], file


LONGEST = 160  # letters


def test_a_line_can_be_read_in_one_go():
    lines = [(name, line) for name in ALL for line in text_of(name).splitlines()]
    assert [(name, line) for name, line in lines if len(line) > LONGEST] == []


# What templates ask of values that aren't ours.
_OF_LIBRARIES = {
    "class",
    "class_",
    "cookies",
    "csrf_token",
    "flags",
    "index0",
    "input_type",
    "is_authenticated",
    "iter_choices",
    "method",
    "nexus_view",
    "optional",
    "render_kw",
    "script_root",
}


def _attributes_of_the_wiki() -> set[str]:
    names = {name for type_ in (datetime, dict, list, str) for name in dir(type_)}
    for path in (ROOT / "wiki").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                names.add(node.name)
            elif isinstance(node, ast.AnnAssign | ast.Assign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                names |= {t.id for t in targets if isinstance(t, ast.Name)}
                names |= {t.attr for t in targets if isinstance(t, ast.Attribute)}
    return names


def test_every_attribute_that_a_template_asks_for_exists(app):
    """For a renamed attribute, Jinja shows nothing, or fails when the page is shown."""
    known = _attributes_of_the_wiki() | _OF_LIBRARIES | {"light", "dark"}  # keys of the logos
    unknown = [
        f"{name}:{node.lineno}: {node.attr}"
        for name in ALL
        for node in app.jinja_env.parse(text_of(name)).find_all(nodes.Getattr)
        if node.attr not in known
    ]
    assert not unknown, "\n".join(unknown)
