"""PDF, notebooks and texts: what runs in them, and what can be read."""

import io
import json
import zlib
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from tests.files.upload_forms import ask, fetch
from wiki.files.errors import FileRefused
from wiki.files.inspection.notebooks import notebook_text
from wiki.files.inspection.pdf import inspect_pdf

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
DRAWN = b"BT /F 9 Tf 9 9 Td (Marimba) Tj ET"
SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def pdf(catalogue: bytes = b"", extra: bytes = b"") -> bytes:
    """A PDF of one page, written by hand, with `catalogue` in its root and `extra` objects."""
    return (
        b"%PDF-1.7\n"
        b"1 0 obj << /Type /Catalog /Pages 2 0 R " + catalogue + b" >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n"
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R "
        b"/Resources << /Font << /F " + FONT + b" >> >> >> endobj\n"
        b"4 0 obj << /Length %d >> stream\n%s\nendstream endobj\n"
        % (len(DRAWN), DRAWN)
        + extra
        + b"trailer << /Size 9 /Root 1 0 R >>\nstartxref\n0\n%%EOF"
    )


def with_hidden_action(behind: bytes = b"") -> bytes:
    """The same with an action in a compressed stream of objects, and a compressed table."""
    inside = zlib.compress(b"6 0 " + SCRIPT + behind)
    stream = b"5 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n"
    body = pdf(b"/OpenAction 6 0 R", stream % len(inside) + inside + b"\nendstream endobj\n")
    body = body[: body.index(b"trailer")]
    places = [body.index(b"\n%d 0 obj" % number) + 1 for number in range(1, 6)]
    rows = bytes(5) + b"".join(b"\x01" + place.to_bytes(3) + b"\x00" for place in places)
    rows += b"\x02\x00\x00\x05\x00"
    rows += b"\x01" + len(body).to_bytes(3) + b"\x00"
    head = b"7 0 obj << /Type /XRef /Size 8 /W [1 3 1] /Root 1 0 R /Length %d >> stream\n"
    table = head % len(rows) + rows + b"\nendstream endobj\n"
    return body + table + b"startxref\n%d\n%%%%EOF" % len(body)


@pytest.fixture
def text_of(tmp_path: Path):
    def text_of(content: bytes) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(content)
        return inspect_pdf(file)

    return text_of


def test_a_pdf_is_read_and_downloaded(stored, client, text_of):
    assert "Marimba" in text_of(pdf())
    answer = fetch(client, stored("paper.pdf", pdf())["url"])
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/OpenAction " + SCRIPT),
        pdf(b"/OpenAction << /S /J#61vaScript /JS (app.alert\\(1\\)) >>"),
        pdf(b"/Names << /JavaScript << /Names [(a) " + SCRIPT + b"] >> >>"),
        pdf(b"/OpenAction << /S /Launch /F (calc.exe) >>"),
        pdf(b"/OpenAction << /S /URI /URI (x) /Next [ << /S /Launch /Win << /F (x) >> >> ] >>"),
        pdf(b"/OpenAction << /S 5 0 R /JS (x) >>", b"5 0 obj /JavaScript endobj\n"),
        pdf(b"/X 5 0 R", b"5 0 obj << /Type /Annot /AA << /E " + SCRIPT + b" >> >> endobj\n"),
        pdf(b"/X << /S /Rendition /JS (x) >>"),
        pdf(b"/X << /S /URI /URI (javascript:app.alert\\(1\\)) >>"),
        pdf(b"/X << /S /URI /URI ( Java\\tScript:x) >>"),
        pdf(
            b"/X << /S /URI /URI 5 0 R >>",
            b"5 0 obj <" + b"vbscript:x".hex().encode() + b"> endobj\n",
        ),
        with_hidden_action(),
    ],
)
def test_a_pdf_that_runs_something_is_refused(text_of, content):
    with pytest.raises(FileRefused, match="scripts"):
        text_of(content)


def form(xml: bytes) -> bytes:
    """A PDF with a form in XML, in two parts."""
    parts = b"".join(
        b"%d 0 obj << /Length %d >> stream\n%s\nendstream endobj\n" % (number, len(part), part)
        for number, part in ((5, xml[:10]), (6, xml[10:]))
    )
    return pdf(b"/AcroForm << /XFA [(a) 5 0 R (b) 6 0 R] >>", parts)


def test_what_a_form_runs_is_refused(text_of):
    assert "Marimba" in text_of(form(b"<template><field/></template>"))
    for script in (b"<field><script>app.alert(1)</script></field>", b"<field><x:script/></field>"):
        with pytest.raises(FileRefused, match="scripts"):
            text_of(form(script))


def test_what_only_others_can_read_is_refused(text_of):
    deep = b"5 0 obj << /S /JavaScript /JS (x) /X " + b"[" * 600 + b"]" * 600 + b" >> endobj\n"
    for content in (with_hidden_action(b" " * 76_000_000), pdf(b"/OpenAction 5 0 R", deep)):
        with pytest.raises(FileRefused, match="too-complex"):
            text_of(content)


def test_an_object_that_is_not_there_hides_nothing(text_of):
    table = b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n7 1\n0000000011 00000 n \n"
    dangling = pdf().replace(b"startxref\n0", b"startxref\n%d" % pdf().index(b"trailer"))
    assert "Marimba" in text_of(dangling.replace(b"trailer", table + b"trailer"))


@pytest.mark.parametrize(
    "content",
    [
        pdf(b"/X << /S /URI /URI (https://example.org/docs/Web/JavaScript) >>"),
        pdf(b"/X << /S /URI /URI (https://example.org/Launch) >>"),
        pdf(b"/X << /S /URI /URI (https://example.org/javascript:x) >>"),
        pdf(b"/X << /S /URI /URI (javascript:void\\(0\\);) >>"),  # as Chromium prints it
        pdf(b"/X << /Type /StructElem /S /JavaScript >>"),
        pdf(extra=b"5 0 obj (/OpenAction << /S /JavaScript /JS (x) >>) endobj\n"),
        pdf() + b"\n% /S /JavaScript /JS (x)",
    ],
)
def test_a_word_of_programs_is_no_action(text_of, content):
    assert "Marimba" in text_of(content)


def test_what_stands_before_a_pdf_is_skipped_as_readers_do(client_of):
    (file,) = ask(client_of("selam"), ("paper.pdf", b"\r\n\r\n" + pdf())).json["files"]
    assert file["name"] == "paper.pdf"


ALGORITHMS = ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"]


def locked(content: bytes, algorithm: str, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    writer.encrypt(user_password=password, owner_password="of the owner", algorithm=algorithm)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_pdf_that_opens_without_a_password_is_taken(text_of, algorithm):
    assert "Marimba" in text_of(locked(pdf(), algorithm, ""))
    with pytest.raises(FileRefused, match="scripts"):
        text_of(locked(pdf(b"/OpenAction " + SCRIPT), algorithm, ""))
    with pytest.raises(FileRefused, match="encrypted"):
        text_of(locked(pdf(), algorithm, "of the reader"))


def test_a_locked_pdf_is_refused(text_of):
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (x) /U (x) /P -4 >> /Root"
    with pytest.raises(FileRefused):
        text_of(pdf().replace(b"/Root", locked))


def test_of_a_notebook_the_cells_are_read_and_not_what_they_gave_out():
    notebook = {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "source": ["# Marimba\n", "A text."]},
            {
                "cell_type": "code",
                "source": "print('tremolo')",
                "outputs": [{"data": {"text/html": "<b>numbers</b>"}}],
            },
        ],
    }
    text = notebook_text(json.dumps(notebook))
    assert text == "# Marimba\nA text.\n\nprint('tremolo')"


@pytest.mark.parametrize(
    "source", ["{}", "[" * 50_000, '{"cells": [1, {"source": [2]}]}', "no JSON", '{"cells": 3}']
)
def test_a_notebook_that_is_none_is_a_text(source):
    assert isinstance(notebook_text(source), str)


def test_a_text_is_shown_as_it_was_sent(stored, client):
    content = "\ufeffprint('ሰላም')\r\n".encode()
    file = stored("hello.py", content)
    answer = fetch(client, file["url"])
    assert answer.data == content
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers.get("Content-Disposition", "inline").startswith("inline")
