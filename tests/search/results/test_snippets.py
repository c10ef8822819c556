import json
import re
import unicodedata
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.optional_resources import shared_path
from tests.processor_time import bounded
from wiki.markup.sentinels import CODE_CLOSE, CODE_OPEN
from wiki.search.analysis.analyzer import tokenize
from wiki.search.analysis.folding import fold
from wiki.search.results.snippets import SNIPPET_WIDTH, Marker


def snippet(text: str, *terms: str) -> str:
    return str(Marker(dict.fromkeys(terms, 1.0)).snippet([("s", "Section", text)]).html)


def test_words_are_marked_in_every_form():
    assert snippet("Queries, a query, querying.", "queri") == (
        "<mark>Queries</mark>, a <mark>query</mark>, <mark>querying</mark>."
    )


def test_what_only_begins_alike_is_not_marked():
    assert "<mark>" not in snippet("Category and cathedral", "cat")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Use select_related.", "select_related"),
        ("in C++ only", "c++"),
        ("the .env file", ".env"),
        ("Café au lait", "cafe"),
        ("关系数据库", "数据"),
    ],
)
def test_code_and_other_letters_are_marked(text, term):
    assert "<mark>" in snippet(text, term)


NFD_CAFE, NFD_BROOM = (unicodedata.normalize("NFD", word) for word in ("café", "fenêtreuse"))
NFD_KOREA, NFD_DATA = (unicodedata.normalize("NFD", word) for word in ("한국", "データ"))


@pytest.mark.parametrize(
    "word",
    [
        "Straßenbahn",
        "Größenordnung",
        "İstanbul",
        "Привет",
        "قَاعِدَة",
        "قاعدة",
        "نصّ",
        "ሠላም",
        "हिन्दी",
        "ภาษาไทย",
        "ភាសាខ្មែរ",
        "co\u00adoperate",
        NFD_CAFE,
        NFD_BROOM,
        NFD_KOREA,
        NFD_DATA,
    ],
)
def test_a_word_is_found_and_marked_whole_however_it_is_spelled(word):
    terms = [term.text for found in tokenize(word) for term in found.terms]
    far = f"{'x ' * 1000}{word}, {'y ' * 1000}"
    for text in (word, far, f"ß {far}", f"نصّ {far}"):
        assert f"<mark>{word}</mark>" in snippet(text, *terms)


def test_what_was_folded_longer_or_shorter_moves_no_mark():
    text = f"Straße größer, {NFD_CAFE} نصّ: the cache is here"
    assert snippet(text, "cach") == text.replace("cache", "<mark>cache</mark>")


@pytest.mark.parametrize(
    ("text", "term"), [("कमी", "कम"), ("किताब", "ताब"), ("Café™ №5 – 3…", "5")]
)
def test_a_letter_with_its_vowel_sign_is_one(text, term):
    assert ("<mark>" in snippet(text, term)) == (term == "5")


def test_text_is_escaped_before_it_is_marked():
    assert snippet('<script>alert("cache")</script>', "cache") == (
        "&lt;script&gt;alert(&quot;<mark>cache</mark>&quot;)&lt;/script&gt;"
    )


def test_no_payload_passes():
    for line in shared_path("testdata/xss.jsonl").read_text().strip().split("\n"):
        payload = json.loads(line)["payload"]
        html = snippet(f"word {payload} word", "word")
        assert "<" not in html.replace("<mark>", "").replace("</mark>", "")


def test_the_lines_with_most_of_the_words_are_shown():
    text = "alpha " + "x " * 400 + "alpha and beta together " + "x " * 400
    html = snippet(text, "alpha", "beta")
    assert "<mark>beta</mark>" in html
    assert html.startswith("… ")
    assert html.endswith(" …")
    assert len(html) < SNIPPET_WIDTH + 100


def test_the_lines_with_the_rarest_word_are_shown():
    text = "common usual " + "x " * 400 + "rare " + "x " * 400
    html = str(Marker({"common": 1.0, "usual": 1.0, "rare": 5.0}).snippet([("", "", text)]).html)
    assert "<mark>rare</mark>" in html


def test_a_stretch_begins_with_what_tells_most():
    """On a phone its end is cut off."""
    text = f"{'x ' * 50}Relation, tool, {'and ' * 20}select_related(sender). {'y ' * 200}"
    shown = Marker({"select_related": 4.0, "relat": 1.0}).snippet([("s", "Section", text)])
    assert str(shown.html).index("select_related") < 2 * 60


def test_what_stands_in_its_heading_is_looked_for_below_it_too():
    sections = [("s", "Redis", f"{'x ' * 200}Redis is a store.")]
    assert "<mark>Redis</mark> is a store" in Marker({"redi": 1.0}).snippet(sections).html


def test_code_is_shown_as_code():
    text = f"Use {CODE_OPEN}git <rebase>{CODE_CLOSE} and {CODE_OPEN}" + "x " * 300 + CODE_CLOSE
    assert snippet(text, "rebas").startswith(
        "Use <code>git &lt;<mark>rebase</mark>&gt;</code> and <code>x x"
    )
    assert snippet(text, "rebas").endswith("</code> …")
    html = snippet(f"{CODE_OPEN}" + "x " * 300 + f"needle{CODE_CLOSE} end", "needl")
    assert html.startswith("… <code>x x")
    assert html.endswith("<mark>needle</mark></code> end")


def test_the_best_section_is_named():
    found = Marker({"beta": 1.0}).snippet([("a", "First", "alpha"), ("b", "Second", "beta")])
    assert (found.section_id, found.heading) == ("b", "Second")


def test_without_a_match_the_beginning_is_shown():
    assert snippet("Only the beginning.", "zebra") == "Only the beginning."


LETTERS = st.characters() | st.sampled_from(CODE_OPEN + CODE_CLOSE)
# Letters of which folding makes none, two, or one together with those before.
ODD = st.sampled_from("aesßﬁŉİéøक़्िกิ한가개각\u1112\u1161\u11abかﾞｶ\u3099ّنَصـ\u0301\u0327\u00ad\u200d")


@given(st.text(LETTERS | ODD), st.lists(st.text(min_size=1, max_size=8), max_size=4))
def test_any_text_with_any_terms(text, terms):
    html = snippet(text, *terms)
    tags = re.findall("<.*?>", html)
    assert set(tags) <= {"<mark>", "</mark>", "<code>", "</code>"}
    for tag in ("mark", "code"):
        own = [each for each in tags if each.endswith(f"{tag}>")]
        assert own == [f"<{tag}>", f"</{tag}>"] * (len(own) // 2)


@given(st.lists(st.text(ODD | st.sampled_from("…–\u200e ")), min_size=1), st.data())
def test_a_mark_parts_no_letter_from_its_marks(pieces, data):
    text = " ".join(pieces)
    folded = fold(text)
    begin = data.draw(st.integers(0, len(folded)))
    term = folded[begin : begin + data.draw(st.integers(1, 4))]
    shown = str(Marker({term: 1.0} if term else {}).mark(text))
    pieces = [unescape(piece) for piece in re.split("</?mark>", shown)]
    assert "".join(pieces) == text
    for number in range(1, len(pieces)):
        is_mark = unicodedata.category(pieces[number][:1] or "x").startswith("M")
        assert not is_mark or not any(pieces[:number])


@pytest.mark.parametrize("run", ["a", "1", "a1"])
def test_a_long_word_takes_no_long_time(run):
    with bounded(1.0):
        assert snippet(run * (99_000 // len(run)) + " read_foo", "foo")
        assert "<mark>" not in Marker({"foo": 1.0}).mark(run * 90_000)
