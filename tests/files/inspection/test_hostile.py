"""What somebody sends to attack a reader or the server: refused, or made harmless.

`look_into` does in this process what the worker does; `test_sandbox` tests the worker.
"""

import gzip
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.files.inspection.test_documents import pdf
from tests.files.upload_forms import ask, fetch, picture
from wiki.files.errors import FileRefused
from wiki.files.inspection import archives
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.worker import inspect_content

SCRIPT = b"<script>alert(document.domain)</script>"
PAGE = b"<!doctype html><html>" + SCRIPT

LookInto = Callable[[str, bytes], tuple[InspectionReport, bytes]]


@pytest.fixture
def look_into(tmp_path: Path) -> LookInto:
    """`look_into("plan.png", content)`: the report, and what would be stored."""

    def look_into(name: str, content: bytes) -> tuple[InspectionReport, bytes]:
        source = tmp_path / "sent"
        source.write_bytes(content)
        report = inspect_content(source, name, tmp_path)
        return report, Path(report.file).read_bytes()

    return look_into


def zipped(entries: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


# Pages in disguise


@pytest.mark.parametrize("ending", ["png", "html.png", "jpg", "svg", "pdf", "docx", "zip"])
def test_a_page_that_is_called_something_else_is_refused(look_into, ending):
    with pytest.raises(FileRefused, match="mismatch"):
        look_into(f"cat.{ending}", PAGE)


def test_a_page_that_says_so_is_plain_text_to_download(stored, client):
    answer = fetch(client, stored("cat.html", PAGE)["url"])
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.gif", picture("GIF") + b"*/=1;" + SCRIPT),
        ("b.png", picture("PNG") + SCRIPT),
        ("c.jpg", picture("JPEG", comment=SCRIPT) + SCRIPT),
        ("d.webp", picture("WEBP", exif=SCRIPT)),
        ("e.gif", picture("GIF")[:-1] + b"\x21\xfe" + bytes([len(SCRIPT)]) + SCRIPT + b"\x00;"),
        ("f.avif", picture("AVIF") + SCRIPT),
        # The width of this one begins a comment of JavaScript.
        ("g.gif", b"GIF89a/*" + picture("GIF")[8:] + b"*/=1;" + SCRIPT),
        ("h.png", picture("PNG") + zipped({"index.html": SCRIPT})),
        ("i.jpg", picture("JPEG") + b"%PDF-1.7\n" + SCRIPT),
    ],
)
def test_of_two_files_in_one_the_picture_stays(look_into, name, content):
    assert SCRIPT in content
    report, kept = look_into(name, content)
    assert report.media_type.startswith("image/")
    assert b"alert" not in kept
    assert b"PK\x03\x04" not in kept
    assert b"%PDF" not in kept


def test_a_document_that_is_a_page_as_well_is_a_download(stored, client):
    for name, content in (
        ("paper.pdf", pdf() + PAGE),
        ("book.ipynb", json.dumps({"cells": [{"source": "x", "outputs": [SCRIPT.decode()]}]})),
        ("all.zip", zipped({"index.html": PAGE}) + PAGE),
    ):
        sent = content.encode() if isinstance(content, str) else content
        answer = fetch(client, stored(name, sent)["url"])
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        is_text = answer.content_type == "text/plain; charset=utf-8"
        assert is_text or headers["Content-Disposition"].startswith("attachment")


def test_a_document_that_is_locked_is_refused(look_into):
    content = bytearray(zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}))
    content[6] |= 1  # the flag of encryption, where the entry stands and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileRefused, match="damaged"):
        look_into("a.odt", bytes(content))


def test_a_page_that_only_begins_as_a_document_is_refused(look_into):
    with pytest.raises(FileRefused, match="damaged"):
        look_into("a.pdf", b"%PDF-1.7\n" + SCRIPT)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("photo.txt", picture("PNG"), "mismatch"),
        ("run.exe", b"MZ\x90\x00\x03", "unknown-type"),
        ("run.txt", b"MZ\x90\x00\x03", "not-text"),
        ("run", b"\x7fELF\x02\x01", "unknown-type"),
        ("film.mp4", b"\x00\x00\x00 ftypisom\x00\x00\x02\x00", "unknown-type"),
        ("photo.tiff", b"II*\x00\x08\x00\x00\x00" + bytes(40), "unknown-type"),
    ],
)
def test_what_isnt_on_the_list_is_refused(look_into, name, content, reason):
    with pytest.raises(FileRefused, match=reason):
        look_into(name, content)


def test_a_name_gets_the_ending_of_the_content(stored):
    assert stored("photo.png", picture("JPEG"))["name"] == "photo.jpg"
    assert stored("photo.tar.GIF", picture("GIF"))["name"] == "photo.tar.GIF"
    assert stored("photo", picture("PNG"))["name"] == "photo.png"


# What a camera writes


def test_where_a_photograph_was_taken_is_nobodys_business(stored, client):
    exif = Image.Exif()
    exif[0x010E], exif[0x0110] = "At home", "Camera 3000"
    exif[0x0112] = 6  # held upright: the pixels lie on their side
    exif.get_ifd(0x8825)[1], exif.get_ifd(0x8825)[2] = "N", (9.0, 1.0, 48.0)
    sent = picture("JPEG", (40, 20), exif=exif, xmp=b"<x:xmpmeta>At home</x:xmpmeta>", quality=95)
    assert b"At home" in sent
    file = stored("photo.jpg", sent)
    answer = fetch(client, file["url"])
    assert b"At home" not in answer.data
    assert b"Camera" not in answer.data
    kept = Image.open(io.BytesIO(answer.data))
    assert not kept.getexif()
    # Upright, as its camera meant it: the red corner has gone to the right.
    assert kept.size == (20, 40)
    assert kept.convert("RGB").getpixel((18, 2))[1] < 100
    assert kept.convert("RGB").getpixel((2, 2))[1] > 200
    small = fetch(client, f"{file['url']}?width=10", headers={"Accept": "image/webp"})
    assert Image.open(io.BytesIO(small.data)).size == (20, 40)


def test_words_and_profiles_in_a_picture_go(look_into):
    info = PngInfo()
    info.add_text("Comment", "At home")
    _, kept = look_into("a.png", picture("PNG", pnginfo=info, icc_profile=b"At home"))
    assert b"At home" not in kept


# Bombs and broken files


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _png(width: int, height: int, data: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(data)), _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (8_000, 8_000), (20_000, 1)])
def test_a_picture_of_too_many_pixels_is_refused_unread(look_into, width, height):
    with pytest.raises(FileRefused, match="too-many-pixels"):
        look_into("wide.png", _png(width, height, bytes(100_000)))


def _with_size(form: str, width: int, height: int) -> bytes:
    """A small picture whose header claims a large one."""
    small = picture(form, (40, 30), **({"lossless": True} if form == "WEBP" else {}))
    if form == "GIF":
        return small[:6] + struct.pack("<HH", width, height) + small[10:]
    if form == "JPEG":
        at = small.index(b"\xff\xc0") + 5
        return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]
    if form == "AVIF":
        old, new = struct.pack(">II", 40, 30), struct.pack(">II", width, height)
        assert old in small
        return small.replace(old, new)
    at = small.index(b"VP8L") + 9
    bits = int.from_bytes(small[at : at + 4], "little") >> 28 << 28 | (height - 1) << 14 | width - 1
    return small[:at] + bits.to_bytes(4, "little") + small[at + 4 :]


@pytest.mark.parametrize("form", ["GIF", "JPEG", "WEBP", "AVIF"])
def test_so_is_one_in_every_other_format(look_into, form):
    with pytest.raises(Exception) as refused:  # noqa: PT011
        look_into(f"wide.{form.lower()}", _with_size(form, 16_000, 16_000))
    # What decodes AVIF sees by itself that head and picture differ.
    assert form == "AVIF" or str(refused.value) == "too-many-pixels"


def test_what_a_pdf_would_unfold_to_is_not_unfolded(look_into):
    zeros = zlib.compress(bytes(120_000_000), 9)
    stream = b"4 0 obj << /Length %d /Filter /FlateDecode >> stream\n%s\nendstream endobj\n"
    bomb = re.sub(
        rb"4 0 obj .*?endobj\n", lambda _: stream % (len(zeros), zeros), pdf(), flags=re.S
    )
    report, _ = look_into("bomb.pdf", bomb)
    assert report.text == ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("flat.png", _png(0, 10)),
        ("short.png", _png(100, 100, b"x")),
        ("cut.png", picture("PNG")[:60]),
        ("cut.jpg", picture("JPEG")[:200]),
        ("bare.gif", b"GIF89a"),
        ("bare.webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("bare.pdf", b"%PDF-1.7\n%%EOF"),
        ("bare.zip", b"PK\x03\x04not a zip"),
    ],
)
def test_what_is_broken_is_refused(look_into, name, content):
    # What the libraries raise is told as damage by the process around.
    with pytest.raises(Exception):  # noqa: B017, PT011
        look_into(name, content)


def _film(frames: int, size: tuple[int, int]) -> bytes:
    pictures = [Image.new("RGB", size, (n % 250, n // 250 * 90, 0)) for n in range(frames)]
    target = io.BytesIO()
    pictures[0].save(target, "GIF", save_all=True, append_images=pictures[1:], duration=70, loop=0)
    return target.getvalue()


def test_a_film_of_too_many_frames_is_refused(look_into):
    with pytest.raises(FileRefused, match="too-many-pixels"):
        look_into("film.gif", _film(600, (2, 2)))


def test_a_film_goes_on_moving(look_into):
    report, content = look_into("film.gif", _film(3, (400, 300)))
    kept = Image.open(io.BytesIO(content))
    assert (kept.n_frames, kept.info["duration"], kept.info["loop"]) == (3, 70, 0)
    assert report.is_animated
    # A still picture for lists, and none that could stand in the film's place.
    assert {variant.width for variant in report.variants} == {320}


def test_archives_are_passed_on_and_never_unpacked(stored, client):
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/passwd", "x")
        archive.writestr("zeros.txt", bytes(30_000_000))
    answer = fetch(client, stored("bomb.zip", bomb.getvalue())["url"])
    assert answer.data == bomb.getvalue()
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_what_an_archive_is_stands_inside(look_into):
    document, macros = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(document, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "wordprocessing" in look_into("letter.docx", document.getvalue())[0].media_type
    with zipfile.ZipFile(macros, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
        archive.writestr("word/vbaProject.bin", "x")
    with pytest.raises(FileRefused, match="macros"):
        look_into("letter.docx", macros.getvalue())
    opened = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
    assert look_into("letter.odt", zipped(opened))[0].media_type.endswith("opendocument.text")
    with pytest.raises(FileRefused, match="macros"):
        look_into("letter.odt", zipped({**opened, "Basic/Standard/Module1.xml": b"<x/>"}))
    with pytest.raises(FileRefused, match="macros"):
        look_into("a.docx", zipped({"word/document.xml": b"x", "word/activeX/activeX1.bin": b"x"}))
    assert look_into("a.tgz", gzip.compress(bytes(1000)))[0].media_type == "application/gzip"
    with pytest.raises(FileRefused, match="mismatch"):
        look_into("letter.docx", gzip.compress(bytes(1000)))


# Names


def test_an_archive_of_too_many_names_is_refused(look_into, monkeypatch):
    monkeypatch.setattr(archives, "ENTRIES_LIMIT", 2)
    opened = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
    assert look_into("letter.odt", zipped(opened))[0].media_type.endswith("opendocument.text")
    with pytest.raises(FileRefused, match="too-complex"):
        look_into("letter.odt", zipped({**opened, "Basic/Standard/Module1.xml": b"<x/>"}))


def test_a_name_that_leads_elsewhere_leads_nowhere(stored, client, app):
    file = stored("../../../secret_key.txt", b"A text.")
    assert file["name"] == "secret_key.txt"
    assert fetch(client, file["url"]).data == b"A text."
    assert client.get("/files/1/..%2f..%2fsecret_key").status_code in (302, 404)


# Through the whole of it


def test_the_reason_is_reported_in_words(client_of):
    answer = ask(client_of("selam"), ("wide.png", _png(50_000, 50_000)), ("none.png", b""))
    assert answer.status_code == 422
    reasons = {each["name"]: each["error"] for each in answer.json["errors"]}
    assert "too many pixels" in reasons["wide.png"]
    assert "empty" in reasons["none.png"]


def test_two_names_that_look_alike_are_two_files(stored):
    assert stored("plan.txt", b"a")["name"] == "plan.txt"
    assert stored("Plan.TXT", b"b")["name"] == "Plan-2.TXT"
