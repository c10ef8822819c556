"""The messages of templates, code and scripts: every placeholder is filled in."""

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from jinja2 import nodes

from wiki.config import PACKAGE, resource_folder

TEMPLATES, SCRIPTS = resource_folder("templates"), resource_folder("static") / "js"
OFFLINE = SCRIPTS.parent / "offline"
SAY = {"_", "_l", "gettext", "lazy_gettext", "ngettext", "lazy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
NAMELESS = re.compile(r"%[sdrif]")
# Where values are filled in, "50 %" is written "50 %%".
STRAY = re.compile(r"%(?!\(\w+\)s|%)")
FOR_SCRIPTS = re.compile(r"\{(\w*)\}")
OFFLINE = SCRIPTS.parent / "offline"


def said_in_templates(app: Flask) -> Iterator[tuple[str, str, list[str], set[str]]]:
    """`(where, function, forms, names)` of each message, blocks of `trans` included."""
    for file in sorted(TEMPLATES.rglob("*.*")):
        name = str(file.relative_to(TEMPLATES))
        source, path, _ = app.jinja_env.loader.get_source(app.jinja_env, name)  # type: ignore[union-attr]
        for call in app.jinja_env.parse(source, name, path).find_all(nodes.Call):
            function = call.node.name if isinstance(call.node, nodes.Name) else ""
            if function in SAY:
                forms = [arg.value for arg in call.args if isinstance(arg, nodes.Const)]
                texts = [form for form in forms if isinstance(form, str)]
                yield (
                    f"{name}:{call.lineno}",
                    function,
                    texts,
                    {keyword.key for keyword in call.kwargs},
                )


def said_in_code() -> Iterator[tuple[str, str, list[str], set[str]]]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                values = [a.value for a in node.args if isinstance(a, ast.Constant)]
                texts = [value for value in values if isinstance(value, str)]
                if node.func.id in SAY and texts:
                    names = {keyword.arg or "" for keyword in node.keywords}
                    yield f"{file.name}:{node.lineno}", node.func.id, texts, names


def faults(function: str, texts: list[str], names: set[str]) -> list[str]:
    """What is wrong with a message and the values that come with it."""
    if function == "ngettext":
        names = names | {"num"}  # Jinja's own
    wrong = []
    for text in texts:
        asked = set(PLACEHOLDER.findall(text))
        # One form of two may leave the number out.
        if asked - names or (names - asked and function != "ngettext"):
            wrong.append(f"{text!r} asks for {asked}, gets {names}")
        if NAMELESS.search(text) or (names and STRAY.search(text)):
            wrong.append(f"{text!r} has a placeholder without a name")
        if "%%" in text and not names and function in ("_", "_l"):
            wrong.append(f"{text!r} shows both signs: nothing is filled in")
    return wrong


def test_messages_of_templates_get_what_they_ask_for(app: Flask) -> None:
    said = list(said_in_templates(app))
    assert len(said) > 300
    wrong = [(where, fault) for where, *rest in said for fault in faults(*rest)]
    assert wrong == []


def test_messages_of_the_code_get_what_they_ask_for() -> None:
    said = list(said_in_code())
    assert len(said) > 100
    wrong = [
        (where, fault)
        for where, function, texts, names in said
        if not (function in ("_l", "lazy") and not names)  # filled in where it is said
        for fault in faults(function, texts, names)
    ]
    assert wrong == []


APOSTROPHE = re.compile(r"\w'\w")


def test_prose_has_one_kind_of_apostrophe(app: Flask) -> None:
    """Typographic apostrophes in text for people, straight ones in code."""
    said = [*said_in_templates(app), *said_in_code()]
    assert any("’" in text for _where, _function, texts, _names in said for text in texts)
    wrong = [
        (where, text) for where, _, texts, _ in said for text in texts if APOSTROPHE.search(text)
    ]
    for file in sorted(TEMPLATES.rglob("*.html")):
        source = file.read_text()
        for node in app.jinja_env.parse(source).find_all(nodes.TemplateData):
            prose = re.sub(r"<[^>]*>", "", node.data)
            wrong += [(f"{file.name}:{node.lineno}", found) for found in APOSTROPHE.findall(prose)]
    assert wrong == []


@pytest.mark.parametrize(
    ("function", "texts", "names"),
    [
        ("_", ["Sending %s"], set()),
        ("_", ["Sending %d of 3"], set()),
        ("ngettext", ["50 % of one", "50 % of many"], set()),
        ("_", ["50 %% of it"], set()),
        ("_", ["%(name)s is away"], set()),
        ("_", ["Away"], {"name"}),
        ("ngettext", ["%(count)s page", "%(count)s pages"], set()),
    ],
)
def test_the_alarm_rings(function: str, texts: list[str], names: set[str]) -> None:
    assert faults(function, texts, names)


def test_scripts_fill_in_what_messages_leave_to_them(app: Flask) -> None:
    """Every name in braces is replaced by some script."""
    scripts = "".join(file.read_text() for file in [*SCRIPTS.rglob("*.js"), *OFFLINE.glob("*.js")])
    left = {
        name
        for _where, _function, texts, _names in said_in_templates(app)
        for text in texts
        for name in FOR_SCRIPTS.findall(text)
    }
    assert left >= {"name", "time", "count"}
    assert {name for name in left if f'replace("{{{name}}}"' not in scripts} == set()
    # Of a string, `$&` in a file's name would mean something.
    assert re.findall(r'replace\("\{name}", (?!\(\) =>)', scripts) == []


def test_a_macro_and_a_page_say_the_same(app: Flask) -> None:
    macro: dict[str, Any] = {
        "said": '{% macro said() %}{{ _("It\'s {name} & 5 % of it") }}{% endmacro %}{{ said() }}'
    }
    with app.test_request_context():
        page = render_template_string('{{ _("It\'s {name} & 5 % of it") }}')
        assert render_template_string(macro["said"]) == page
        assert "{name} &amp; 5 % of it" in page
        rows = app.jinja_env.get_template("macros/uploads.html").module.upload_rows()  # type: ignore[attr-defined]
    assert 'data-sending="Uploading {name} …"' in rows
