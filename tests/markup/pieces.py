"""What hostile and odd texts are made of, for tests that try many of them."""

RUNS = """[|![|[a](|[a][|<a |<div>|<b>|>|> |- |1. |*a**|*|_a__ |**a *|`a|<!--|<?|<!A |<![CDATA[|&|&#
~a|[^|[^a]|a@|http:|www.|:|[[|![[|\\|(|<p>|<table>|<li>|<table><td>|<tr><td>|</p>|<b><p>|<b><i><u>|
<ol><li>|<ruby><rt>|<details>|<h6>a|<pre>|$a|{a|[a](b "|[a](<b|[a]: |==|==a|a==|==a== |
^[|^[a b|a^[b c]|%%|%%a|%%a%%|%%%| ^a|[!a]|:::note""".replace("\n", "").split("|")
LINES = [
    "---",
    "# a",
    "- a",
    "> a\n",
    "!!! note",
    "a\n: b\n",
    "```",
    "[a]: b",
    "- [ ] a",
    "a\n-",
    "> [!a]",
    "%%",
    "%%a",
    ":::note",
    ":::",
    "::::tip",
    "a ^b",
    "^b\n",
]
