"""The marks that generators add to Markdown are read as each of them reads them, and are no text."""

import pytest

from backmatter.index.settings import Generator
from tests.reading import post_of


def check(markdown: str, expected: str, generator: Generator = "none", path: str = "post.md") -> None:
    assert post_of(f"---\ntitle: T\n---\n{markdown}", path, generator=generator).text == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (":::note\nOne.\n:::\nAfter", "Note\nOne.\nAfter"),
        (":::note[Mind *this*]\n\nOne.\n\n:::", "Mind this\nOne."),
        (":::tip Do this\nOne.\n:::", "Do this\nOne."),
        ("::: warning\nOne.\n:::", "Warning\nOne."),
        ('::: {.callout-note title="A title"}\nOne.\n:::', "A title\nOne."),
        ("::: details Click me\nOne.\n:::", "Click me\nOne."),
        ("::::note\nOne.\n:::tip\nTwo.\n:::\nThree.\n::::", "Note\nOne.\nTip\nTwo.\nThree."),
        ("Text\n:::caution\nOne.\n:::\ntext", "Text\nCaution\nOne.\ntext"),
        ("- item\n\n  :::note\n  One.\n  :::\n\n- next", "item\nNote\nOne.\nnext"),
        (":::code-group\n\n```js\nx\n```\n\n:::", "x"),
        (":::: {.columns}\n::: {.column}\nOne.\n:::\n::::", "One."),
        ("One.\n\n:::\n\nTwo.", "One.\nTwo."),
        (":::note\nnever closed", "Note\nnever closed"),
        ("Use `:::` here, a::b and `:::note`.", "Use ::: here, a::b and :::note."),
        ("```md\n:::note\nOne.\n:::\n```", ":::note\nOne.\n:::"),
    ],
)
def test_directives_are_containers_with_a_title(markdown, expected):
    check(markdown, expected)
    check(markdown, expected, "docusaurus")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ('!!! note "Mind"\n    One.\n\n    Two.\n\nAfter', "Mind\nOne.\nTwo.\nAfter"),
        ('!!! tip ""\n    One.', "One."),
        ("??? warning\n    One.\n", "Warning\nOne."),
        ('???+ note "A"\n    !!! tip "B"\n        One.\n    Two.', "A\nB\nOne.\nTwo."),
        ('=== "C"\n\n    ```c\n    x\n    ```\n\n=== "D"\n\n    Two.', "C\nx\nD\nTwo."),
        ("[TOC]\n\n## A\n\nText", "Text"),
        ("The API.\n\n*[API]: Application Programming Interface\n\nAfter", "The API.\nAfter"),
        ("Text :material-check:{ .green } :fontawesome-brands-github: end", "Text end"),
        ("[link](a.md){ .md-button } and `x`{.python} and ![a](b.png){ width=300 }.", "link and x and a ."),
        ("Para\n{: .lead }\n\nAfter", "Para\nAfter"),
        ("#Heading\n\nText", "Text"),
        (
            "Call `#!python range(10)` and `:::js f()`, not `#!/bin/sh -e` or `#!py`.",
            "Call range(10) and f(), not #!/bin/sh -e or #!py.",
        ),
        ('<div class="grid" markdown>\n**bold** and\n\n```\nx\n```\n</div>', "bold and\nx"),
        ("<details markdown>\n<summary>More</summary>\n**bold**\n</details>", "More\nbold"),
        ('--8<-- "a.md"\n\nText\n\n    --8<-- "b.md"\n\nEnd', 'Text\n--8<-- "b.md"\nEnd'),
        ("H~2~O, 2~4 and 8~16, a~b", "H2O, 2~4 and 8~16, a~b"),
        ("x^2^ and 10^-3^, 2^32 or a^b^c", "x2 and 10-3, 2^32 or a^b^c"),
        (
            "An {++added *one*++}, {--old--}{==mark==}{>>a remark<<}, {~~this~>that~~}.",
            "An added one, oldmark, this that.",
        ),
        ("/// note | Mind\nOne.\n\nTwo.\n///\nAfter", "Mind\nOne.\nTwo.\nAfter"),
        (
            "//// tab | A\n    new: true\n\n/// tip\nOne.\n///\n\n    x\n////\n/// caption\nTwo.\n///",
            "A\nTip\nOne.\nx\nTwo.",
        ),
        ("A path:\n/usr/bin and\n// no comment", "A path: /usr/bin and // no comment"),
        ("<div class='a'>\n<p>One</p>\n</div>\n```c\nx\n```\n<p align=center>Two</p>\n- Three", "One\nx\nTwo\nThree"),
        ("Read ==all **of** it==, ^^this^^ too.", "Read all of it, this too."),
        ("Press ++ctrl+alt+del++ or ++f5++.", "Press ctrl+alt+del or f5."),
        ("a == b, c==d==e, i++ and ++j, C++ and g++", "a == b, c==d==e, i++ and ++j, C++ and g++"),
    ],
)
def test_marks_of_python_markdown_and_its_extensions(markdown, expected):
    check(markdown, expected, "mkdocs")
    check(markdown, expected, "pelican")


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("## Head\n{: .no_toc }\n\nText", "Text"),
        ("1. toc\n{:toc}\n\nText", "Text"),
        ("* TOC\n  * more\n* end\n{:toc .x}\n\n- Text", "Text"),
        ("- item\n{: .toc}\n\nText", "item\nText"),
        ("{: .note }\nOne.\n\n{: .note-title }\n> Two", "One.\nTwo"),
        ("{::options parse_block_html='true' /}\n\nText", "Text"),
        ("A {::comment}secret{:/comment} b {::comment}hidden{:/} c", "A b c"),
        ("{::comment}\nsecret\n\nmore\n{:/comment}\n\nText", "Text"),
        ("{::nomarkdown}\n<b>One</b>\n{:/}\n\nText", "One\nText"),
        ("- a\n^\n- b", "a\nb"),
        ("{:name: .cls #id}\n\nText{:name} *x*{: .y}", "Text{:name} x"),
        ('<div markdown="1">\n**bold**\n</div>\n\nText', "bold\nText"),
        ("<details markdown='block'>\n<summary>More</summary>\n**bold**\n</details>", "More\nbold"),
        ("<div>One</div>\n## Head\nText", "One\nText"),
        ("<div>\n<div>\nOne\n</div>\n</div>\nText **bold**", "One\nText bold"),
        ("<details markdown=block>\n  <summary>\n    More\n  </summary>\n  {: .b }\n- x\n{:toc}\n</details>", "More"),
        ("<span>New</span>{: .label } and more", "New and more"),
        ("<details markdown='1'><summary>More</summary>\n**bold**\n- x\n</details>", "More\nbold\nx"),
    ],
)
def test_marks_of_kramdown(markdown, expected):
    check(markdown, expected, "jekyll")


def test_attribute_lists_name_headings_and_code():
    post = post_of(
        "---\ntitle: T\n---\n## One\n{: #own-id}\n\n{: #other}\n\n## Two\n\n## Three {#third .x}\n\n"
        "## Four {: #fourth }\n\n```\nls\n```\n{: .language-bash}\n",
        generator="jekyll",
    )
    assert [section.anchor for section in post.sections] == ["own-id", "other", "third", "fourth"] or [
        section.anchor for section in post.sections
    ] == ["own-id", "two", "third", "fourth"]
    assert [code.language for code in post.code] == ["bash"]


@pytest.mark.parametrize("path", ["post.mdx", "post.md"])
@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ('import A from "./a";\n\nWords\n\n{/*\n  TODO secret\n\n  more\n*/}\n\nEnd', "Words\nEnd"),
        ("\nimport A from './a'\nimport {B} from './b'\n\nWords", "Words"),
        ("Words\n\nexport function F() {\n  const x = 1\n\n  const y = 2; return <b>{y}</b>;\n}\n\nEnd", "Words\nEnd"),
        ('Words\n\nimport B from "b"\n\nEnd', "Words\nEnd"),
        ("import is a word, and so is export", "import is a word, and so is export"),
        (
            '<Tabs>\n  <TabItem value="a" label="One">\n    ```bash\n    npm i\n    ```\n    Some **bold** text\n'
            "  </TabItem>\n</Tabs>",
            "One\nnpm i\nSome bold text",
        ),
        ('<Card title="Read this" icon={<Icon a={{b: {c: 1}}} />}>\n\nText\n\n</Card>', "Read this\nText"),
        ("{items.map(i => (\n  <li key={i}>{`a ${i}`}</li>\n))}\n\nText", "Text"),
        ("Title is {frontMatter.title}, a `{brace}` and \\{ too", "Title is , a {brace} and { too"),
        ("A {never closed, and it's <b>bold</b>", "A {never closed, and it's bold"),
        ("## One {#own}\n\n    four columns", "four columns"),
        ("Say {'it'}{' '}<b>loud</b>, {\"and\"} {`again`} but {`no ${x}`}", "Say it loud, and again but"),
        ("<Tabs><Tab>one</Tab><Tab>two</Tab></Tabs>", "one two"),
        ('<LinkCard title="Read" description="A card" />', "Read A card"),
        ('<CodeBlock language="js" title="a.js">\n  {`a = 1;\n\nb`}\n</CodeBlock>', "a = 1;\n\nb"),
    ],
)
def test_programs_are_no_text_in_mdx_nor_in_docusaurus_markdown(path, markdown, expected):
    check(markdown, expected, "docusaurus", path)


@pytest.mark.parametrize(
    "heading", ["## One {#own}", "## One {/* #own */}", "## One *two* {/* #own more */}", "## `One` {/*#own*/}"]
)
def test_a_heading_has_its_id_in_braces_or_in_a_comment_of_mdx(heading):
    assert [section.anchor for section in post_of(f"{heading}\n\nText", generator="docusaurus").sections] == ["own"]


@pytest.mark.parametrize(
    ("generator", "markdown", "expected"),
    [
        ("jekyll", "```\n{% raw %}{{ x }}{% endraw %}\n```", "{{ x }}"),
        ("hexo", "Use `{% raw %}{{ x }}{% endraw %}` here", "Use {{ x }} here"),
        ("eleventy", "```njk\n{% raw %}\n{{ x }}\n{% endraw %}\n```", "{{ x }}"),
        ("jekyll", "{% raw %}\n```\n{{ x }}\n```\n{% endraw %}", "{{ x }}"),
        ("hugo", "```\n{% raw %}{{ x }}{% endraw %}\n```", "{% raw %}{{ x }}{% endraw %}"),
        ("eleventy", "One {# a secret #} two\n\n{#\nmore\n\nsecret\n#}\n\nthree", "One two\nthree"),
        ("hexo", "{# secret #}\n\nText", "Text"),
        ("none", "## Title {#own}\n\nText {# note #}", "Text"),
        (
            "hugo",
            "One {{< comment >}}secret{{< /comment >}} two\n\n{{% comment %}}\nmore\n\nsecret\n{{% /comment %}}",
            "One two",
        ),
        (
            "hugo",
            "Say `{{</* a */>}}`\n\n```\n{{%/* b */%}}\n```\n\n{{</* c */>}}",
            "Say {{< a >}}\n{{% b %}}\n{{< c >}}",
        ),
        ("jekyll", "```\n{{</* a */>}}\n```", "{{</* a */>}}"),
        ("hugo", "{{< tab >}}one{{< /tab >}}{{< tab >}}two{{< /tab >}}", "one two"),
        ("hugo", '{{< details title="More" >}}text{{< /details >}}', "More text"),
        ("hugo", 'Two {{< tooltip text="Pod" >}}s', "Two Pods"),
        ("hexo", "See {% post_link a-b 'The title' %} and {% post_link c Other true %}.", "See The title and Other."),
    ],
)
def test_marks_of_templates_are_no_text_where_templates_are_run(generator, markdown, expected):
    check(markdown, expected, generator)


@pytest.mark.parametrize("generator", ["none", "hugo", "jekyll", "hexo", "docusaurus", "astro"])
@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("> [!NOTE]\n> One.\n\nAfter", "Note\nOne.\nAfter"),
        ("> [!TIP]+ A title\n> One.", "A title\nOne."),
        ("> [!caution]\n> One.\n>\n> Two.", "Caution\nOne.\nTwo."),
        ("It was ~~old~~ new", "It was old new"),
        ("- [x] done\n- [ ] open\n- [link](a) text", "done\nopen\nlink text"),
        ("Text\n| a | b |\n|---|---|\n| x \\| y | d |", "Text\na\tb\nx | y\td"),
        ("- item\n  > quote", "item\nquote"),
        ("Two\nlines\n===\n\nText", "Text"),
        ("- item\n---\n\nText", "item\nText"),
        ("Text[^1].\n\n[^1]: Note\n\n    ```js\n    x\n    ```", "Text\u2060.\nNote\nx"),
        ("a &notify; b &copy; c", "a &notify; b © c"),
    ],
)
def test_marks_that_nearly_all_generators_read(generator, markdown, expected):
    check(markdown, expected, generator)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("```{note}\nOne, *two*.\n```\nAfter", "Note\nOne, two.\nAfter"),
        (":::{admonition} A title\n:class: tip\n\nOne.\n:::", "A title\nOne."),
        ("````{tab-set}\n```{tab-item} Mac\n:sync: m\n- one\n```\n````\nAfter", "Mac\none\nAfter"),
        ("::::{grid} 2\n:::{grid-item-card} Card\nOne.\n:::\n::::", "Card\nOne."),
        ("- a\n\n  ```{tip}\n  One.\n  ```\n- b", "a\nTip\nOne.\nb"),
        ("```{code-block} py\n:linenos:\n:caption: a.py\n\nx = 1\n```", "a.py\nx = 1"),
        ("```{code-cell}\n---\ntags: [x]\n---\nx = 1\n```", "x = 1"),
        ("```{figure} a.png\n:name: fig\n\nA caption.\n```", "A caption."),
        ("```{toctree}\n:maxdepth: 2\n\nintro\n```\nAfter", "After"),
        ("```{math}\n:label: eq\nE=mc^2\n```", "$$ E=mc^2 $$"),
        ("(target)=\n## A\n\n% a comment\nSee {doc}`the guide <a>`, {py:func}`~os.path`.", "See the guide, ~os.path."),
        ("A {math}`x^2`, H{sub}`2`O and `` {ref}`a` ``.", "A $x^2$, H2O and {ref}`a`."),
        ("`foo {ref}` and `x`, {integer}`s` and {sub}`2`", "foo {ref} and x, {integer}s and 2"),
        ("~~~md\n```{note}\n{ref}`a`\n```\n~~~", "```{note}\n{ref}`a`\n```"),
        ("% of {readers}\n\n```{yaml}\n---\na: b\n---\n```", "% of {readers}\n---\na: b\n---"),
    ],
)
def test_marks_of_myst_are_read_where_no_generator_is_known(markdown, expected):
    check(markdown, expected)


def test_headings_of_two_lines_are_headings():
    post = post_of("---\ntitle: T\n---\nTwo\nlines\n===\n\nText")
    assert [(section.title, section.level) for section in post.sections] == [("Two lines", 1)]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("See [[My Page]] and [[page#part|the label]].", "See My Page and the label."),
        ("![[picture.png]]\n\nText", "Text"),
        ("A %% secret %% b\n\n%%\nmore\n\nsecret\n%%\n\nc", "A b\nc"),
        ("A matrix [[1, 2], [3, 4]] and 5%% of 7%%", "A matrix [[1, 2], [3, 4]] and 5%% of 7%%"),
        ("[[1]](http://a.example)", "[1]"),
        ("Text\n\n<<< @/snippets/a.js{2}\n\nEnd", "Text\nEnd"),
        ("CO~2~ in water", "CO2 in water"),
        ("A ==marked== word", "A marked word"),
        ("if [[ -f x ]] then", "if [[ -f x ]] then"),
    ],
)
def test_marks_of_wikis_are_read_where_no_generator_is_known(markdown, expected):
    check(markdown, expected)


def test_marks_of_others_are_text_for_a_generator():
    check("!!! note\n    One.", "!!! note One.", "hugo")
    check("[[page|label]]", "[[page|label]]", "hugo")
    check("#hashtag", "#hashtag", "hugo")
    check("==a== ++b++ {++c++} d^2^", "==a== ++b++ {++c++} d^2^", "hugo")
    check("/// note\na\n///", "/// note a ///", "hugo")
    check("<div>a</div>\n## b", "a\n## b", "hugo")


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("{python}", "python"),
        ("{r, echo=FALSE}", "r"),
        ("{.python .numberLines}", "python"),
        ("{code-block} python", "python"),
        ("{linenos=true}", ""),
        ("{1,3}", ""),
    ],
)
def test_a_chunk_names_its_language(info, language):
    assert [code.language for code in post_of(f"```{info}\nx\n```").code] == [language]


def test_the_setting_markdown_chooses_another_dialect():
    assert post_of("{a.b} x", generator="docusaurus", markdown="commonmark").text == "{a.b} x"
    assert post_of("{: .note }\ntext", generator="hugo", markdown="kramdown").text == "text"
