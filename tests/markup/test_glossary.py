"""Which words of a text a glossary explains, and which never."""

import re

import pytest

from tests.processor_time import bounded
from wiki.markup import render
from wiki.markup.glossary import EXPLANATIONS_LIMIT, MEANING_LIMIT, Glossary, GlossaryTerm, terms_of


def glossary(text: str, path: str = "glossary") -> Glossary:
    return Glossary(terms_of(render(text).html, path, "Glossary"))


def explained(definitions: str, text: str) -> list[str]:
    """The words of `text` that are explained."""
    html = glossary(definitions).explain(render(text).html)
    return re.findall(r'<span class="term-word"[^<>]*>([^<]*)</span>', html)


ORM = "ORM\n:   Maps rows to objects.\n"


def test_a_term_is_explained_where_it_is_first_used() -> None:
    html = glossary(ORM).explain(render("An ORM, an ORM.").html)
    assert html == (
        '<p>An <span class="term"><span class="term-word" tabindex="0"'
        ' aria-describedby="nx-term-1">ORM</span><span class="term-note" dir="auto">'
        '<span role="tooltip" id="nx-term-1">Maps rows to objects.</span>'
        ' <a href="/wiki/glossary#orm">Glossary</a></span></span>, an ORM.</p>'
    )


@pytest.mark.parametrize(
    ("term", "text", "found"),
    [
        ("ORM", "ORMs", ["ORMs"]),
        ("ORM", "orm Orm ORMx xORM _ORM", []),
        ("ORM", "orm.py ORM.py me@ORM #ORM /ORM", []),
        ("ORM", "(ORM) ORM-based", ["ORM"]),
        ("migration", "Migrations", ["Migrations"]),
        ("index", "Two indexes", ["indexes"]),
        ("Go", "go", []),
        ("N+1", "an N+1 query", ["N+1"]),
        ("foreign key", "foreign\nkeys", ["foreign\nkeys"]),
        ("R&D", "in R&D", ["R&amp;D"]),
        ("quot", 'a "b" quot', ["quot"]),
        ('the "GIL"', 'in the "GIL"', ["the &quot;GIL&quot;"]),
        ("ሬዲስ", "ሬዲስ ነው", ["ሬዲስ"]),
        ("cafe", "cafe\u0301", []),
        ("a", "a", []),
    ],
)
def test_whole_words_as_they_are_written(term: str, text: str, found: list[str]) -> None:
    assert explained(f"{term}\n:   Something.\n", text) == found


def test_the_longest_term_wins() -> None:
    terms = "key\n:   K.\n\nforeign key\n:   F.\n"
    assert explained(terms, "foreign key, foreign key") == ["foreign key"]
    assert explained(terms, "foreign key, then a key") == ["foreign key", "key"]


@pytest.mark.parametrize(
    "text",
    [
        "`ORM`",
        "    ORM\n",
        "```\nORM\n```",
        "[ORM](https://example.org)",
        "[[ORM]]",
        "## ORM",
        "ORM\n: is defined here",
        '<abbr title="ORM > ORM">ORM</abbr>',
        "ORM\n\n*[ORM]: what this page means by it",
        '<span title="the ORM > ORM">x</span>',
        "<details><summary>ORM</summary></details>",
        "![ORM](https://example.org/x.png)",
        "$ORM$",
        "<kbd>ORM</kbd>",
    ],
)
def test_never_in(text: str) -> None:
    html = render(text).html
    assert glossary(ORM).explain(html) == html


def test_headings_define_where_there_is_no_list() -> None:
    terms = list(terms_of(render("## ORM\n\nMaps *rows*.\n\nMore.\n\n## Empty\n").html, "g", "G"))
    assert terms == [GlossaryTerm("ORM", "Maps rows.", "g", "G", "orm")]


def test_the_first_paragraph_is_the_meaning_and_a_long_one_is_cut() -> None:
    text = (
        f"A term\n\n:   Maps[^1] `rows`.\n\n    More.\n\nLong\n:   {'word ' * 200}\n\n[^1]: Note\n"
    )
    first, second = terms_of(render(text).html, "g", "G")
    assert first.meaning == "Maps rows."
    assert len(second.meaning) <= MEANING_LIMIT + 2
    assert second.meaning.endswith("word …")


def test_a_definition_is_text() -> None:
    terms = 'ORM\n:   `<script>` & <b onclick=x>"bold"</b> <img src=x onerror=alert(1)>\n'
    html = glossary(terms).explain(render("ORM").html)
    assert "&lt;script&gt; &amp; &quot;bold&quot;" in html
    assert "<script" not in html
    assert "<img" not in html
    assert "<b" not in html


def test_a_page_does_not_explain_what_it_defines() -> None:
    html = render("The ORM").html
    assert glossary(ORM, "a").explain(html, "a") == html


def test_the_number_of_explanations_is_bounded() -> None:
    words = [f"term{n}" for n in range(EXPLANATIONS_LIMIT + 50)]
    terms = "\n\n".join(f"{word}\n:   Meaning.\n" for word in words)
    assert len(explained(terms, " ".join(words))) == EXPLANATIONS_LIMIT


def test_a_term_can_be_linked_to() -> None:
    html = render("# ORM\n\nORM\n:   Maps.\n\n[it](#orm-1)\n").html
    assert '<dt id="orm-1">ORM</dt>' in html


def test_a_heading_without_a_paragraph_defines_nothing_nor_the_next_one_away() -> None:
    text = "## A\n\n### API\n\nA contract.\n\n## B\n\n- a list\n\n### Bus\n\nA thing.\n"
    found = terms_of(render(text).html, "glossary", "Glossary")
    assert [(term.name, term.meaning) for term in found] == [
        ("API", "A contract."),
        ("Bus", "A thing."),
    ]
    with bounded(1.0):
        assert list(terms_of('<h2 id="a">Aa</h2>\n' * 40_000, "glossary", "Glossary")) == []
