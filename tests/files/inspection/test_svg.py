"""SVG: a picture, and nothing but a picture."""

from pathlib import Path

import pytest

from tests.files.svg_allowlist import HEAD, assert_drawn
from tests.files.upload_forms import fetch
from wiki.files.errors import FileRefused
from wiki.files.inspection.report import InspectionReport
from wiki.files.inspection.svg import inspect_svg


@pytest.fixture
def drawn(tmp_path: Path):
    """`drawn('<rect/>')`: what is left of a picture, as text."""

    def drawn(inside: str, attributes: str = "", head: str = HEAD) -> str:
        report = inspect_svg(f"{head} {attributes}>{inside}</svg>".encode(), tmp_path)
        content = Path(report.file).read_bytes()
        assert_drawn(content)
        return content.decode()

    return drawn


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<script xlink:href="https://evil.example/x.js"/>',
        "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>alert</p></foreignObject>",
        '<rect onclick="alert(1)" OnLoad="alert(1)"/>',
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        '<set attributeName="onmouseover" to="alert(1)"/>',
        '<use href="https://evil.example/x.svg#alert"/>',
        '<use xlink:href="data:image/svg+xml;base64,alert"/>',
        '<image href="https://evil.example/alert.png"/>',
        '<image href="data:image/svg+xml,&lt;script>alert(1)&lt;/script>"/>',
        "<style>@import url(https://evil.example/alert.css);</style>",
        "<style>rect { fill: url('https://evil.example/alert') }</style>",
        r"<style>rect { fill: u\72l(https://evil.example/alert) }</style>",
        '<rect style="fill: url(https://evil.example/alert)"/>',
        '<rect fill="url(https://evil.example/alert)"/>',
        '<rect filter="url( //evil.example/alert )"/>',
        '<g xml:base="https://evil.example/alert"><use href="#a"/></g>',
        '<handler xmlns="http://www.w3.org/2001/xml-events">alert(1)</handler>',
        '<html:script xmlns:html="http://www.w3.org/1999/xhtml">alert(1)</html:script>',
        '<x:metadata xmlns:x="urn:x">alert</x:metadata><metadata>alert</metadata>',
        '<iframe src="alert"/><embed src="alert"/><object data="alert"/>',
        "<!-- alert --><?xml-stylesheet href='alert'?>",
    ],
)
def test_what_runs_or_loads_something_goes(drawn, inside):
    kept = drawn(f"{inside}<circle r='5'/>").lower()
    assert "alert" not in kept
    assert "evil" not in kept
    assert "<circle" in kept


def test_what_is_drawn_stays(drawn):
    kept = drawn(
        "<defs><linearGradient id='g'><stop offset='1' stop-color='red'/></linearGradient></defs>"
        "<style>.a { fill: url(#g) }</style>"
        "<g transform='scale(2)'><rect class='a' width='9' style='stroke: blue'/></g>"
        "<use xlink:href='#g'/><a href='https://example.org'><text x='1'>ሰላም</text></a>"
        "<image href='data:image/png;base64,iVBORw0KGgo='/>",
        "viewBox='0 0 9 9'",
    )
    for part in (
        'stop-color="red"',
        "url(#g)",
        'transform="scale(2)"',
        "stroke: blue",
        'href="#g"',
        "ሰላም",
        "data:image/png;base64,iVBORw0KGgo=",
        'viewBox="0 0 9 9"',
    ):
        assert part in kept, part


def test_cleaning_it_again_changes_nothing(drawn, tmp_path):
    once = drawn("<g><script/><rect fill='red'/>text</g>")
    again = inspect_svg(once.encode(), tmp_path)
    assert Path(again.file).read_text() == once


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "x">]>' + HEAD + ">&a;</svg>", "entities"),
        ('<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + HEAD + "/>", None),
        (HEAD + "><rect></svg>", "damaged"),
        ("<p>none</p>", "damaged"),
        (HEAD + "/>" + " " * 5_000_001, "too-complex"),
    ],
)
def test_what_is_no_plain_picture_is_refused(tmp_path, content, reason):
    if reason is None:
        assert isinstance(inspect_svg(content.encode(), tmp_path), InspectionReport)
        return
    with pytest.raises(FileRefused, match=reason):
        inspect_svg(content.encode(), tmp_path)


def test_copies_of_copies_are_refused(drawn):
    levels = "".join(
        f"<g id='a{n}'>" + f"<use href='#a{n - 1}'/>" * 10 + "</g>" for n in range(1, 9)
    )
    with pytest.raises(FileRefused, match="too-complex"):
        drawn(f"<g id='a0'><rect/></g>{levels}<use href='#a8'/>")
    with pytest.raises(FileRefused, match="too-complex"):
        drawn("<g id='a'><use href='#a'/></g>")


FILLED = "<path d='M0 0h9v9z' fill='url(#m8)'/>"


@pytest.mark.parametrize(
    ("inside", "last"),
    [
        ("<pattern id='m{n}'>{ten}</pattern>", FILLED),
        ("<mask id='m{n}'>{ten}</mask>", "<rect style='mask: url(#m8)'/>"),
        ("<marker id='m{n}'>{ten}</marker>", "<path d='M0 0h9' marker-end='url(#m8)'/>"),
        ("<pattern id='m{n}' fill='url(#m{before})'>{bare}</pattern>", FILLED),
        ("<pattern id='m{n}'>{classes}</pattern>", FILLED),
        ("<pattern id='m{n}'>{points}</pattern><marker id='k{n}'/>", FILLED),
        ("<g style='--x: url(#m{n})'/><pattern id='m{n}'/>", FILLED),
    ],
)
def test_patterns_of_patterns_are_refused(drawn, inside, last):
    levels = "".join(
        f"<style>.c{n} {{ fill: url(#m{n - 1}) }}</style>"
        + inside.format(
            n=n,
            before=n - 1,
            ten=f"<rect fill='url(#m{n - 1})' mask='url(#m{n - 1})'/>" * 5,
            bare="<rect/>" * 10,
            classes=f"<rect class='a c{n}'/>" * 10,
            points=f"<path d='{'M0 0L1 1' * 6}' marker-mid='url(#m{n - 1})'/>",
        )
        for n in range(1, 9)
    )
    with pytest.raises(FileRefused, match="too-complex"):
        drawn(f"<pattern id='m0'><rect/></pattern>{levels}{last}")


def test_a_chart_with_patterns_and_gradients_is_drawn(drawn):
    stops = "<stop offset='0'/>" * 20
    shapes = "<path class='a' d='M0 0h1' fill='url(#g)' clip-path='url(#c)'/>" * 5_000
    picture = (
        "<style>.a { stroke: url(#p) } .b, rect.c { mask: url(#p) }</style>"
        f"<linearGradient id='g'>{stops}</linearGradient><clipPath id='c'><rect/></clipPath>"
        f"<pattern id='p'>{'<rect/>' * 9}</pattern><g fill='url(#p)'>{shapes}</g>"
    )
    assert "linearGradient" in drawn(picture)


def test_it_is_served_under_a_policy_of_its_own(stored, client):
    file = stored("cat.png", f"{HEAD} width='20' height='10'><script>1</script></svg>".encode())
    assert file["name"] == "cat.svg"
    answer = fetch(client, file["url"])
    assert answer.mimetype == "image/svg+xml"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert "20 × 10 pixels" in client.get("/files/1").text
