import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.search.analysis.analyzer import MAX_TOKEN_LENGTH, analyze, tokenize_with_offsets, words_in
from wiki.search.analysis.folding import fold, fold_in_place, fold_with_places


def terms(text: str) -> set[str]:
    return {term.text for found in tokenize_with_offsets(text) for term in found.token.terms}


@pytest.mark.parametrize(
    ("text", "whole", "parts"),
    [
        ("select_related", "select_related", {"select", "relat"}),
        ("useEffect", "useeffect", {"use", "effect"}),
        ("HTTPServer", "httpserver", {"http", "server"}),
        ("django-ratelimit", "django-ratelimit", {"django", "ratelimit"}),
        ("n-plus-one", "n-plus-one", {"n", "plus", "one"}),
        ("__init__", "__init__", {"init"}),
        ("--no-cache", "--no-cache", {"no", "cach"}),
        ("C++", "c++", {"c"}),
        ("C#", "c#", {"c"}),
        (".env", ".env", {"env"}),
        ("127.0.0.1", "127.0.0.1", {"127.0"}),
        ("3.11.2", "3.11.2", {"3.11"}),
        ("v2.0.1", "v2.0.1", {"2.0.1", "2.0"}),
        ("E1101", "e1101", {"1101"}),
        ("TS2345", "ts2345", {"ts", "2345"}),
        ("0x80070005", "0x80070005", {"80070005"}),
        ("node.js", "node.js", {"node", "js"}),
        ("Get-ChildItem", "get-childitem", {"get", "child", "item"}),
        ("@property", "@property", {"properti"}),
        ("R&D", "r&d", set()),
    ],
)
def test_code_is_kept_whole_and_split(text, whole, parts):
    assert whole in terms(f"see {text}, please")
    assert parts <= terms(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("queries", "query"),
        ("running", "runs"),
        ("Café", "cafe"),
        ("STRASSE", "Straße"),
        ("İstanbul", "istanbul"),
        ("Ёлка", "елка"),
        ("هَذَا", "هذا"),
        ("أحمد", "احمد"),
        ("ሠላም", "ሰላም"),
        ("ｆｕｌｌ", "full"),
        ("Django’s", "django"),
    ],
)
def test_forms_of_one_word_are_one_term(one, other):
    assert terms(one) & terms(other)


@pytest.mark.parametrize("word", ["ሰላም", "لغة", "привет", "हिन्दी", "γλώσσα", "שלום"])
def test_words_of_other_scripts_stay_one_word(word):
    assert len(list(tokenize_with_offsets(f"a {word} b"))) == 3
    assert len(analyze(word).words) == 1


def test_scripts_without_spaces_are_found_by_neighbours():
    assert {"数据", "据库"} <= terms("关系数据库设计")
    assert {"データ"[:2], "ータ"} <= terms("データ")
    assert "python" in terms("Python入门")


def test_a_query_finds_what_a_page_says():
    assert terms("camelCase") & terms("camel case")
    assert terms("ratelimit") & terms("django-ratelimit")


def test_an_endless_run_is_cut():
    found = list(tokenize_with_offsets("a" * (MAX_TOKEN_LENGTH * 3)))
    assert len(found) == 3


@given(st.text())
def test_any_text_has_its_places(text):
    for found in tokenize_with_offsets(text):
        assert 0 <= found.start < found.end <= len(text)
        assert all(term.text for term in found.token.terms)
    assert all(words_in(text))


@given(st.text())
def test_folding_twice_is_folding_once_and_offsets_stay(text):
    assert fold(fold(text)) == fold(text)
    assert len(fold_in_place(text)) == len(text)


# Letters of which folding makes none, two, or one together with those before.
ODD = st.sampled_from("aesßﬁŉİéøक़्िกิ한가개각\u1112\u1161\u11abかﾞｶ\u3099ّنَصـ\u0301\u0327\u00ad\u200d")
WORDS = st.text(ODD, min_size=1) | st.text(
    st.characters(categories=("L", "N")).filter(
        lambda c: " " not in fold(c) and not "Ꭰ" <= fold(c) <= "ᏽ"
    ),
    min_size=1,
)


@given(st.lists(WORDS, min_size=1))
def test_what_is_folded_leads_back_to_the_word_as_it_was_written(words):
    words = [f"w{word}" for word in words]
    folded = fold_with_places(" ".join(words))
    assert folded.text.split(" ") == [fold(word) for word in words]
    begin = at = 0
    for word in words:
        end = begin + len(fold(word))
        assert (folded.begin(begin), folded.end(end)) == (at, at + len(word))
        assert folded.at(at) == begin
        begin, at = end + 1, at + len(word) + 1


@given(st.text(ODD | st.characters()))
def test_each_place_of_a_folded_text_is_one_of_the_text(text):
    folded = fold_with_places(text)
    places = [folded.begin(at) for at in range(len(folded.text))]
    assert places == sorted(places)
    for at, place in enumerate(places):
        end = folded.end(at + 1)
        assert 0 <= place < end <= len(text)
        assert folded.text[at] in fold_with_places(text[place:end]).text


@pytest.mark.parametrize("text", ["plain", "élan – über “naïve” Ёлка ሠላም 日本"])
def test_text_without_such_letters_keeps_its_places(text):
    folded = fold_with_places(text)
    assert folded.places is None
    assert folded.text == fold_in_place(text)


@pytest.mark.parametrize("word", ["बोल", "நானும்", "བོད་", "ᬩᬮᬶ", "ខ្មែរ", "ᓄᓇᕗᑦ", "ދިވެހި", "ꦗꦮ", "မြန်မာ"])
def test_marks_of_every_script_belong_to_their_letters(word):
    found = list(tokenize_with_offsets(f"({word})"))
    assert len(found) == 1
    assert f"({word})"[found[0].start : found[0].end] == word.rstrip("་")


@pytest.mark.parametrize(
    ("typed", "written"),
    [("coeur", "Cœur"), ("aesir", "Æsir"), ("thorn", "þorn"), ("3.11", "٣.١١"), ("50", "५०")],
)
def test_letters_and_digits_that_keyboards_lack_are_typed_otherwise(typed, written):
    assert fold(written) == typed


def test_amharic_words_that_sound_alike_are_one():
    for words in (
        "አለም ዓለም ዐለም ኣለም",
        "ሀገር ሃገር ሐገር ሓገር ኀገር ኃገር",
        "ሰላም ሠላም",
        "ጸሎት ፀሎት",
    ):
        assert len({fold(word) for word in words.split()}) == 1, words
    assert fold("ሁ") != fold("ሀ")
