"""Frames, video and audio in texts written for programs that play them."""

import pytest

from wiki.hub.dialects.media_players import replace_media_players


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ('<iframe src="https://e.org/a?b=1&amp;c=2"></iframe>', "<https://e.org/a?b=1&c=2>"),
        (
            "<iframe\n  class='x'\n  title='A [b]'\n  src='//e.org/(a)'\n  async\n></iframe>",
            "[A \\[b\\]](<https://e.org/(a)>)",
        ),
        ('<iframe style={{top:0, left:{a}}} src="https://e.org/"/>', "<https://e.org/>"),
        ('<iframe src="javascript:alert(1)"></iframe>', None),
        ('<video controls src="../a%20b.mp4">\nNo film.\n</video>', "[a%20b.mp4](<../a%20b.mp4>)"),
        ("<audio controls>\n<source src='a.mp3'>\n</audio>", "[a.mp3](<a.mp3>)"),
        ("<video></video>", None),
        ('```\n<iframe src="https://e.org/"></iframe>\n```', None),
        ("Write `<video src='a.mp4'></video>` or ``<audio src='`.mp3' />``.", None),
        ("A ` sign\n\n<audio src='a.mp3' /> `b`", "A ` sign\n\n[a.mp3](<a.mp3>) `b`"),
    ],
)
def test_what_is_not_played_becomes_a_link(written, made):
    assert replace_media_players(written) == (written if made is None else made)
