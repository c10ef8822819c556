"""Data in an HTML file: compressed blocks that its script unpacks when needed."""

import base64
import gzip
import json
from typing import Any

BLOCK_SIZE = 300_000  # characters; reading one page unpacks its whole block
LEVEL = 7  # compression level; 9 takes twice as long and saves less than 1%


def packed_block(name: str, value: Any) -> str:
    """`value` as a compressed block; `name` is chosen by Nexus."""
    packed = gzip.compress(_json(value).encode(), LEVEL, mtime=0)
    return data_element(base64.b64encode(packed).decode(), block=name)


def plain_block(id_: str, value: Any) -> str:
    """A small `value` that is needed immediately, in an element with this id."""
    # The only character that could end the element or start a comment.
    text = _json(value).replace("<", "\\u003c")
    return f'<script type="application/json" id="{id_}">{text}</script>\n'


def data_element(text: str, **named: str) -> str:
    """`text` in an element that browsers don’t execute; `text` has no angle brackets."""
    names = "".join(f' data-{name}="{value}"' for name, value in named.items())
    return f'<script type="text/plain"{names}>{text}</script>\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
