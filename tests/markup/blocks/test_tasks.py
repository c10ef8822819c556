"""A box that is ticked on the page changes one sign of the source, in the line where it stands."""

import re

import pytest

from wiki.markup import render
from wiki.markup.blocks.tasks import task_names, with_task_toggled

TEXT = """\
# Plan

- [ ] one
  - [x] two
    1. [X] three
* [ ] [link](https://example.org) [ ]
> - [ ] quoted
> > 2) [x] twice

- [ ]
- no task [ ]

```
- [ ] code
```

a[^1]

Term
: - [ ] in a definition

1. > - [ ] in a quote of an item

[^1]: - [ ] in a note
"""


def states(text: str) -> list[bool]:
    return [
        bool(done) for done in re.findall(r"<input[^>]*?( checked)?(?= aria)", render(text).html)
    ]


def test_each_box_of_the_page_is_toggled_by_its_line_alone():
    before = states(TEXT)
    tasks = render(TEXT).tasks
    assert before == [False, True, True, False, False, True, False, False, False]
    assert len(tasks) == len(before)
    for number, line in enumerate(tasks):
        text = with_task_toggled(TEXT, line)
        expected = [state != (number == at) for at, state in enumerate(before)]
        assert text is not None
        assert states(text) == expected
        changed = [a != b for a, b in zip(TEXT.split("\n"), text.split("\n"), strict=True)]
        assert changed.count(True) == 1
        again = with_task_toggled(text, line)
        assert again is not None
        assert again.lower() == TEXT.lower()


@pytest.mark.parametrize("line", [-1, 0, 9, 10, 10_000])
def test_a_line_without_a_task_is_left(line):
    text = with_task_toggled("# A\n\n- b\n- [ ]c\n- [y] d\n[ ] e\n\\- [ ] f", line)
    assert text is None


def test_a_task_is_called_what_it_says():
    text = "- [ ] *Write* [[tests]]\n  & [more](https://e.org)\n  - [x] below\n\n- [ ] a\n\n  b\n"
    assert task_names(render(text).slotted) == ["Write tests & more", "below", "a"]
