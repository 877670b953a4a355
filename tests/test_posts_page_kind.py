"""Lists, searches, redirects and the like are told from articles by their addresses and by what is on them."""

from datetime import UTC, datetime

import pytest

from backmatter.index.posts import held_back
from backmatter.index.settings import Settings
from tests.reading import post_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TEXT = "<p>" + "All of an article, which is a text of some length. " * 5
ENTRY = "<article><h2><a href=/posts/{0}/>Post {0}</a></h2><p>" + "It begins like this. " * 5 + "</article>"
ENTRIES = "".join(map(ENTRY.format, (1, 2, 3)))
LINKS = "<ul>" + "".join(f"<li><a href=../posts/{n}.html>A post about {n}</a>" for n in range(9)) + "</ul>"
OVERLAY = "<article><h2>Post</h2><p>It begins like this.<a aria-label='to the post' href=/posts/1/></a></article>"
IS_ARTICLE = "<meta property=article:published_time content=2026-01-31>"
IS_WEAKLY_ARTICLE = "<meta property=og:type content=article>"
LINKED_ARTICLE = "<script type=application/ld+json>{'@type': 'BlogPosting'}</script>".replace("'", '"')


def reason(path: str, page: str) -> str | None:
    return held_back(post_of(page, path, base_url="https://journal.example.org"), NOW, Settings(content=()).hold_back)


CARD = "<article class=card><h3><a href=/p{0}>Another post {0}</a></h3><p>It begins.</p></article>"
CARDS = "<section>" + "".join(map(CARD.format, range(6))) + "</section>"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("a.html", f"<main><article><h1>A</h1><div class=post-content>{TEXT * 4}</div></article>{CARDS}</main>"),
        ("a.html", f"<main><article><h1>A</h1><div itemprop=articleBody>{TEXT * 4}</div></article></main>{CARDS}"),
        ("a.html", f"<main><article><h1>A</h1><time datetime=2026-01-02>2</time><p>Two words.</article>{CARDS}</main>"),
        ("a.html", "<main><h1>A drawing</h1><img src=a.png></main>"),
        ("a.html", f"<main><h1>A</h1>{TEXT}<ol class=postlist><li><a href=/b/>B</a></ol>"),
        ("posts/search/index.html", f"{IS_ARTICLE}<main><h1>Search in Go</h1><p>Use a trie.</p></main>"),
        (
            "posts/tags/index.html",
            "<article><h1>HTML tags</h1><time datetime=2026-01-02>2</time><p>Close.</article>",
        ),
    ],
)
def test_an_article_beside_others_and_one_with_the_name_of_a_list_is_one(path, page):
    assert reason(path, page) is None


ONLY = "<h2><a href='/blog/only/'>The only post so far</a></h2><p>Its summary is short.</p>"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("blog/index.html", f"<main><h1>Blog</h1><article>{ONLY}</article></main>"),
        ("blog/index.html", f"<main><article>{ONLY}{'A long text. ' * 50}</article></main>"),
        ("index.html", f"<main><p>A journal about queues.</p><article>{ONLY}</article></main>"),
        ("blog/index.html", "<main><ul><li><a href=only/>The only post so far</a><p>Its summary.</ul></main>"),
        ("blog/index.html", "<main><h2>The only post</h2>Text.<a aria-label='The post' href=/blog/only/></a></main>"),
    ],
)
def test_a_list_with_a_single_entry_is_one(path, page):
    assert post_of(f"<title>Blog | Dc</title>{page}", path).no_article == "a list of pages"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (
            "guide/index.html",
            f"<main><h1>Guide</h1><p>{'A long text. ' * 50}</p><h2><a href=/guide/b/>B</a></h2>Text</main>",
        ),
        ("blog/a/index.html", "<main><h1>A</h1><p>We moved <a href=/blog/b/>there</a>.</main>"),
        ("guide/index.html", "<main><h1>Guide</h1>Start with <a href=/guide/install/>the installation</a>.</main>"),
        ("blog/a/index.html", "<main><h2><a href=/blog/b/>B</a></h2>is what this is a comment on.</main>"),
    ],
)
def test_an_article_with_a_single_link_is_one(path, page):
    assert not post_of(f"<title>A</title>{page}", path).no_article


def test_a_list_with_a_title_in_front_matter_is_what_its_author_wrote():
    assert reason("doc/index.html", f"---\ntitle: Documentation\n---\n<main>{LINKS}</main>") is None
    assert reason("doc/index.html", f'{{"url": "/doc/"}}\n<main>{LINKS}</main>') == "a list of pages"


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("index.html", f"<main>{ENTRIES}</main>"),
        ("blog/index.html", f"<main>{LINKS}</main>"),
        ("index.html", f"<main><h2><a href=a/>A</a></h2>{TEXT}<h2><a href=b/>B</a></h2>{TEXT}</main>"),
        ("index.html", "<main>" + ENTRIES.replace("<h2><a", "<a class=link").replace("</a></h2>", "</a>") + "</main>"),
        ("index.html", f"<main><h1>Journal</h1><ul class='post-list x'><li><a href=/a/>A</a>{TEXT}</ul></main>"),
        ("tags/go/index.html", f"<main><h1>Go</h1>{ENTRY.format(1)}</main>"),
        ("tags/go/index.html", f"<main><h1>Go</h1>{OVERLAY}</main>"),
        ("category/go.html", f"<main>{TEXT}<a href=/posts/1/>{'more ' * 30}</a></main>"),
        ("categories.html", "<main><h1>Categories</h1></main>"),
        ("page/2/index.html", f"<main>{ENTRY.format(1)}</main>"),
        ("index3.html", f"<main>{ENTRY.format(1)}</main>"),
        ("archives/index.html", f"{LINKED_ARTICLE}<main>{LINKS}</main>"),
        (
            "blog/index.html",
            "<link rel=canonical href=https://a.example/blog/><main>"
            + LINKS.replace("../posts", "https://a.example/posts"),
        ),
    ],
)
def test_a_list_of_pages_is_no_article(path, page):
    assert reason(path, page) == "a list of pages"


@pytest.mark.parametrize(
    ("path", "page", "expected"),
    [
        ("404.html", f"<main>{TEXT}</main>", "an error page"),
        ("404/index.html", f"<main>{TEXT}</main>", "an error page"),
        ("search/index.html", "<main><h1>Search</h1><form><input></form></main>", "a search page"),
        ("search.html", f"{LINKED_ARTICLE}<main><h1>Search</h1></main>", "a search page"),
        ("drafts/a.html", f"<main>{TEXT}</main>", "in a folder of drafts"),
        ("genindex.html", f"<main>{TEXT}</main>", "an index of terms"),
        ("_static/a.html", f"<main>{TEXT}</main>", "a file of the theme"),
        ("index.html", "<main><h1>Welcome</h1></main>", "a page without a text"),
        ("galleries/index.html", "<main><h1>Galleries</h1><div></div></main>", "a page without a text"),
        ("tags/a.html", f"<main><h1>A</h1>{TEXT}<ol class=postlist><li><a href=/b/>B</a></ol>", "a list of pages"),
        ("index.html", f"<main><h1>Latest</h1>{TEXT}<ol class=postlist><li><a href=/b/>B</a></ol>", "a list of pages"),
        (
            "blog/index.html",
            f"<main><h1>All</h1>{TEXT}<ol class=postlist><li><a href=/b/>B</a></ol>",
            "a list of pages",
        ),
        ("old.html", "<meta http-equiv=refresh content='0; url=/new/'>", "a redirect to /new/"),
        (
            "old.html",
            "<meta http-equiv=Refresh content=\"0;URL='https://a.example/'\">",
            "a redirect to https://a.example/",
        ),
        ("page.html", f"<meta name=robots content=noindex><main>{TEXT}</main>", "unlisted"),
    ],
)
def test_other_pages_that_are_no_articles_are_named(path, page, expected):
    assert reason(path, page) == expected


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("page.html", f"<main>{TEXT}</main>"),
        ("index.html", f"<main><h1>Welcome</h1>{TEXT}</main>"),
        ("posts/404/index.html", f"<main>{TEXT}</main>"),
        ("search/index.html", f"<main>{TEXT * 3}</main>"),
        ("archive/a.html", f"<main>{TEXT}<a href=/>Home</a></main>"),
        ("tags/index.html", f"<main><h1>How tags work</h1>{TEXT}</main>"),
        ("tags/go/index.html", f"{IS_ARTICLE}<main>{ENTRY.format(1)}{TEXT}</main>"),
        ("page.html", f"{IS_ARTICLE}<main>{LINKS}</main>"),
        ("page.html", f"{LINKED_ARTICLE}<main>{LINKS}</main>"),
        ("page.html", "<main><ol>" + "<li><a href=#a>In this page</a>" * 9 + "</ol></main>"),
        ("page.html", "<main><ul>" + "<li><a href=https://b.example/x>Elsewhere</a>" * 9 + "</ul></main>"),
        ("page.html", "<main><ul>" + "<li><a href=/a.zip>A download</a>" * 9 + "</ul></main>"),
        ("page.html", f"<main><article>{TEXT * 3}</article>{ENTRY.format(1)}{ENTRY.format(2)}</main>"),
        ("page.html", f"<main>{TEXT}<nav>{LINKS}</nav><div class=related>{LINKS}</div></main>"),
        ("page.html", f"<main>{TEXT}{TEXT}<div class=post-list><a href=/a/>A</a>{TEXT}</div></main>"),
        ("struct.html", "<main>" + "<h4>impl <a href=a.html>A</a> for <a href=b.html>B</a></h4>" * 3 + "</main>"),
        (
            "api.html",
            "<main>" + "<p><code>fn <a href=../a.html>aaaa</a> -> <a href=b.html>B</a></code>" * 3 + "</main>",
        ),
        ("live.html", f"<meta http-equiv=refresh content=300><main>{TEXT}</main>"),
        ("live.html", f"<meta http-equiv=refresh content='300; url=/live.html'><main>{TEXT}</main>"),
        ("post.md", f"# T\n\n{LINKS}"),
    ],
)
def test_where_in_doubt_a_page_is_an_article(path, page):
    assert reason(path, page) is None


def test_pages_that_are_no_articles_are_found_if_the_author_wants_that():
    post = post_of(f"<main>{LINKS}</main>", "page.html")
    assert held_back(post, NOW, ("draft",)) is None
