"""Pictures among the wiki's own files, as a reader's browser gets them.

The text says `/files/12/plan.png`. What that is now, how large, and in which sizes it can be had is
filled in at reading, so that nothing jumps while it loads and a telephone loads a small one.
"""

import re
from html import escape

from wiki.access import Viewer
from wiki.files.addresses import fixed_url, srcset_of
from wiki.files.read import FileView, files_by_id

# As the sanitiser writes it; who asks for a certain content of a file gets that one.
_PICTURE = re.compile(r'<img src="/files/([0-9]{1,9})/[^"?]*"([^>]*)>')
# The measure of a text, which a picture fills at most.
_SIZES = "(min-width: 48rem) 43rem, 100vw"


def with_sizes(viewer: Viewer, html: str) -> str:
    """`html` with the sizes of its pictures; the same object when it shows none of ours."""
    ids = {int(found[1]) for found in _PICTURE.finditer(html)}
    if not ids:
        return html
    files = files_by_id(viewer, ids)
    return _PICTURE.sub(lambda found: _filled(found, files.get(int(found[1]))), html)


def _filled(found: "re.Match[str]", file: FileView | None) -> str:
    if file is None or not file.is_picture:
        return found[0]
    attributes = f'src="{escape(fixed_url(file))}"{found[2]}'
    if srcset := srcset_of(file):
        attributes += f' srcset="{escape(srcset)}" sizes="{_SIZES}"'
    if file.width and " width=" not in found[2] and " height=" not in found[2]:
        attributes += f' width="{file.width}" height="{file.height}"'
    return f"<img {attributes}>"
