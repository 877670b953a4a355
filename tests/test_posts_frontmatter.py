"""Every kind of front matter is split off and parsed, and what is wrong with it is told with its line in the file."""

import pytest

from index.errors import PostError
from index.posts.frontmatter import MAX_FRONT_MATTER, MAX_NESTING, split
from tests.reading import error_of, post_of


@pytest.mark.parametrize(
    ("text", "kind", "values", "body"),
    [
        ("---\ntitle: A\n---\nB\n", "yaml", {"title": "A"}, "\nB\n"),
        ("---  \ntitle: A\n---  \nB", "yaml", {"title": "A"}, "\nB"),
        ("\n\n---\ntitle: A\n...\nB", "yaml", {"title": "A"}, "\nB"),
        ("------\ntitle: A\n---\nB", "yaml", {"title": "A"}, "\nB"),
        ("---\n---\nB", "yaml", {}, "\nB"),
        ("---\n# only a comment\n---\nB", "yaml", {}, "\nB"),
        ('---json\n{"Title": "A"}\n---\nB', "json", {"title": "A"}, "\nB"),
        ("---toml\ntitle = 'A'\n---\nB", "toml", {"title": "A"}, "\nB"),
        ("+++\ntitle = 'A'\n+++\nB", "toml", {"title": "A"}, "\nB"),
        ('{"title": "A"}\n\nB', "json", {"title": "A"}, "B"),
        ('<!--{\n "Title": "A"\n}-->\nB', "json", {"title": "A"}, "\nB"),
        ("Title: A\nPublish_Date: B\n\nC", "head", {"title": "A", "publishdate": "B"}, "\nC"),
        ("Title: A\nSummary: one\n    two\n\nC", "head", {"title": "A", "summary": "one two"}, "\nC"),
        ("Title: A", "head", {"title": "A"}, ""),
        ("---\npublishDate: A\nlast-mod: B\n---\n", "yaml", {"publishdate": "A", "lastmod": "B"}, "\n"),
        ("---\ndate: 2026-01-02\n---\n", "yaml", {"date": "2026-01-02"}, "\n"),
    ],
)
def test_front_matter_is_split_from_the_text(text, kind, values, body):
    front = split(text, "post.md")
    assert (front.kind, front.values, front.body) == (kind, values, body)


@pytest.mark.parametrize(
    "text",
    [
        "# A heading\n\nText.",
        "Note: this is a sentence\n\nText.",
        "Title: this runs on\ninto a paragraph",
        "---\n\nA text below a line.\n\n---\n\nMore.",
        "---\n\nA text below a line.",
        "{ braces } in prose",
        "{{< shortcode >}}",
        "<!-- a comment -->\nText.",
        "+ + +",
        "https://example.com: a link\n\nText",
    ],
)
def test_text_without_front_matter_stays_whole(text):
    front = split(text, "post.md")
    assert (front.kind, front.values, front.body) == ("none", {}, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("---\ntitle: A\n\nText", "post.md:1: the front matter is not closed; end it with a line of ---"),
        ("\n\n---\ntitle: A\n", "post.md:3: the front matter is not closed; end it with a line of ---"),
        ("+++\ntitle = 'A'\n", "post.md:1: the front matter is not closed; end it with a line of +++"),
        (
            "---\ntitle: A: B\n---\n",
            "post.md:2: the front matter is not valid YAML: mapping values are not allowed in this context; "
            "correct it there",
        ),
        (
            "---\na: 1\nb: [1, 2\n---\n",
            "post.md:4: the front matter is not valid YAML: did not find expected ',' or ']'; correct it there",
        ),
        (
            "---\na: !!python/object/apply:os.system [id]\n---\n",
            "post.md:2: the front matter is not valid YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/object/apply:os.system'; correct it there",
        ),
        (
            "---\n- a: 1\n---\n",
            "post.md:2: the front matter is not valid YAML: it is no list of keys and values; correct it there",
        ),
        (
            "\n+++\na = 1\nb = \n+++\n",
            "post.md:4: the front matter is not valid TOML: Invalid value; correct it there",
        ),
        (
            '<!--{\n "a": 1,\n}-->\n',
            "post.md:3: the front matter is not valid JSON: Expecting property name enclosed in double quotes; "
            "correct it there",
        ),
        (
            '<!--{"a": 1} text',
            "post.md:1: the front matter is not valid JSON: --> is missing behind it; correct it there",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text, message):
    with pytest.raises(PostError) as error:
        split(text, "post.md")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"---\na: {'x' * MAX_FRONT_MATTER}\n---\n", "longer than 200,000 characters; is it closed?"),
        (f"---\na: {'[' * (MAX_NESTING + 1)}\n---\n", "nested deeper than 100; flatten it"),
        (f"+++\na = {'[' * 5_000}\n+++\n", "nested deeper than 100; flatten it"),
        ('{"a": ' + "[" * 5_000, "nested deeper than 100; flatten it"),
    ],
)
def test_front_matter_has_limits(text, reason):
    assert reason in error_of(text)


def test_aliases_that_multiply_cost_nothing():
    bomb = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    assert post_of(f"---\n{bomb}title: Small\ntags: *a29\n---\nText.").title == "Small"


def test_an_error_names_the_line_in_a_file_with_windows_line_ends():
    assert error_of("---\r\ntitle: A\r\nb: [\r\n---\r\n").startswith("post.md:4:")
