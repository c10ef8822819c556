"""A bucket on this machine: as much of S3's protocol as a store of contents speaks."""

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class FakeBucket:
    """A server on a free port; `objects` by bucket and key. Asks for no signature."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self.objects))
        self._server.daemon_threads = True

    @property
    def options(self) -> dict[str, Any]:
        return {
            "endpoint": f"http://127.0.0.1:{self._server.server_port}",
            "region": "us-east-1",
            "access_key_id": "nobody",
            "secret_access_key": "nothing",
            "client_options": {"allow_http": True},
        }

    def __enter__(self) -> "FakeBucket":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(objects: dict[str, bytes]) -> type[BaseHTTPRequestHandler]:
    uploads: dict[str, dict[int, bytes]] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            key, query = self._key()
            if "partNumber" in query:
                uploads[query["uploadId"][0]][int(query["partNumber"][0])] = body
            else:
                objects[key] = body
            self._answer(200, headers={"ETag": '"1"'})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
            key, query = self._key()
            if "delete" in query:
                keys = re.findall(r"<Key>(.*?)</Key>", body)
                for each in keys:
                    objects.pop(f"{key}/{each}", None)
                gone = "".join(f"<Deleted><Key>{each}</Key></Deleted>" for each in keys)
                self._answer(200, f"<DeleteResult>{gone}</DeleteResult>".encode())
            elif "uploadId" in query:
                parts = uploads.pop(query["uploadId"][0])
                objects[key] = b"".join(parts[number] for number in sorted(parts))
                etag = b'<CompleteMultipartUploadResult><ETag>"1"</ETag>'
                self._answer(200, etag + b"</CompleteMultipartUploadResult>")
            else:
                name = str(len(uploads))
                uploads[name] = {}
                answer = f"<UploadId>{name}</UploadId></InitiateMultipartUploadResult>"
                self._answer(200, f"<InitiateMultipartUploadResult>{answer}".encode())

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            key, query = self._key()
            if "list-type" in query:
                return self._list(key, query.get("prefix", [""])[0])
            if key not in objects:
                return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            time = self.date_time_string()
            body, headers = objects[key], {"ETag": '"1"', "Last-Modified": time}
            if span := self.headers.get("Range"):
                first, _, last = span.removeprefix("bytes=").partition("-")
                begin, end = int(first), min(int(last or len(body)), len(body) - 1)
                headers["Content-Range"] = f"bytes {begin}-{end}/{len(body)}"
                return self._answer(206, body[begin : end + 1], headers)
            return self._answer(200, body, headers)

        def _list(self, bucket: str, prefix: str) -> None:
            time = "2126-01-01T00:00:00.000Z"
            items = "".join(
                f"<Contents><Key>{escape(key.partition('/')[2])}</Key><Size>{len(body)}</Size>"
                f'<LastModified>{time}</LastModified><ETag>"1"</ETag></Contents>'
                for key, body in objects.items()
                if key.startswith(f"{bucket.strip('/')}/{prefix}")
            )
            self._answer(200, f"<ListBucketResult>{items}</ListBucketResult>".encode())

        def _key(self) -> tuple[str, dict[str, list[str]]]:
            parts = urlsplit(self.path)
            return unquote(parts.path).strip("/"), parse_qs(parts.query, keep_blank_values=True)

        def _answer(
            self, status: int, body: bytes = b"", headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            pass

    return Handler
