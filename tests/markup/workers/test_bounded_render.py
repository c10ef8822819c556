"""Every text gets an answer in time, whoever wrote it and whatever happens to the worker."""

import os
import signal
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.markup.html_allowlist import assert_safe, violations
from tests.markup.pieces import LINES, RUNS
from tests.processor_time import bounded
from tests.sampling import EXHAUSTIVE
from wiki.markup import is_cut, render
from wiki.markup.inlines.wikilinks import links_in_source
from wiki.markup.truncation import affordable_beginning
from wiki.markup.workers import complexity, worker_client
from wiki.markup.workers.render_cache import RenderCache

LIMIT = 2.0  # seconds of this process; the worker has a limit of its own


def hostile(size: int) -> dict[str, str]:
    texts = {run: run * (size // len(run)) for run in RUNS}
    texts |= {line: f"{line}\n" * (size // (len(line) + 1)) for line in LINES}
    width = size // 10
    return texts | {
        "deep list": "".join("  " * i + "- a\n" for i in range(int(size**0.5))),
        "deep admonition": "".join("    " * i + "!!! note\n" for i in range(60)),
        "wide table": "|a" * width + "|\n" + "|-" * width + "|\n" + "|b\n" * width,
        "footnotes": "".join(f"[^{i}]: a\n" for i in range(width)) + "[^1]" * width,
        "definitions": "".join(f"[a{i}]: b\n" for i in range(width)) + "[a1] " * width,
        "backticks": " ".join("`" * i for i in range(1, int((2 * size) ** 0.5))),
        "attributes": "<a " + "".join(f"a{i}=b " for i in range(size // 8)) + ">",
        "java": "```java\n" + ("a b " * 17 + "\n") * (size // 70) + "```",
    }


NAMES = list(hostile(100))
# One after the other takes the same ways; a third of them takes each.
TRIED = NAMES if EXHAUSTIVE else [*NAMES[: len(RUNS) : 3], *NAMES[len(RUNS) :]]


@pytest.mark.parametrize("name", TRIED)
def test_hostile_texts_are_bounded(name):
    text = hostile(10_000)[name]
    with bounded(LIMIT):
        rendered = render(text)
    assert rendered.plain or not text.strip(" \n->#") or rendered.is_complete
    assert not violations(rendered.html)


def test_a_tag_of_many_attributes_is_not_rendered_here():
    assert complexity.is_plain("<a href=x>" + "b" * 5_000)
    assert not complexity.is_plain("<a " + "b " * 2_500 + ">")


def test_of_what_is_too_long_the_beginning_is_formatted():
    text = "<b>x</b> [[a page]]\n\n" + "*a* **b** `c` ~~d~~\n" * 40_000 + "\n[[the last]] one"
    with bounded(LIMIT):
        rendered = render(text)
    assert rendered.is_complete
    assert "<em>a</em>" in rendered.html
    assert "The rest is only in its source" in rendered.html
    assert is_cut(rendered.html)
    assert rendered.plain.endswith("[[the last]] one")
    assert [link.target for link in rendered.links] == ["a page", "the last"]
    assert not violations(rendered.html)
    assert render("*after*").html == "<p><em>after</em></p>"


@pytest.mark.parametrize(
    "line",
    ["## Heading {}\n\n", "> [!note] Title {}\n> x\n\n", "- [ ] task {}\n", "| {} | a | b |\n"],
)
def test_what_is_formatted_takes_less_than_a_megabyte(line):
    head = "| a | b | c |\n|---|---|---|\n" if line.startswith("|") else ""
    rendered = render(head + "".join(line.format(number) for number in range(60_000)))
    assert is_cut(rendered.html)
    assert len(rendered.html) + 200 * len(rendered.outline) < 1_000_000
    assert "59999" in rendered.plain


def test_a_text_is_cut_between_its_blocks():
    text = "Some words.\n\n" * 60_000
    begun = affordable_beginning(text)
    assert len(begun) < len(text)
    assert begun.endswith("words.\n\n")
    assert affordable_beginning(begun) == begun
    assert not affordable_beginning("e\u0301" * 400_000).endswith("e")


def test_a_long_definition_is_put_in_nowhere_in_this_process():
    assert not complexity.is_plain("[r]: /" + "x" * 20_000 + "\n\n" + "[r] " * 8_000)
    assert not complexity.is_plain("*[R]: " + "x" * 20_000 + "\n\n" + "R " * 8_000)


def test_lists_too_deep_to_read_are_shown_as_they_were_written():
    text = "".join("  " * i + "- a\n" for i in range(80))
    assert not render(text).is_complete


def test_ten_levels_of_lists_are_all_there():
    assert render("".join("  " * i + f"- level{i}\n" for i in range(10))).plain.count("level") == 10


def test_an_ordinary_large_text_is_rendered_in_the_worker():
    text = "## Heading\n\nSome *text* with a [[link]].\n\n" * 1_000
    assert not complexity.is_plain(text)
    rendered = render(text, path="a/b")
    assert rendered.is_complete
    assert len(rendered.outline) == 1_000
    assert rendered.outline[-1].id == "heading-999"


def test_the_worker_answers_as_the_process_does():
    text = "# A\n\n[x](y.md#z) `c` ሰላም\ud800\n\n```python\nx\n```\n[[#b]]\n"
    here, there = render(text, path="p/q"), worker_client.save_worker.ask(text, "p/q")
    assert here == there


def worker_pid() -> int:
    assert worker_client.save_worker.ask("x", "") is not None
    process = worker_client.save_worker._process
    assert process is not None
    return process.pid


def test_a_worker_that_died_while_idle_is_replaced():
    os.kill(worker_pid(), signal.SIGKILL)
    rendered = worker_client.save_worker.ask("*a*", "")
    assert rendered is not None
    assert rendered.html == "<p><em>a</em></p>"


def test_a_worker_that_is_killed_twice_costs_no_text(monkeypatch):
    doomed = iter((True, True))
    start = worker_client.RenderWorker._start

    def start_and_die(worker: worker_client.RenderWorker) -> None:
        start(worker)
        if next(doomed, False):
            assert worker._process is not None
            os.kill(worker._process.pid, signal.SIGKILL)

    monkeypatch.setattr(worker_client.RenderWorker, "_start", start_and_die)
    rendered = worker_client.save_worker.ask("*a*", "")
    assert rendered is not None
    assert rendered.html == "<p><em>a</em></p>"


def test_a_worker_that_dies_at_work_costs_one_text_at_most():
    big = "- *a* [b](c)\n" * 2_000
    worker_pid()
    for delay in (0.01, 0.2):
        pid = worker_pid()
        timer = threading.Timer(delay, os.kill, (pid, signal.SIGKILL))
        timer.start()
        rendered = render(big)
        timer.join()
        assert "a" in rendered.plain
        assert render("x\n" * 3_000).is_complete


def test_threads_take_their_turns():
    texts = [f"# Text {n}\n\n" + f"word{n} " * 5_000 for n in range(8)]
    answers: dict[int, str] = {}

    def work(n: int) -> None:
        answers[n] = render(texts[n]).headings[0]

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: f"Text {n}" for n in range(8)}


def test_small_texts_in_many_threads():
    wrong: list[str] = []

    def work(n: int) -> None:
        for i in range(20):
            got = render(f"# t{n}-{i}\n\n[[l{n}]] *e*\n\n```python\nx = {n}\n```\n")
            if got.headings != (f"t{n}-{i}",) or got.links[0].target != f"l{n}":
                wrong.append(got.html)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_forked_child_has_a_worker_of_its_own():
    pid = worker_pid()
    child = os.fork()
    if child == 0:
        ok = worker_pid() != pid
        worker_client.save_worker.close()
        os._exit(0 if ok else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert worker_pid() == pid


MARKUP = st.text(
    st.sampled_from("ab \n\t[]()!*_`~#>-+1.|:<>/=\"'&;\\^$@{}%h\x00\x02\ufdd0\ud800ሰ\u0301")
)
PIECES = st.lists(
    st.sampled_from(
        [*RUNS, *(f"{line}\n" for line in LINES), "\n\n", "    ", "x", "]]", "](", "</"]
    )
).map("".join)


@given(st.one_of(MARKUP, PIECES, st.text()), st.text(max_size=20))
def test_any_text_has_an_answer_and_the_answer_is_safe(text, path):
    rendered = render(text, path=path)
    assert_safe(rendered.html)
    rendered.plain.encode()
    assert render(text, path=path) == rendered
    assert len(links_in_source(text)) >= 0


def test_a_text_that_was_just_rendered_is_not_rendered_again(monkeypatch):
    text = "A text that is previewed, then saved.\n"
    first = render(text, path="a/b")
    monkeypatch.setattr("wiki.markup.pipeline.render_unbounded", pytest.fail)
    assert render(text, path="a/b") is first


def test_the_last_renderings_are_few():
    kept = RenderCache(characters=100)
    renderings = [render("x" * size) for size in (50, 60, 500)]
    for number, rendered in enumerate(renderings):
        kept.put(bytes([number]), rendered)
    assert [kept.get(bytes([number])) for number in range(3)] == [None, None, renderings[2]]


def test_a_source_that_is_shown_instead_takes_less_than_a_megabyte():
    rendered = render(">" * 600_000 + "a")
    assert not rendered.is_complete
    assert len(rendered.html) < 1_000_000
    assert "the beginning of its source" in rendered.html
    assert rendered.plain.endswith("a")
