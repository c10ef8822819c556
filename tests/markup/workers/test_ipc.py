"""A rendering is the same after it has travelled from the worker."""

import json
from dataclasses import asdict

import pytest

from wiki.markup.pipeline import render_unbounded
from wiki.markup.workers.ipc import LENGTH_HEADER, pack, rendered_from_json

TEXT = """\
# A heading

- [ ] a [[Page#part]] and `code`

```py
x = 1
```

![[Other]] a footnote[^1] und größer ሰላም 🚀

[^1]: b
"""


@pytest.mark.parametrize("text", ["", "*a*", TEXT])
def test_nothing_is_lost(text):
    rendered = render_unbounded(text, "folder/page")
    message = pack(asdict(rendered))
    size = LENGTH_HEADER.unpack(message[: LENGTH_HEADER.size])[0]
    body = message[LENGTH_HEADER.size :]
    assert len(body) == size
    assert rendered_from_json(body) == rendered


def test_a_text_that_could_not_be_rendered():
    assert rendered_from_json(pack(None)[LENGTH_HEADER.size :]) is None


def test_half_a_character_travels_as_an_escape():
    body = pack({"text": "a\ud83d", "path": ""})[LENGTH_HEADER.size :]
    assert json.loads(body) == {"text": "a\ud83d", "path": ""}
