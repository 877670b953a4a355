"""Pages that were written for Pagefind 1.6 are read as it reads them, on the tree that browsers make of them."""

import pytest

from tests.reading import post_of

FACETS = ("series", "level", "my key", "xml:k", "author", "")


def page(content, head="<title>T</title>", path="a.html"):
    return post_of(f"<html><head>{head}</head><body>{content}</body></html>", path, facets=FACETS)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p data-pagefind-body>a</p>x<div><p data-pagefind-body>b</p></div>", "a\nb"),
        ("<div>x <section data-pagefind-body>in</section> tail <p>p</p></div>end", "in"),
        ("<div data-pagefind-body>a <b data-pagefind-body>b</b> c</div>", "a b c"),
        ("<div data-pagefind-ignore>x<p data-pagefind-body>a</p></div>", "a"),
        ("<p data-pagefind-ignore data-pagefind-body>a</p>x", "a"),
        ("<div data-pagefind-ignore=ALL><p data-pagefind-body>x</p></div><main>a</main>", "a"),
        ("<div data-pagefind-ignore=none><p data-pagefind-body>x</p></div><p data-pagefind-body>a</p>", "a"),
        ("<nav><p data-pagefind-body>a</p></nav>x", "a"),
        ("<nav data-pagefind-body>x</nav><main>a</main>", "a"),
        ("<footer data-pagefind-body>x</footer><main>a</main>", "a"),
        ("<img data-pagefind-body alt=x><main>a</main>", "a"),
        ("<main>a<p data-pagefind-ignore>x</p><p data-pagefind-ignore=index>x</p></main>", "a"),
        ("<main>a<p data-pagefind-ignore=true>x</p><p data-pagefind-ignore=all>x</p></main>", "a"),
        ("<main>a<script>x</script><style>x</style><noscript>x</noscript><svg><text>x</text></svg></main>", "a"),
        ("<main>a<!-- x --><form>x</form><footer>x</footer><nav>x</nav><iframe>x</iframe></main>", "a"),
        ("<main><header>a</header><aside>b</aside><details>c</details><del>d</del></main>", "a\nb\nc\nd"),
    ],
)
def test_what_is_marked_as_the_body_is_read_without_what_is_ignored(content, text):
    assert page(content).text == text


@pytest.mark.parametrize(
    ("content", "anchors"),
    [
        ("<h2 id=a>A</h2>x<h2 id=b data-pagefind-ignore>B</h2>y", ["a"]),
        ("<h2 id=a>A</h2>x<div data-pagefind-ignore><h2 id=b>B</h2></div>y", ["a"]),
        ("<section id=s><h2>A</h2>x</section>", ["s"]),
    ],
)
def test_an_ignored_heading_has_no_anchor(content, anchors):
    assert [section.anchor for section in page(f"<main>{content}</main>").sections if section.title] == anchors


def test_a_page_whose_body_is_ignored_is_left_out():
    post = post_of("<title>T</title><body data-pagefind-ignore><main>a", "a.html")
    assert post.no_article == "a page whose body has data-pagefind-ignore"


def test_a_page_whose_body_is_ignored_around_what_is_marked_is_an_article():
    assert not post_of("<title>T</title><body data-pagefind-ignore><p data-pagefind-body>a", "a.html").no_article


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<p data-pagefind-meta=series>Go &amp; <b>Memory</b></p>", {"series": ("Go & Memory",)}),
        ("<p data-pagefind-meta=series>Go<i data-pagefind-ignore>x</i></p>", {"series": ("Go",)}),
        ("<p data-pagefind-meta=series></p>", {}),
        ("<p data-pagefind-meta='series:10:00, [a] level'>x</p>", {"series": ("10:00, [a] level",)}),
        ("<p data-pagefind-meta='series[data-s]' data-s=Go>x</p>", {"series": ("Go",)}),
        ("<p data-pagefind-meta='series[missing]'>x</p>", {}),
        ("<p data-pagefind-meta=' series , level:9'>Go</p>", {"series": ("Go",), "level": ("9",)}),
        ("<p data-pagefind-meta='my key:v'>x</p>", {"my key": ("v",)}),
        ("<p data-pagefind-meta=''>x</p>", {}),
        ("<p data-pagefind-meta=series>a</p><p data-pagefind-meta=series>b</p>", {"series": ("b",)}),
        ("<div data-pagefind-meta=series>a <i data-pagefind-meta=series>b</i></div>", {"series": ("a b",)}),
        ("<nav data-pagefind-meta=series>a</nav>", {"series": ("a",)}),
        ("<div data-pagefind-ignore><p data-pagefind-meta=series>a</p></div>", {"series": ("a",)}),
        ("<div data-pagefind-ignore=all><p data-pagefind-meta=series>a</p></div>", {}),
        ("<div data-pagefind-ignore=no><p data-pagefind-filter=series>a</p></div>", {}),
        ("<p data-pagefind-default-meta='series:a'>x</p>", {"series": ("a",)}),
        ("<p data-pagefind-meta='series:a' data-pagefind-default-meta='series:b'>x</p>", {"series": ("a",)}),
        ("<p data-pagefind-filter=series>a</p><p data-pagefind-filter=series>b, c</p>", {"series": ("a", "b, c")}),
        ("<p data-pagefind-filter='series:a, b'>x</p>", {"series": ("a, b",)}),
        ("<p data-pagefind-filter='series, level[data-l]' data-l=3>Go</p>", {"series": ("Go",), "level": ("3",)}),
        ("<p data-pagefind-sort='level:007'>x</p>", {"level": ("007",)}),
        ("<p data-pagefind-meta=author>Ada King</p>", {"author": ("Ada King",)}),
    ],
)
def test_values_of_keys_are_read(content, expected):
    assert page(f"<main><h1>T</h1>{content}</main>").facets == expected


@pytest.mark.parametrize(
    "attributes", ["content=Go data-pagefind-meta=series[content]", "data-pagefind-filter=series:Go"]
)
def test_values_of_keys_are_read_from_the_head_and_the_root(attributes):
    assert page("<main>x</main>", f"<title>T</title><meta {attributes}>").facets == {"series": ("Go",)}
    assert post_of(f"<html {attributes}><title>T</title><main>x", "a.html", facets=FACETS).facets == {"series": ("Go",)}


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("<main><h1>A</h1><p data-pagefind-meta=title>Own</p></main>", "Own"),
        ("<main data-pagefind-meta='title:Own'><h1>A</h1></main>", "Own"),
        ("<main><h1>A</h1><p data-pagefind-default-meta='title:Own'>x</p></main>", "A"),
        ("<main><p data-pagefind-default-meta='title:Own'>x</p></main>", "T"),
        ("<main><h1>A <i data-pagefind-ignore>x</i></h1>x</main>", "A"),
        ("<main><h1>A <svg><title>x</title></svg></h1>x</main>", "A"),
    ],
)
def test_a_title_for_pagefind_is_the_title(content, title):
    assert page(content).title == title


def test_a_default_title_is_that_of_a_page_without_any():
    assert page("<main><p data-pagefind-default-meta='title:Own'>x</p></main>", head="").title == "Own"


def test_dates_and_summaries_are_metadata():
    post = page("<main>x<b data-pagefind-meta=date>2026-01-31</b><i data-pagefind-meta='summary:On s'></i></main>")
    assert (f"{post.date:%Y-%m-%d}", post.summary) == ("2026-01-31", "On s")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<main>a</main><p data-pagefind-meta=audience>Everybody</p>", "a\nEverybody"),
        ("<main>a for Everybody<i data-pagefind-meta=audience>Everybody</i></main>", "a for EverybodyEverybody"),
        ("<main>a</main><p data-pagefind-meta='title:T2, image[src], image_alt:x'>x</p>", "a"),
        ("<main>a</main><p data-pagefind-default-meta='audience:Everybody'>x</p>", "a"),
    ],
)
def test_metadata_is_searched_as_text_where_the_text_does_not_have_it(content, text):
    assert page(content).text == text


@pytest.mark.parametrize(
    ("weight", "boost"),
    [("2", 4), ("0.5", 0.25), ("7", 10), ("0", 0.1), ("-3", 0.1), ("many", 1), ("nan", 1), ("", 1), ("inf", 10)],
)
def test_the_square_of_a_weight_of_the_article_multiplies_its_score(weight, boost):
    assert page(f"<main data-pagefind-body data-pagefind-weight='{weight}'>a</main>").boost == boost
    assert page(f"<div data-pagefind-weight='{weight}'><main>a</main></div>").boost == boost


def test_of_nested_weights_the_inner_one_counts_and_that_of_a_part_is_not_the_pages():
    nested = "<div data-pagefind-weight=3><main data-pagefind-weight=2>a</main></div>"
    part = "<main>a<p data-pagefind-weight=2>b</p></main>"
    assert [page(content).boost for content in (nested, part)] == [4, 1]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<abbr title='HyperText' data-pagefind-index-attrs=title>HT</abbr>", "HyperText HT"),
        ("<p data-t=a data-u=b data-pagefind-index-attrs='data-t, data-u, none'>c</p>", "a b c"),
        ("x<p data-t=a data-pagefind-ignore data-pagefind-index-attrs=data-t>c</p>", "x\na"),
        ("x<div data-pagefind-ignore><p data-t=a data-pagefind-index-attrs=data-t>c</p></div>", "x"),
        ("<a title=t href=/x>c</a>", "c"),
    ],
)
def test_attributes_that_an_element_names_are_part_of_its_text(content, text):
    assert page(f"<main>{content}</main>").text == text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<main><table><tr><th>a<th>b<tr><td>c<td>d</table></main>", "a b c d"),
        ("<main><dl><dt>a<dd>b<dt>c<dd>d</dl></main>", "a b c d"),
        ("<main><p>a<p>b<ul><li>c<li>d</ul></main>", "a b c d"),
        ("<main><p data-pagefind-ignore>x<p>a</main>", "a"),
        ("<main><pre>a\nb</pre>c<blockquote>d</blockquote>e<hr>f</main>", "a b c d e f"),
        (
            "<main><figure>a<figcaption>b</figcaption></figure><details><summary>c</summary>d</details></main>",
            "a b c d",
        ),
        ("<main><pre><code><span style='display:block'>a</span>\n<span>b</span></code></pre></main>", "a b"),
        ("<main>soft&shy;hyphen &unknown; a&nbsp;b</main>", "soft\u00adhyphen &unknown; a b"),
    ],
)
def test_words_that_pagefind_glues_or_loses_are_read_as_browsers_do(content, text):
    assert " ".join(page(content).text.split()) == text


@pytest.mark.parametrize(
    "html",
    [
        "<!doctype html><title>T</title><main>a</main>",
        "<!doctype html><html><head><title>T</title><body><main>a",
        "<html><title>T</title><main>a</html>",
    ],
)
def test_a_page_whose_tags_are_left_out_is_read(html):
    post = post_of(html, "a.html")
    assert (post.title, post.text) == ("T", "a")
