"""Formulas are kept to the letter, found by their source and their symbols, and shown as MathML."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backmatter.index.engines.whoosh.engine import WhooshEngine
from backmatter.index.model import Post
from backmatter.index.posts.extraction.formulas import MAX_FORMULA, mathml
from backmatter.index.query.analysed import analyse
from backmatter.index.query.synonyms import builtin_synonyms
from backmatter.index.search.curation import Editorial
from backmatter.index.search.search import search
from tests.build import apply
from tests.reading import post_of


def formulas(post: Post) -> list[str]:
    return [post.text[formula.start : formula.end] for formula in post.formulas]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("The $\\Omega$ of it.", ["$\\Omega$"]),
        ("$x$ and $n+1$, a $k$th, $f(x)$.", ["$x$", "$n+1$", "$k$", "$f(x)$"]),
        ("$$E = mc^2$$", ["$$E = mc^2$$"]),
        ("$$\na \\\\ b\n$$", ["$$ a \\\\ b $$"]),
        ("So \\(a_1 * b_2\\) is.", ["\\(a_1 * b_2\\)"]),
        ("So \\\\(c_3\\\\) is.", ["\\(c_3\\)"]),
        ("\\[\nx^2 = 1\n\\]", ["\\[ x^2 = 1 \\]"]),
        ("**bold $y^2$** and a $z_1$.", ["$y^2$", "$z_1$"]),
        ("| a |\n|---|\n| $x^2$ |", ["$x^2$"]),
        ("A lunch is $5 and $10.", []),
        ("It costs $5-$10, or $1,000/$2,000.", []),
        ("Set $HOME and $PATH, or $HOME/$PATH, $A_B:$C_D.", []),
        ("In code `$x^2$` and `\\(a_1\\)`.", []),
        ("    $x^2$\n", []),
        ("```\n$x^2$\n```", []),
        ("Escaped \\(see below\\) and \\[1\\].", []),
        ("A bad $\\nosuch{x}$ and $\\frac_$.", []),
        ("One $x^2", []),
    ],
)
def test_formulas_are_told_from_prices_code_and_brackets(markdown: str, expected: list[str]):
    assert formulas(post_of(markdown)) == expected


@pytest.mark.parametrize(
    ("html", "text", "expected"),
    [
        (
            '<p>See <span class="katex"><span class="katex-mathml"><math><semantics><mi>E</mi><annotation encoding='
            '"application/x-tex">E^2</annotation></semantics></math></span><span class="katex-html" aria-hidden="true">'
            "E2</span></span> now.</p>",
            "See \\(E^2\\) now.",
            ["\\(E^2\\)"],
        ),
        ("<p>So <math><mi>x</mi><mo>≤</mo><mi>Ω</mi></math> is.</p>", "So x≤Ω is.", []),
        ('<p>So <script type="math/tex">a_1 < b</script> is.</p>', "So \\(a_1 < b\\) is.", ["\\(a_1 < b\\)"]),
        ("<p>So <mjx-container><svg></svg><math><mi>z</mi></math></mjx-container> is.</p>", "So z is.", []),
        ("<p>a<script>alert(1)</script>b</p>", "ab", []),
    ],
)
def test_formulas_of_pages_are_read_as_tex_where_they_have_it(html: str, text: str, expected: list[str]):
    post = post_of(f"<body><article>{html}</article></body>", "a.html")
    assert (post.text, formulas(post)) == (text, expected)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("$x^2$", '<math display="inline"><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow></math>'),
        ("$$\\Omega$$", '<math display="block"><mrow><mi>Ω</mi></mrow></math>'),
        ("$a<b$", '<math display="inline"><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math>'),
        (
            "$\\text{<script>alert(1)</script>}$",
            '<math display="inline"><mrow><mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext></mrow></math>',
        ),
        (
            "$\\href{javascript:alert(1)}{x}$",
            '<math display="inline"><mrow><mrow><mrow><mi>x</mi></mrow></mrow></mrow></math>',
        ),
        ("$\\nosuch{x}$", ""),
        ("${$", ""),
        ("$a & b$", ""),
        ("x^2", ""),
        (f"${'x' * MAX_FORMULA}$", ""),
    ],
)
def test_a_formula_becomes_mathml_that_is_safe_or_nothing(formula: str, expected: str):
    assert mathml(formula) == expected


@given(st.text("\\{}[]()^_&$<>'\"abfrctexhline 1", max_size=60))
@example("\\left(" * 200)
@example("{" * 1400)
@example("a_" * 1400)
@example("\\begin{matrix}" * 100)
def test_no_formula_is_too_much(source: str):
    started = time.process_time()
    made = mathml(f"${source}$")
    assert not made or made.startswith("<math ")
    assert "<script" not in made
    assert time.process_time() - started < 1


POST = "The sum $\\sum_{i=0}^n \\frac{a_i}{b} \\leq \\Omega$ is small. A λ is written, too; $5 and $10 are prices."


@pytest.mark.parametrize(
    "query",
    ["\\Omega", "Ω", "omega", "∑", "≤", "leq", "\\frac{a_i}{b}", "\\sum_{i=0}^n", "lambda", "\\lambda", "λ", "frac"],
)
def test_a_formula_is_found_by_its_source_its_symbols_and_their_names(tmp_path, query: str):
    engine = WhooshEngine(tmp_path / "index")
    apply(engine, [post_of(POST)])
    found = search(engine.snapshot(), analyse(query), editorial=Editorial(builtin_synonyms()))
    assert found.complete == 1


@pytest.mark.parametrize(
    ("text", "query", "html"),
    [
        ("So $x^2$ is big.", "big", "So MATH is <mark>big</mark>."),
        ("So $x^2$ is big.", "x", "So <mark>MATH</mark> is big."),
        ("So $x^2$ is $x^2$.", "so", "<mark>So</mark> MATH is MATH."),
        ("A $\\nosuch{x}$ is big.", "big", "A $\\nosuch{x}$ is <mark>big</mark>."),
        ("A <b> $5 and $10.", "and", "A $5 <mark>and</mark> $10."),
    ],
)
def test_a_passage_shows_formulas_as_mathml(tmp_path, text: str, query: str, html: str):
    engine = WhooshEngine(tmp_path / "index")
    apply(engine, [post_of(text)])
    [hit] = search(engine.snapshot(), analyse(query)).hits
    assert hit.passage.html == html.replace("MATH", mathml("$x^2$"))


@pytest.mark.parametrize("words", range(0, 60, 7))
def test_a_passage_never_cuts_a_formula(tmp_path, words: int):
    engine = WhooshEngine(tmp_path / "index")
    apply(
        engine, [post_of(f"{'$x + y + z_1$ ' * 9} {'word ' * words} target {'word ' * words} {'$x + y + z_1$ ' * 9}")]
    )
    [hit] = search(engine.snapshot(), analyse("target")).hits
    assert "$" not in hit.passage.html
