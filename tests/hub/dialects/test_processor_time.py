"""No file takes longer to read than others of its length."""

from tests.processor_time import bounded
from wiki.hub.markdown_file import read_markdown_page

LENGTH = 200_000  # characters; what takes the square of them takes hours

_HEADINGS = (
    "# a" + " " * LENGTH + "b",
    "# a" + " #" * 100_000 + "b",
    "# a" + "{" * LENGTH,
    "a" + " " * LENGTH + "\n===",
    "# a\n\n## a" + " " * LENGTH + "b{",
)
_PLAYERS = ("<video " + "{} " * 40, "<video " + "{} " * 70_000, "<video {" * 50_000)
_MDX = (
    "import" + " " * LENGTH + "x",
    "import 'a'" + " " * LENGTH + "x",
    "import 'a'\n\n" + "{/*" * 70_000,
    "import 'a'\n\n" + "`{/*` " * 50_000,
    "import 'a'\n\n" + ("<A\n" + 50 * ("x" * 200 + "\n")) * 40,
)
_SHORTCODES = (
    "{% highlight a %}\n" * 20_000,
    "{% highlight " + "a" * LENGTH,
    "{{< " + " ".join("`" * length for length in range(1, 900)),
    '{{< x "' + '\\"' * LENGTH + '" >}}',
)
_MATERIAL = (
    "[a]{ " + ".a " * 70_000,
    "[x](y){ .a } " + " ".join("`" * length for length in range(1, 600)),
    "".join(" " * 4 * depth + '=== "a"\n' for depth in range(300)),
)


def test_a_text_made_to_be_slow_is_read_at_once():
    for text in (*_HEADINGS, *_PLAYERS, *_MDX, *_SHORTCODES, *_MATERIAL):
        with bounded(1):
            read_markdown_page("a.mdx", text)
