"""TeX becomes MathML, or stays as it was written."""

import pytest

from tests.markup.html_allowlist import violations
from wiki.markup import render


def html(text: str) -> str:
    return render(text).html


def test_a_formula_in_a_line():
    assert html("so $x^2$ it is") == (
        "<p>so <math><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math> it is</p>"
    )


@pytest.mark.parametrize(
    ("tex", "spaces"),
    [
        (r"O(n \log n)", 2),
        (r"\log\log n", 2),
        (r"\sin^2 x", 1),
        (r"\log_2 \frac{a}{b}", 1),
        (r"\sqrt{2 \ln 2}", 2),
        (r"\log(n)", 0),
        (r"a + \max_i x_i", 0),  # an operator, which browsers space by themselves
        ("x y z", 0),
    ],
)
def test_names_of_functions_stand_apart(tex, spaces):
    assert html(f"${tex}$").count("<mspace") == spaces


@pytest.mark.parametrize("text", ["$$\nx\n$$", "```math\nx\n```"])
def test_a_formula_of_its_own(text):
    assert html(text) == (
        '<div class="formula" tabindex="0" role="region" aria-label="Formula">'
        '<math display="block"><mrow><mi>x</mi></mrow></math></div>'
    )


@pytest.mark.parametrize(
    "text",
    ["It costs $5 and $6.", "`$x$`", r"\$x\$", "a $ b $ c", "$HOME/bin:$PATH", "pay 5$ or 6$"],
)
def test_other_dollars_stay_as_they_are(text):
    assert "<math" not in html(text)


@pytest.mark.parametrize(
    "tex", [r"\nonsense x", r"\left(", r"\begin{matrix}a", "{" * 500, "x" * 2001]
)
def test_what_cannot_be_read_is_shown_as_source(tex):
    assert f'<code class="language-tex">{tex}</code>' in html(f"${tex}$")


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(//e.org)}{x}",
        r"\class{frame}{x}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\unicode{x3c}script\unicode{x3e}",
        r"\color{red\"onload=alert(1)}{x}",
        r"\mathrm{</math><script>}",
    ],
)
def test_no_formula_attacks(tex):
    got = html(f"${tex}$\n\n$$\n{tex}\n$$")
    assert not violations(got)
    assert "javascript" not in got.replace(tex, "")


def test_html_may_not_bring_mathml():
    assert "<m" not in html("<math><mtext><img src=x></mtext></math>")


def test_a_formula_is_found_by_its_source():
    rendered = render(r"Euler: $e^{i\pi}$" "\n\n$$\nE = mc^2\n$$")
    assert r"e^{i\pi}" in rendered.body
    assert "E = mc^2" in rendered.plain


def test_a_table_and_a_heading_may_hold_formulas():
    got = html("# On $n$\n\n| a |\n|---|\n| $x|y$ |\n| $z$ |")
    assert got.startswith('<h2 id="on-n">On <math>')
    assert "<td><math><mrow><mi>z</mi></mrow></math></td>" in got


def test_many_formulas_end_in_time_and_the_rest_is_source():
    got = render("\n\n".join(["$" + "x+" * 900 + "x$"] * 300))
    assert got.is_complete
    assert "<math>" in got.html
    assert "language-tex" in got.html


def test_one_that_may_be_wider_than_the_page_takes_the_focus_and_has_a_name():
    frame = 'class="formula" tabindex="0" role="region" aria-label="Formula">'
    wide = " + ".join(f"x_{i}" for i in range(20))
    assert f"<div {frame}<math" in render(f"$$\n{wide}\n$$").html
    assert f"<span {frame}<math" in render(f"So ${wide}$ and $${wide}$$").html
    assert "formula" not in render("So $x_1$").html
