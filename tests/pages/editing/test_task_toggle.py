"""Tasks are ticked from the page, as edits of their own."""

from typing import Any

import pytest

from tests.person import Person

TEXT = """\
# Plan

- [ ] one
  - [x] two
> 1. [ ] three

```
- [ ] no task
```

Text [^1].

[^1]: - [ ] noted
"""
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def ticked(selam: Person, make_page: Any) -> Any:
    """`ticked(number)`: the source after a press on that box."""

    def ticked(number: int, base: int = 1) -> str:
        data = {"task": str(number), "base_revision": str(base)}
        answer = selam.post("/tick/plan", data=data, headers=HERE)
        assert answer.status_code == 303
        return selam.get("/raw/plan").text

    make_page("plan", text=TEXT)
    return ticked


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (0, "- [ ] one", "- [x] one"),
        (1, "- [x] two", "- [ ] two"),
        (2, "1. [ ] three", "1. [x] three"),
        (3, "- [ ] noted", "- [x] noted"),
    ],
)
def test_each_box_stands_for_its_line(ticked: Any, number: int, before: str, after: str) -> None:
    assert ticked(number) == TEXT.replace(before, after)


def test_it_is_a_minor_revision_of_who_ticked(ticked: Any, selam: Person) -> None:
    ticked(0)
    history = selam.get("/history/plan").text
    assert "Ticked a task" in history
    assert "selam" in history


def test_two_ticks_from_one_page_both_count(ticked: Any) -> None:
    ticked(0)
    text = ticked(2)
    assert "- [x] one" in text
    assert "1. [x] three" in text


@pytest.mark.parametrize(("number", "base"), [(99, 1), (-1, 1), (0, 7)])
def test_a_task_that_is_none_changes_nothing(ticked: Any, number: int, base: int) -> None:
    assert ticked(number, base) == TEXT


def test_the_page_offers_buttons_to_who_may_edit(
    selam: Person, client: Person, make_page: Any
) -> None:
    make_page("plan", text=TEXT)
    html = selam.get("/wiki/plan").text
    assert html.count('class="task-box"') == 4
    assert html.count('role="checkbox" aria-checked="true"') == 1
    assert 'class="task-box"' not in client.get("/wiki/plan").text


def test_boxes_of_a_page_inside_a_page_are_not_this_pages(selam: Person, make_page: Any) -> None:
    make_page("plan", text="- [ ] inner")
    make_page("outer", text="![[plan]]\n\n- [ ] outer")
    html = selam.get("/wiki/outer").text
    assert html.count('class="task-box"') == 1
    assert 'value="0"' in html


def test_strangers_and_other_sites_tick_nothing(
    selam: Person, client: Person, make_page: Any
) -> None:
    make_page("plan", text=TEXT)
    data = {"task": "0", "base_revision": "1"}
    assert client.post("/tick/plan", data=data, headers=HERE).status_code in (302, 303, 401, 403)
    other = selam.post("/tick/plan", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert other.status_code == 400
    assert selam.get("/raw/plan").text == TEXT
