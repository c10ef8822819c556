"""Links of large and odd texts are found in a process that can be killed."""

import pytest

from wiki.markup.source_links import links_in
from wiki.markup.workers import complexity, worker_client
from wiki.markup.workers.bounded_links import LinksNotFound, links_within_time


def test_the_worker_finds_what_the_process_does():
    line = "[a](../b.md#c) [[Page|label]] ![[d]] `[e](f)` ሰላም\ud800 | <g:h>\n"
    text = line + "\n[x]: /wiki/y 'z'\n\n" + line * 2_000
    assert not complexity.is_plain(text)
    assert links_within_time(text) == list(links_in(text))
    assert links_within_time(line) == list(links_in(line))


def test_a_text_that_takes_too_long_has_none():
    with pytest.raises(LinksNotFound):
        links_within_time("<!--" * 500_000)
    assert links_within_time("[a](b)\n" * 4_000)  # there is another worker
    worker_client.save_worker.close()
