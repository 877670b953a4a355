"""Every kind of front matter is split off and parsed, and what is wrong with it is told with its line in the file."""

import pytest

from backmatter.index.errors import PostError
from backmatter.index.posts.front_matter.frontmatter import split_front_matter
from backmatter.index.posts.front_matter.limits import MAX_FRONT_MATTER, MAX_NESTING
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
        (
            "<!--\n.. title: A: b\n.. tags:\n.. status: draft\n-->\nC",
            "head",
            {"title": "A: b", "status": "draft"},
            "\nC",
        ),
        ("<!--\n.. note this\n-->\nC", "none", {}, "<!--\n.. note this\n-->\nC"),
        ("---\npublishDate: A\nlast-mod: B\n---\n", "yaml", {"publishdate": "A", "lastmod": "B"}, "\n"),
        ("---\ndate: 2026-01-02\n---\n", "yaml", {"date": "2026-01-02"}, "\n"),
    ],
)
def test_front_matter_is_split_from_the_text(text, kind, values, body):
    front = split_front_matter(text, "post.md")
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
    front = split_front_matter(text, "post.md")
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
        split_front_matter(text, "post.md")
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"---\na: {'x' * MAX_FRONT_MATTER}\n---\n", "longer than 200,000 characters; is it closed?"),
        (f"---\na: {'[' * (MAX_NESTING + 1)}\n---\n", "nested deeper than 100; flatten it"),
        (f"+++\na = {'[' * 5_000}\n+++\n", "nested deeper than 100; flatten it"),
        ('{"a": ' + "[" * 5_000, "nested deeper than 100; flatten it"),
        # A bracket in a string closes nothing.
        ("---\na: " + '[ "]", ' * (MAX_NESTING + 1) + "\n---\n", "nested deeper than 100; flatten it"),
        (f"---\na:\n {'- ' * (MAX_NESTING + 1)}x\n---\n", "nested deeper than 100; flatten it"),
        (f"+++\n{'a.' * (MAX_NESTING + 1)}a = 1\n+++\n", "nested deeper than 100; flatten it"),
        (f"+++\nb = {{{'a.' * (MAX_NESTING + 1)}a = 1}}\n+++\n", "nested deeper than 100; flatten it"),
        (f"---\na: &a {list('x' * 200)}\nb: [{'*a,' * 100}]\n---\n", "has more than 20,000 values"),
        ("---\na: &a [*a]\n---\n", "has more than 20,000 values"),
        ('{"a": ' + "1" * 5_000 + "}", "is not valid JSON: Exceeds the limit (4300 digits)"),
        (f"+++\na = {'1' * 5_000}\n+++\n", "is not valid TOML: Exceeds the limit (4300 digits)"),
        ("---\na: !!int ''\n---\n", "is not valid YAML"),
        ("---\na: !!timestamp x\n---\n", "is not valid YAML"),
    ],
)
def test_front_matter_has_limits(text, reason):
    assert reason in error_of(text)


def test_aliases_repeat_what_they_stand_for():
    post = post_of("---\ntags: &tags [Go, Cache]\nkeywords: *tags\ncategories: *tags\ntitle: Small\n---\nText.")
    assert (post.title, post.tags) == ("Small", ("Go", "Cache"))


def test_an_error_names_the_line_in_a_file_with_windows_line_ends():
    assert error_of("---\r\ntitle: A\r\nb: [\r\n---\r\n").startswith("post.md:4:")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("title: A post\npublished: false\n---\nText", {"title": "A post", "published": False}),
        ("title: A\ntags:\n- b\n- c\n---\nText", {"title": "A", "tags": ["b", "c"]}),
        (';;;\n"title": "A",\n"draft": true\n;;;\nText', {"title": "A", "draft": True}),
        (
            '---js\n{\n  title: "A: B", // the title\n  draft: true,\n  tags: ["x", "y"],\n}\n---\nText',
            {"title": "A: B", "draft": True, "tags": ["x", "y"]},
        ),
        ("---javascript\nconst title = 'A';\nfunction f() { return 1 }\n---\nText", {"title": "A"}),
        (
            "---\ntitle: Yes\na: On\nb: 12:30:45\nc: no\nd: 010\ne: 1_000\n---\nText",
            {"title": "Yes", "a": "On", "b": "12:30:45", "c": "no", "d": "010", "e": "1_000"},
        ),
        ("---\na: true\nb: 7\nc: -1.5\nd: ~\ne: 0x1f\n---\nText", {"a": True, "b": 7, "c": -1.5, "d": None, "e": 31}),
    ],
)
def test_heads_are_read_as_generators_read_them(text, values):
    front = split_front_matter(text, "post.md")
    assert (front.values, front.body.strip()) == (values, "Text")


@pytest.mark.parametrize("text", ["Note: a heading\n---\n\nText", "Text: a\n\nmore\n---\n", "a: b\n- c\n---\nd"])
def test_text_above_a_rule_is_no_head(text):
    assert split_front_matter(text, "post.md").body == text


def test_a_key_that_is_a_mapping_costs_no_post():
    post = post_of("---\ntitle: { { title } }\nother: {[a, b]: c}\ntags: [x]\n---\n# Heading\n\nText")
    assert (post.title, post.tags) == ("Heading", ("x",))
