"""What a client asks for when it clones or fetches."""

from dataclasses import dataclass

from wiki.git.serving.pkt_lines import MalformedRequest, read_pkt_lines

MAX_LINES = 20_000  # per request
_ID_LENGTH = 40  # hex digits


@dataclass(frozen=True, slots=True)
class UploadRequest:
    """The wanted commits, the commits that the client has, and the depth that it asks for.

    `shallow` are commits whose parents the client lacks. Unless `is_done`, the client first
    wants to know which commits both have or, with `is_about_depth`, only where its history will
    end.
    """

    wants: tuple[bytes, ...] = ()
    haves: tuple[bytes, ...] = ()
    shallow: tuple[bytes, ...] = ()
    depth: int | None = None
    capabilities: frozenset[bytes] = frozenset()
    is_done: bool = False
    is_about_depth: bool = False


def parse_upload_request(body: bytes) -> UploadRequest:
    """The parsed body of a request. Raises `MalformedRequest`."""
    found: dict[bytes, list[bytes]] = {b"want": [], b"have": [], b"shallow": []}
    capabilities: frozenset[bytes] = frozenset()
    depth, is_done = None, False
    end_of_wants = 0
    for number, (line, at) in enumerate(read_pkt_lines(body)):
        if number > MAX_LINES:
            raise MalformedRequest
        if line is None:
            end_of_wants = end_of_wants or at
            continue
        word, _, rest = line.partition(b" ")
        if word in found:
            if word == b"want" and not found[b"want"]:
                capabilities = frozenset(rest[_ID_LENGTH:].split())
            found[word].append(_id(rest[:_ID_LENGTH]))
        elif word == b"deepen":
            depth = _number(rest)
        elif word == b"done":
            is_done = True
        else:
            raise MalformedRequest
    wants, haves, shallow = (tuple(ids) for ids in found.values())
    if not wants:
        raise MalformedRequest
    is_about_depth = end_of_wants == len(body)
    return UploadRequest(wants, haves, shallow, depth, capabilities, is_done, is_about_depth)


def _id(digits: bytes) -> bytes:
    try:
        id_ = bytes.fromhex(digits.decode("ascii"))
    except ValueError as error:
        raise MalformedRequest from error
    if len(id_) * 2 != _ID_LENGTH:
        raise MalformedRequest
    return id_


def _number(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 10 or not int(digits):
        raise MalformedRequest
    return int(digits)
