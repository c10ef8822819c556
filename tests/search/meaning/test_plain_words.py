"""Which queries have a meaning that is asked for: plain words, and nothing a program printed."""

from wiki.search.meaning.score_fusion import asks_in_words
from wiki.search.query.parser import parse


def test_plain_words_are_asked_for_by_their_meaning() -> None:
    for text in ("accept money from customers", "how do I undo a commit", "error handling"):
        assert asks_in_words(parse(text)), text


def test_names_operators_and_messages_are_not() -> None:
    for text in (
        "select_related prefetch_related",
        '"accept money" customers',
        "money tag:payments",
        "TypeError: 'NoneType' object is not subscriptable",
        "IntegrityError: NOT NULL constraint failed",
        "ጎማ መቀየር",
        "",
    ):
        assert not asks_in_words(parse(text)), text
