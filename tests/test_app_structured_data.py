"""What other programs show of an article that somebody links to."""

import json

import pytest

from tests.browsing import page
from tests.conftest import Journal

HOME = "http://127.0.0.1:8000"


def properties(client, address: str) -> dict[str, str]:
    return {str(tag["property"]): str(tag["content"]) for tag in page(client, address).soup.select("meta[property]")}


def data(client, address: str) -> dict:
    (block,) = page(client, address).soup.select('script[type="application/ld+json"]')
    return json.loads(block.string)


def test_an_article_is_described_for_social_sites(client):
    assert properties(client, "/articles/time") == {
        "og:type": "article",
        "og:site_name": "The Backend Engineer's Playbook",
        "og:title": "Just About Go Time",
        "og:description": "One way to store a moment.",
        "og:url": f"{HOME}/articles/time",
        "article:published_time": "2026-05-08T00:00:00+00:00",
        "article:modified_time": "2026-05-19T00:00:00+00:00",
        "article:tag": "time",
    }


def test_an_article_is_described_for_search_engines(client):
    assert data(client, "/articles/time") == {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": "Just About Go Time",
        "description": "One way to store a moment.",
        "url": f"{HOME}/articles/time",
        "inLanguage": "en",
        "datePublished": "2026-05-08T00:00:00+00:00",
        "dateModified": "2026-05-19T00:00:00+00:00",
        "author": {"@type": "Person", "name": "Mara Lindqvist"},
        "keywords": ["go", "time"],
        "publisher": {"@type": "Organization", "name": "The Backend Engineer's Playbook"},
    }


def test_what_is_not_known_is_left_out_and_a_text_without_a_summary_begins(client):
    described = data(client, "/articles/undated")
    assert not {"datePublished", "dateModified", "author", "keywords"} & set(described)
    assert described["description"] == "Nothing but a remark on gardening."


def test_the_journal_is_named_at_its_start_and_nowhere_else(client):
    assert data(client, "/")["@type"] == "WebSite"
    assert properties(client, "/")["og:type"] == "website"
    assert properties(client, "/search?q=cache") == {}


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!--<script>", "a' \" & \\ z"])
def test_data_of_a_hostile_post_stays_data(journal: Journal, client, text):
    journal.write(hostile=f"---\ntitle: {json.dumps(text)}\n---\nx\n")
    assert data(client, "/articles/hostile")["headline"] == text
    assert len(page(client, "/articles/hostile").soup.select("script:not([src])")) == 1
