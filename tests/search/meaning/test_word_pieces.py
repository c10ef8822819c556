"""Texts as the encoder reads them: the numbers are those of the model's vocabulary."""

from wiki.search.meaning.word_pieces import numbers_of, vocabulary

PIECES = vocabulary()


def test_the_vocabulary_is_whole() -> None:
    assert len(PIECES) == 30_522
    assert PIECES[0] == "[PAD]"


def pieces(text: str, most: int = 64) -> list[str]:
    """The pieces between those of beginning and end."""
    begin, *found, end = [PIECES[number] for number in numbers_of(text, most)]
    assert (begin, end) == ("[CLS]", "[SEP]")
    return found


def test_words_are_without_case_and_accents_and_signs_stand_alone() -> None:
    assert pieces("Où est le Café?") == ["ou", "est", "le", "cafe", "?"]
    assert pieces("select_related") == ["select", "_", "related"]
    assert pieces("日本") == ["日", "本"]


def test_rare_words_are_cut_into_the_longest_pieces() -> None:
    assert pieces("autoscaling") == ["auto", "##sca", "##ling"]
    assert pieces("x" * 101) == ["[UNK]"]


def test_a_long_text_ends_early_and_an_empty_one_is_no_error() -> None:
    assert pieces("word " * 1000, most=16) == ["word"] * 14
    assert pieces("") == []
