"""Names that break other programs: our own, and those of `../shared` if it is there.

`make attacks` sets NEXUS_TEST_ATTACKS: then all of the latter are tried, otherwise every sixteenth.
"""

import json
import os

from tests.optional_resources import SHARED

OWN = (
    # Ways out of a folder, and names that a file system keeps for itself
    "..",
    "../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "a/../../b",
    "%2e%2e%2fetc",
    "/etc/passwd",
    "//example.org/a",
    "C:\\a",
    "file:///etc/passwd",
    "~root/.ssh",
    "CON",
    "nul.txt",
    "LPT1",
    ".htaccess",
    ".",
    "a.",
    "trailing space ",
    "-rf",
    # Words of the wiki's own addresses
    "edit",
    "wiki/edit/wiki",
    "account/login",
    "static/css/site.css",
    "admin",
    "new?title=x",
    "a#b",
    "a?b=c&d=e",
    "100 %",
    "%00",
    "%zz",
    "%25%32%66",
    "a+b=c; d, e | f",
    # Controls, invisible characters, and changes of direction
    "a\x00b",
    "a\nb",
    "a\r\nSet-Cookie: a=b",
    "\x1b[31mred\x1b[0m",
    "\x7f",
    "a\u200bb",
    "\u2060",
    "\ufeffa",
    "a\u00adb",
    "a\u034fb",
    "\u202egnp.exe",
    "\u2067a\u2069\u2066b",
    "\u061ca",
    "\U000e0061\U000e0062",
    "\u3164",
    # Letters that look like others, or are written in several ways
    "\u0430dmin",
    "\u0391\u0392",
    "\uff41\uff44\uff4d\uff49\uff4e",
    "e\u0301 \u00e9",
    "\u1e9b\u0323",
    "\ufb01nd",
    "\u0130stanbul \u0131",
    "STRASSE Stra\u00dfe",
    "\u03c3 \u03c2 \u03a3",
    "a" + "\u0301" * 60,
    "\u1112\u1161\u11ab",
    # Other scripts, and characters outside the first plane
    "የኢትዮጵያ ፊደል",
    "قاعدة البيانات",
    "データベース",
    "हिन्दी",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f1ea\U0001f1f9",
    "\U00020bb7\U00020bb7",
    "\ufdd0\uffff",
    # Longer than a field, and hardly anything
    "a" * 300,
    "\u1230" * 200,
    "/".join("abcdefghij"),
    "/" * 50,
    "a" * 3_000,
    "",
    " ",
    "\u00a0\u3000",
    "0",
    "-1",
    "1e309",
    "NaN",
    "null",
    "None",
    "true",
    # Markup, templates, queries and formulas
    "<script>alert(1)</script>",
    "<b>bold</b>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "<!--",
    "]]>",
    "&lt;b&gt; &amp; &#0;",
    "[[a|b]] [c](d) `e` **f**",
    "---\ntitle: x\n---",
    "# heading",
    "{{ 7 * 7 }}{% raw %}",
    "${7*7} #{7*7}",
    "%s %(name)s {0} {name}",
    "'; DROP TABLE page; --",
    '" OR 1=1 --',
    "100\\_%",
    "$(reboot) `reboot` | reboot",
    "=1+1",
    "title: x, [y], {z}: &a *b !c",
)


def hostile_names() -> list[str]:
    """Every name of ours, and of the others some or all."""
    path = SHARED / "testdata" / "names.json"
    others = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    step = 1 if os.environ.get("NEXUS_TEST_ATTACKS") else 16
    return [*OWN, *(row["name"] for row in others[::step])]
