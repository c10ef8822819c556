"""Shortcodes of Hugo and tags of Jekyll."""

import pytest

from tests.files.upload_forms import picture
from wiki.hub.dialects.shortcodes import convert_shortcodes


@pytest.mark.parametrize(
    ("written", "made"),
    [
        ('{{< figure src="a.png" alt="An [x]" >}}', r"![An \[x\]](a.png)"),
        ("{{% figure src='a b.png' caption=\"C\" %}}", "![C](<a b.png>)\\\nC"),
        ('[x]({{< ref "b.md#c" >}})', "[x](b.md#c)"),
        ("[x]({{% relref `b` %}})", "[x](b)"),
        ("[x]({{ site.baseurl }}{% link a/b.md %})", "[x](a/b.md)"),
        ("{{< youtube abc >}}", "<https://www.youtube.com/watch?v=abc>"),
        ('{{< vimeo id="12" >}}', "<https://vimeo.com/12>"),
        ("{{% note %}}\nA\n{{% /note %}}", "\n:::note\n\nA\n\n:::\n"),
        ('{{< hint type=warning title="T" >}}\nA\n{{< /hint >}}', "\n:::warning T\n\nA\n\n:::\n"),
        ("{{< tip >}}", "`{{< tip >}}`"),  # never closed
        ("{{< new-in 0.1 />}}", "`{{< new-in 0.1 />}}`"),
        ("[x]({{% url y %}})", "x (`{{% url y %}}`)"),
        ('{{< img\n  src="a.png"\n  alt="b"\n>}}', "![b](a.png)"),
        ("{% include a.html %}", "`{% include a.html %}`"),
        ("{{< x `a` >}}", "`` {{< x `a` >}} ``"),
        ("`{{< kept >}}`", None),
        ("`[x]({{% url y %}})` and ``{{< a `b` >}}``", None),
        ("` {{< tip >}}\n\n`", "` `{{< tip >}}`\n\n`"),
        ("```\n{{< kept >}}\n```", None),
        ("{{ kept }} {{< not closed", None),
        ("{{</* x */>}}", "`` {{< x >}} ``"),
        ("```\n{{</* x */>}}\n```", "```\n{{< x >}}\n```"),
        ('{{< highlight go "linenos=1" >}}\nx\n{{< /highlight >}}', "```go\nx\n```"),
        ("{% highlight md %}\na ``` b\n{% endhighlight %}", "````md\na ``` b\n````"),
    ],
)
def test_a_shortcode_becomes_what_it_means_or_code(written, made):
    assert convert_shortcodes(written) == (written if made is None else made)


def test_a_figure_and_a_reference_come_in_whole(client, nexus_import, tree):
    nexus_import(
        tree(
            {
                "a.md": '# A\n\n{{< figure src="p.png" >}}\n\n[b]({{< relref "b.md#one" >}})\n',
                "b.md": "# B\n\n## One\n",
                "p.png": picture(),
            }
        )
    )
    page = client.get("/wiki/a").text
    assert '<img src="/files/' in page
    assert 'href="/wiki/b#one"' in page
