"""Data within an HTML file: packed blocks, which its script unpacks once somebody needs them."""

import base64
import gzip
import json
from typing import Any

BLOCK_SIZE = 300_000  # characters; for one page, all that are in its block are unpacked
LEVEL = 7  # of compression; 9 takes twice as long and saves less than a hundredth


def packed_block(name: str, value: Any) -> str:
    """`value` as a block that is called `name`, which is ours."""
    packed = gzip.compress(_json(value).encode(), LEVEL, mtime=0)
    return data_element(base64.b64encode(packed).decode(), block=name)


def plain_block(id_: str, value: Any) -> str:
    """A small `value` that is needed at once, under an id."""
    # The one sign by which a text could end the element or begin a comment in it.
    text = _json(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{id_}">{text}</script>\n'


def data_element(text: str, **named: str) -> str:
    """`text`, which has no angle brackets, with names that are ours; browsers run nothing in it."""
    names = "".join(f' data-{name}="{value}"' for name, value in named.items())
    return f'<script type="text/plain"{names}>{text}</script>\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
