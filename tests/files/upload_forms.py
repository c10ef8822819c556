"""Sending files as people do."""

import io
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

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
    form = person.open_form(url, has="file")
    return _post(person, files, MultiDict({**form.values, **fields}))


def ask(person: Person, *files: Sent, **fields: Any) -> TestResponse:
    """The same as the editor's script does: with JSON for an answer."""
    token = person.open_form("/files/upload", has="file").values["csrf_token"]
    values = MultiDict({"csrf_token": token, **fields})
    return _post(person, files, values, headers={"Accept": "application/json"})


def _post(
    person: Person, files: tuple[Sent, ...], values: "MultiDict[str, Any]", **options: Any
) -> TestResponse:
    values.setlist("file", [(io.BytesIO(content), name) for name, content in files])
    # Encoded here: the test client would leave the file open in which it does so.
    parts = MultiDict(
        (name, FileStorage(*value) if name == "file" else value)
        for name, value in values.items(multi=True)
    )
    boundary, body = encode_multipart(parts)
    type_ = f'multipart/form-data; boundary="{boundary}"'
    return person.post("/files/upload", data=body, content_type=type_, **options)


def fetch(person: Person, url: str, **options: Any) -> TestResponse:
    """The response at `url`, read to its end, as a browser does."""
    return person.get(url, buffered=True, **options)
