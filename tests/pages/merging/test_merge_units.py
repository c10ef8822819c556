"""What stays whole in a merge: nobody gets a value that nobody wrote."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.processor_time import bounded
from wiki.pages.merging.merge import merge_texts
from wiki.pages.merging.merge_units import BOUNDARY, merge_units

# In a sentence around them: what was there, and what two people made of it.
ONE_PIECE = {
    "version": ("3.10.2", "3.11.2", "3.10.4"),
    "version with a letter": ("v1.2rc3", "v1.3rc3", "v1.2rc4"),
    "date": ("2024-03-17", "2024-04-17", "2024-03-18"),
    "date in words": ("17 March 2024", "18 March 2024", "17 March 2025"),
    "date in words, day and month": ("17 March 2024", "18 March 2024", "17 April 2024"),
    "date, the month first": ("March 17, 2024", "April 17, 2024", "March 17, 2025"),
    "date with an ordinal": ("17. März 2024", "18. März 2024", "17. März 2025"),
    "date over the end of a line": ("17\nMarch 2024", "18\nMarch 2024", "17\nMarch 2025"),
    "date with words between": (
        "17 de marzo de 2024",
        "18 de marzo de 2024",
        "17 de marzo de 2025",
    ),
    "range of dates": ("4 May until 6 June", "5 May until 6 June", "4 May until 7 June"),
    "date on an Ethiopic clock": ("፲፯፡፳፻፲፮", "፲፰፡፳፻፲፮", "፲፯፡፳፻፲፯"),
    "time": ("10:30:00", "10:31:00", "10:30:05"),
    "time with a zone": ("10:30 EAT", "10:31 EAT", "10:30 UTC"),
    "duration": ("3 h 20 min", "4 h 20 min", "3 h 25 min"),
    "address of a host": ("10.0.0.1", "10.0.1.1", "10.0.0.2"),
    "address of a port": ("[::1]:8000", "[::2]:8000", "[::1]:8001"),
    "e-mail": ("selam@example.org", "dawit@example.org", "selam@example.com"),
    "address": ("https://a.org/b?c=1#d", "https://a.org/x?c=1#d", "https://a.org/b?c=2#d"),
    "address with words in Chinese": (
        "https://zh.org/历史与现在",
        "https://zh.org/文化与现在",
        "https://zh.org/历史与未来",
    ),
    "path": ("/etc/nginx/nginx.conf", "/opt/nginx/nginx.conf", "/etc/nginx/site.conf"),
    "hyphens": ("well-known-name", "best-known-name", "well-known-thing"),
    "underscores": ("first_last_name", "given_last_name", "first_last_word"),
    "dots": ("os.path.join", "os.path2.join", "os.path.split"),
    "amount": ("$1,200.50", "$1,300.50", "$1,200.75"),
    "amount with a sign before": ("€ 20", "$ 20", "€ 30"),
    "amount with a code": ("ETB 20", "USD 20", "ETB 30"),
    "amount in groups": ("1 200 000 birr", "1 300 000 birr", "1 200 500 birr"),
    "unit": ("10 MB", "20 MB", "10 GB"),
    "unit after a no-break space": ("10\u00a0MB", "20\u00a0MB", "10\u00a0GB"),
    "unit of two words": ("30 US dollars", "40 US dollars", "30 US cents"),
    "unit by another": ("30 miles per hour", "40 miles per hour", "30 miles per day"),
    "what there is so much of": ("5 MB of memory", "6 MB of memory", "5 MB of storage"),
    "percent": ("5 %", "6 %", "5 ‰"),
    "range": ("10 to 20 MB", "5 to 20 MB", "10 to 30 MB"),
    "sides": ("10 × 20 cm", "15 × 20 cm", "10 × 25 cm"),
    "telephone": ("+251 911 234 567", "+252 911 234 567", "+251 911 234 568"),
    "telephone with an extension": (
        "555 0143 extension number 12",
        "556 0143 extension number 12",
        "555 0143 extension number 13",
    ),
    "digits of another script": ("٢٠٢٤-٠٣-١٧", "٢٠٢٤-٠٤-١٧", "٢٠٢٤-٠٣-١٨"),
    "assignment": ("port = 8080", "size = 8080", "port = 9090"),
    "equation": ("a + b = c", "x + b = c", "a + b = z"),
    "equation with a number": ("x + 3 = c", "y + 3 = c", "x + 3 = d"),
    "arrow": ("Cache → Disk", "Memory → Disk", "Cache → Tape"),
    "call": ("f(a, b, c)", "f(x, b, c)", "f(a, b, y)"),
    "command with an option": ("push -f origin", "pull -f origin", "push -f fork"),
    "initials": ("J. R. R. Tolkien", "K. R. R. Tolkien", "J. R. R. Lewis"),
    "code": ("`foo.bar_baz(qux)`", "`foo2.bar_baz(qux)`", "`foo.bar_baz(quux)`"),
    "code with blanks": ("`git push -f origin`", "`git pull -f origin`", "`git push -f fork`"),
    "code with a backtick": ("``a ` b to c``", "``x ` b to c``", "``a ` b to d``"),
    "formula": ("$a + b + c$", "$x + b + c$", "$a + b + d$"),
    "link": (
        '[here](https://a.org/x "Its long title")',
        '[here](https://b.org/x "Its long title")',
        '[here](https://a.org/x "Its long name")',
    ),
    "link in brackets": (
        "[here](<some long page>)",
        "[here](<one long page>)",
        "[here](<some long path>)",
    ),
    "wikilink": ("[[Redis|the big store]]", "[[Redis|a big store]]", "[[Redis|the big one]]"),
    "tag": (
        '<img src="a b.png" width="3">',
        '<img src="a c.png" width="3">',
        '<img src="a b.png" width="4">',
    ),
    "attributes": (
        "![x](x.png){width=10 height=20}",
        "![x](x.png){width=11 height=20}",
        "![x](x.png){width=10 height=25}",
    ),
    "Tamil": ("நான்", "நீன்", "நானும்"),
    "Hindi": ("हिन्दी", "हन्दी", "हिन्दु"),
    "Thai": ("สวัสดีครับวันนี้", "สวัสดีค่ะวันนี้", "สวัสดีครับพรุ่งนี้"),
    "Arabic with vowels": ("كَتَبَ", "كُتَبَ", "كَتَبُ"),
    "Hebrew with points": ("שָׁלוֹם", "שִׁלוֹם", "שָׁלוּם"),
    "accents as marks": ("re\u0301sume\u0301", "resume\u0301", "re\u0301sume"),
    "Hangul": ("홍길동입니다", "김길동입니다", "홍길순입니다"),
    "emoji": ("👩‍👩‍👧", "👩‍👧", "👩‍👩‍👦"),
    "flag": ("🇪🇹🇰🇪", "🇪🇷🇰🇪", "🇪🇹🇰🇬"),
    "Han date": ("2024年3月17日", "2024年4月17日", "2024年3月18日"),
    "Han date in Han": ("三月十七日", "四月十七日", "三月十八日"),
    "Katakana": ("プログラミング", "プロクラミング", "プログラマング"),
    "neighbours": ("New York", "Old York", "New Delhi"),
}


def test_two_changes_of_one_value_are_a_conflict() -> None:
    arounds = ["We write {} and go on.\n", "- {}\n", "| some | {} |\n", "{}", "## {}\n\nMore.\n"]
    for around in arounds:
        for values in ONE_PIECE.values():
            line_end = " " if around[0] in "|#" else "\n"
            base, mine, theirs = (around.format(value.replace("\n", line_end)) for value in values)
            merge = merge_texts(base, mine, theirs)
            assert not merge.is_clean, merge.text


TOGETHER = {
    "words apart": ("It keeps evry thing in memmory.", "evry", "every", "memmory", "memory"),
    "values apart": ("Use 3.10 here but not there: 2.7.", "3.10", "3.11", "2.7", "2.6"),
    "cells": ("| Redis | 10 MB | 2020 |", "10 MB", "20 MB", "2020", "2021"),
    "a task and its text": ("- [ ] buy eggs", "[ ]", "[x]", "eggs", "bread"),
    "items": ("- one\n- two", "one", "1", "two", "2"),
    "a heading and its text": ("# One\nTwo", "One", "First", "Two", "Second"),
    "Chinese": (
        "我们今天使用缓存来加速网站的访问。",
        "我们",
        "他们",
        "网站",
        "页面",
    ),
    "Japanese": (
        "私はプログラミングが大好きです",
        "私",
        "僕",
        "好き",
        "嫌い",
    ),
    "Korean": (
        "안녕하세요 여러분 오늘은 날씨가 좋아요",
        "안녕하세요",
        "안녕히",
        "좋아요",
        "나빠요",
    ),
    "Amharic": ("ሰላም ለዓለም እንደምን ነህ", "ሰላም", "ጤና", "ነህ", "ነሽ"),
    "Amharic with word spaces": ("ሰላም፡ለዓለም፡እንደምን፡ነህ", "ሰላም", "ጤና", "ነህ", "ነሽ"),
    "Khmer with invisible spaces": (
        "ថ្ងៃនេះ\u200bអាកាសធាតុ\u200bល្អ\u200bណាស់",
        "ថ្ងៃនេះ",
        "ម្សិលមិញ",
        "ណាស់",
        "មែន",
    ),
    "Hindi with a short word": ("यह हिन्दी का वाक्य", "हिन्दी", "मराठी", "वाक्य", "शब्द"),
    "a letter that is a word": ("They saw a dog there.", "saw", "had", "dog", "cat"),
    "footnotes": ("[^1]: First note.\n[^2]: Second note.", "First", "1st", "Second", "2nd"),
    "definitions": ("Term\n: What\n: That", "What", "One", "That", "Two"),
}


@pytest.mark.parametrize("example_", TOGETHER.values(), ids=TOGETHER)
def test_changes_that_lie_apart_are_merged(example_: tuple[str, ...]) -> None:
    base, old, new, other_old, other_new = example_
    mine, theirs = base.replace(old, new), base.replace(other_old, other_new)
    for end in ("", "\n"):
        merge = merge_texts(base + end, mine + end, theirs + end)
        assert merge.is_clean
        assert merge.text == mine.replace(other_old, other_new) + end


@pytest.mark.parametrize(
    "text",
    [
        "Text:\n\n    x = {} + {}\n",
        "$$\n{} + y + {}\n$$\n",
        "<pre>\n{} of many {}\n</pre>\n",
        '[site]: https://example.org/{} "The title of {}"\n',
        "```python\nx = {} + {}\n```\n",
        "---\ntitle: {} of many {}\n---\n",
    ],
)
def test_what_is_no_prose_is_merged_by_whole_lines(text: str) -> None:
    merge = merge_texts(text.format("a", "b"), text.format("c", "b"), text.format("a", "d"))
    assert not merge.is_clean


# Properties

WORD = st.sampled_from(
    [
        *("alpha", "beta", "10", "3.10.2", "MB", "%", "€", "2024-03-17", "March", "`a b`", "|"),
        *("[x](y z)", "[[A|b c]]", "https://a.org/b", "$x + y$", "நான்", "缓存", "的", "3月17日"),
        *("プロ", "👩‍👧"),
    ]
)
GLUE = st.sampled_from([" ", " ", " ", "\n", "", "-", ", ", "\u00a0", "\n\n", "\n- "])
TEXT = st.lists(st.tuples(WORD, GLUE), max_size=9).map(
    lambda parts: "".join(word + glue for word, glue in parts)
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, str, str]:
    """A text and two edits of it: a few words changed, put in or taken out."""
    base = draw(st.lists(st.tuples(WORD, GLUE), min_size=3, max_size=12))
    sides = []
    for _ in range(2):
        parts = list(base)
        for _ in range(draw(st.integers(1, 2))):
            at = draw(st.integers(0, len(parts) - 1))
            kind = draw(st.sampled_from(["change", "in", "out"]))
            if kind == "out" and len(parts) > 1:
                del parts[at]
            elif kind == "in":
                parts.insert(at, (draw(WORD), draw(GLUE)))
            else:
                parts[at] = (draw(WORD), parts[at][1])
        sides.append("".join(word + glue for word, glue in parts))
    return "".join(word + glue for word, glue in base), sides[0], sides[1]


any_sides = given(st.one_of(edited(), st.tuples(TEXT, TEXT, TEXT)))


def _words(text: str) -> set[str]:
    return {piece for piece in merge_units(text) if piece.strip()}


@any_sides
def test_every_piece_of_a_merged_text_was_written_by_somebody(sides: tuple[str, str, str]) -> None:
    merge = merge_texts(*sides)
    if merge.is_clean:
        assert _words(merge.text) <= set().union(*map(_words, sides))


@any_sides
def test_no_piece_that_a_side_added_is_lost(sides: tuple[str, str, str]) -> None:
    base, mine, theirs = sides
    merge = merge_texts(base, mine, theirs)
    if merge.is_clean:
        added = (_words(mine) | _words(theirs)) - _words(base)
        assert added <= _words(merge.text)


@any_sides
def test_both_sides_are_treated_alike(sides: tuple[str, str, str]) -> None:
    base, mine, theirs = sides
    one, other = merge_texts(base, mine, theirs), merge_texts(base, theirs, mine)
    assert one.is_clean == other.is_clean
    if one.is_clean and "\n- " not in one.text:  # items stand in the order of the sides
        assert one.text == other.text


@any_sides
def test_who_did_nothing_leaves_the_others_change(sides: tuple[str, str, str]) -> None:
    base, mine, _ = sides
    assert merge_texts(base, mine, base).text == merge_texts(base, base, mine).text == mine
    assert merge_texts(base, mine, mine).text == mine


@given(st.text() | TEXT | st.text(alphabet="`$[](){}<>\\|*-#1 \n年三アあ"))
@example("``a` b``")
def test_the_pieces_are_the_text(text: str) -> None:
    assert "".join(merge_units(text)) == text
    assert all(piece == BOUNDARY or piece for piece in merge_units(text))


def test_marks_stay_with_their_letter() -> None:
    assert merge_units("か\u3099く") == ["か\u3099", "く"]
    assert merge_units("辻\U000e0100が") == ["辻\U000e0100", "が"]


@pytest.mark.parametrize(
    "repeated",
    [
        *(
            "!?",
            "a ",
            "a`",
            "$a ",
            "[",
            "](",
            "](a(b",
            "<a ",
            "{",
            "://",
            "我们",
            "1 ",
            "1 a ",
            "一",
        ),
        *(
            "ア",
            "1.",
            "| a ",
            "\n",
            "> ",
            "- ",
            "a\n",
            "\\",
            '](a "',
            "](  ",
            "a |",
            "か\u3099",
            "\t",
        ),
    ],
)
def test_reading_takes_time_in_proportion(repeated: str) -> None:
    text = repeated * (150_000 // len(repeated))
    with bounded(2):
        merge_units(text + " " * 50_000)
