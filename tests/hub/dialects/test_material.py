"""Tabs and attributes of MkDocs."""

import pytest

from wiki.hub.dialects.material import convert_material

pytestmark = pytest.mark.quick

TABS = """\
Choose:

=== "C"

    ``` c
    int x;

    === "no tab"
    ```

    - a

===! "C++"

    === "Inner"

        deep

- item

    === "In a list"

        x

Text.
"""
LABELS = """\
Choose:

**C**

``` c
int x;

=== "no tab"
```

- a

**C++**

**Inner**

deep

- item

    **In a list**

    x

Text.
"""


def test_tabs_become_their_labels_and_texts():
    assert convert_material(TABS) == LABELS


@pytest.mark.parametrize(
    "text",
    [
        '```\n=== "x"\n\n    y\n```\n',
        "`[a](b){ .c }` and f(x){ return y } and [a]{b}\n",
        "A title\n=======\n\n=== a ===\n",
    ],
)
def test_code_and_what_looks_similar_stay(text):
    assert convert_material(text) == text


def test_attributes_of_links_and_pictures_go():
    text = (
        '[b](c.md){ .md-button #x } ![y](z.png){align=left width="300"}, [t][r]{: target=_blank }'
    )
    assert convert_material(text) == "[b](c.md) ![y](z.png), [t][r]"
