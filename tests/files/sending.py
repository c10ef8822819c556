"""Sending files as people do."""

import io
from typing import Any

from werkzeug.test import TestResponse

from tests.person import Person

Sent = tuple[str, bytes]  # name and content


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    """A picture whose corner is red, to tell which way is up."""
    from PIL import Image

    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 4, size[1] // 4))
    target = io.BytesIO()
    image.save(target, form, **options)
    return target.getvalue()


def send(person: Person, *files: Sent, url: str = "/files/upload", **fields: Any) -> TestResponse:
    """Send `files` by the form at `url`, as a browser without JavaScript does."""
    parts = [(io.BytesIO(content), name) for name, content in files]
    return person.open_form(url, has="file").submit(file=parts, **fields)


def ask(person: Person, *files: Sent, **fields: Any) -> TestResponse:
    """The same as the editor's script does: with JSON for an answer."""
    token = person.open_form("/files/upload", has="file").values["csrf_token"]
    parts = [(io.BytesIO(content), name) for name, content in files]
    data = {"file": parts, "csrf_token": token, **fields}
    headers = {"Accept": "application/json"}
    return person.post(
        "/files/upload", data=data, headers=headers, content_type="multipart/form-data"
    )


def fetch(person: Person, url: str, **options: Any) -> TestResponse:
    """What is at `url`, read to its end, as a browser does."""
    return person.get(url, buffered=True, **options)
