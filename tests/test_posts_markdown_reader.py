"""What is read from Markdown is what a reader sees of it, code kept as code."""

import pytest

from backmatter.index.settings import AddressSettings
from tests.reading import post_of


def check(markdown: str, expected: str, path: str = "post.md") -> None:
    assert post_of(markdown, path).text == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("foo**bar**baz _qux_ `a_b_c`", "foobarbaz qux a_b_c"),
        ("one\ntwo\n\nthree", "one two\nthree"),
        ("AT&T &amp; &copy; &#8364; a &lt; b < c & d", "AT&T & © € a < b < c & d"),
        ("[text](http://a.example 'title') ![alt](b.png) <http://c.example>", "text alt http://c.example"),
        ("[text][1] and [other]\n\n[1]: http://a.example\n[other]: b", "text and other"),
        (r"\*stars\* \<pre> \# \\", "*stars* <pre> # \\"),
        ("hard\\\nbreak  \nagain", "hard\nbreak\nagain"),
        ("- a\n- b\n  - c\n\n1. d", "a\nb\nc\nd"),
        ("text:\n- a\n- b", "text:\na\nb"),
        ("In\n1984. it was", "In 1984. it was"),
        ("> quoted\n> > twice", "quoted\ntwice"),
        ("| a | b |\n|---|---|\n| c `d\\|e` | **f** |", "a\tb\nc d|e\tf"),
        ("Term\n:   What it means", "Term\nWhat it means"),
        ("Text[^1] more.\n\n[^1]: The note.", "Text\u2060 more.\nThe note."),
        ("a\n\n---\n\nb", "a\nb"),
        ("#hashtag is text", "#hashtag is text"),
        ("a <!-- hidden --> b\n\n<!--\n\n```\nhidden\n```\n-->\n\nc", "a b\nc"),
        ("an <!-- that never ends", "an <!-- that never ends"),
        ("<!-- that never ends\n\nhides what follows", ""),
        ("a <b>b</b>c<br>d <img alt=e src=f> <span hidden>g</span>", "a bc\nd e"),
        ("<div>\n<p>in <b>HTML</b></p>\n\n**in** Markdown\n\n</div>\n\nafter", "in HTML\nin Markdown\nafter"),
        ("<details><summary>More</summary>\n\n- folded\n\n</details>", "More\nfolded"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"),
        ("<script>\n\nalert(1)\n\n</script>\n\ntext", "text"),
        ("a\u00a0b\u200bc\t d", "a b\u200bc d"),
        ("| not | a table", "| not | a table"),
        ('!!! warning "Mind"\n    Hot.\n\nCold.', "Mind\nHot.\nCold."),
        ("- [ ] open\n- [x] done", "open\ndone"),
    ],
)
def test_text_is_what_a_reader_sees(markdown, expected):
    check(markdown, expected)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("{{< note >}}\nKept.\n{{< /note >}}\nAfter {{< ref a >}}that", "Kept.\nAfter that"),
        ("{{% tab name=x %}}\n- a\n{{% /tab %}}", "a"),
        ('{{< tabs >}}{{< tab "A" >}}a{{< /tab >}}{{< tab name="B" >}}b{{< /tab >}}{{< /tabs >}}', "A a B b"),
        ('{{< details summary="More" >}}a{{< /details >}}', "More a"),
        ('Use {{< glossary_tooltip text="Pods" term_id="pod" >}} here', "Use Pods here"),
        ("{{< figure src=a.png\n  caption='One'\n  alt=\"Two\" >}}", "One Two"),
        ("{{</* note */>}} is a shortcode", "{{< note >}} is a shortcode"),
        ("[a]({{< relref x >}}) b", "a b"),
        ("| a |\n|---|\n| {{< x a|b >}}c |", "a\nc"),
        ("{% include a.html %}\n\nHi {{ user | upcase }}!", "Hi !"),
        ("{% comment %}\nhidden\n{% endcomment %}\nshown", "shown"),
        ("{% raw %}{{ kept }} {% kept %}{% endraw %}", "{{ kept }} {% kept %}"),
        ('a {{raw "<"}} b {{image "c.png"}}', "a < b"),
        ('{{play "a.go" `/x/`}}\n\n{{end}}', ""),
        ("`{{ code }}` and `{% code %}`", "{{ code }} and {% code %}"),
        ("    {{ indented }}\n    {% code %}", "{{ indented }}\n{% code %}"),
        ("```\n{{ fenced }}\n```", "{{ fenced }}"),
        ("<pre>\n{{ raw }}\n</pre>", "{{ raw }}"),
        ("{{ never closed", "{{ never closed"),
    ],
)
def test_shortcodes_and_templates_are_dropped_but_never_in_code(markdown, expected):
    check(markdown, expected)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("$a_1 * b_2 * c$ and $$\\sum_i x_i\n= *y*$$", "$a_1 * b_2 * c$ and $$\\sum_i x_i = *y*$$"),
        (r"\\(a_1 \{ * \}\\) and \\[b_2\\]", r"\(a_1 \{ * \}\) and \[b_2\]"),
        ("costs $5 and *more* $6", "costs $5 and more $6"),
        ("`$x_1` or `$y_2`", "$x_1 or $y_2"),
    ],
)
def test_formulas_stay_as_they_are_written(markdown, expected):
    check(markdown, expected)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("import A from 'a'\nimport {\n  B,\n} from 'b'\n\nText", "Text"),
        ("export const a = 1\n\nText", "Text"),
        ("```js\nimport a from 'a'\n```", "import a from 'a'"),
        ("<Tabs values={[{a: 'b'}]}>\n<Tab label='One >'>\n\nInner *text*\n\n</Tab>\n</Tabs>", "One >\nInner text"),
        ("A <Link to={`/${x}`}>link</Link> <Icon.Star/> <></>end", "A link end"),
        ("{/* hidden */}\n\nThe {answer} is `{shown}`", "The is {shown}"),
        ("## Title {#given}\n\nText", "Text"),
        ("import is a word", "import is a word"),
        ("<Tabs><TabItem label='npm'>install</TabItem></Tabs>", "npm install"),
    ],
)
def test_components_are_dropped_from_mdx(markdown, expected):
    check(markdown, expected, "post.mdx")


def test_only_mdx_is_read_as_mdx():
    check("import is a word, {braces} too", "import is a word, {braces} too")


def check_code(markdown: str, *expected: tuple[str, str]) -> None:
    post = post_of(markdown)
    assert [(code.language, post.text[code.start : code.end]) for code in post.code] == list(expected)


@pytest.mark.parametrize(
    ("info", "language"),
    [
        ("go", "go"),
        ("Go", "go"),
        ("  go  ", "go"),
        ("c++", "c++"),
        ('js title="a.js" {1,3}', "js"),
        ("go {linenums=table,hl_lines=[2]}", "go"),
        ("{.go linenums=true}", "go"),
        ("{linenums=true}", ""),
        ("rust,ignore", "rust"),
        ("diff:a.txt", "diff"),
        (".python", "python"),
        ('title="a.js"', ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("fence", ["```", "~~~", "`````"])
def test_a_fence_names_its_language(fence, info, language):
    check_code(f"{fence}{info}\nx := 1\n\n\ty()\n{fence}\nafter", (language, "x := 1\n\n\ty()"))


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("- item\n\n  ```go\n  x\n  \ty\n  ```\n\n- next", ("go", "x\n\ty")),
        ("1. item\n   ```go\n   x\n     y\n   ```", ("go", "x\n  y")),
        ("- a\n    - b\n\n        ```go\n        x\n        ```", ("go", "x")),
        ("- ```go\n  x\n  ```", ("go", "x")),
        ("> ```go\n> x\n>\n>   y\n> ```\n> after", ("go", "x\n\n  y")),
        ("text\n```go\nx\n```\ntext", ("go", "x")),
        ("````md\n```go\nx\n```\n````", ("md", "```go\nx\n```")),
        ("```go\nx\n~~~\ny", ("go", "x\n~~~\ny")),
        ("    indented\n\n      more\n\ntext", ("", "indented\n\n  more")),
        ("\tx\n\t\ty", ("", "x\n\ty")),
        ("    ```go\n    x\n    ```", ("", "```go\nx\n```")),
        ('{{< highlight go "linenos=table" >}}\n\tx\n{{< / highlight >}}', ("go", "\tx")),
        ("{% highlight ruby linenos %}\nx\n{% endhighlight %}", ("ruby", "x")),
        ("{% codeblock lang:js %}\nx\n{% endcodeblock %}", ("js", "x")),
        ("{% codeblock A title lang:js https://a.example %}\nx\n{% endcodeblock %}", ("js", "x")),
        ("{% codeblock A title %}\nx\n{% endcodeblock %}", ("", "x")),
        ("```js\nx\n// highlight-next-line\ny // [!code ++]\nhighlight-end\n```", ("js", "x\ny\nhighlight-end")),
        ("{{< mermaid >}}\na --> b\n{{< /mermaid >}}", ("mermaid", "a --> b")),
        ("    :::python\n    x", ("python", "x")),
        ("    #!/bin/sh\n    x", ("", "#!/bin/sh\nx")),
        ("```\n<b> &amp; **x** [a](b) # c\n```", ("", "<b> &amp; **x** [a](b) # c")),
        ("<pre class='brush: java'>a &lt; b\n\n  c</pre>", ("java", "a < b\n\n  c")),
        ("<pre><code data-lang='go'>x<br>y</code></pre>", ("go", "x\ny")),
        ("<div class='highlight-sh'><pre>x</pre></div>", ("sh", "x")),
    ],
)
def test_code_keeps_lines_and_indentation(markdown, code):
    check_code(markdown, code)


@pytest.mark.parametrize(
    ("info", "title"),
    [
        ('js title="src/__init__.js" {1}', "src/__init__.js"),
        ("{.js filename='a b.js'}", "a b.js"),
        ("rust,linenos,name=main.rs", "main.rs"),
        ("js{4} [a.js]", "a.js"),
        ("js:src/a.js", "src/a.js"),
        ("ts:line-numbers {1}", ""),
        ("go {linenos=inline,hl_lines=[1]}", ""),
        ("js", ""),
    ],
)
def test_the_title_of_code_is_read_above_it(info, title):
    check(f"```{info}\nx\n```", f"{title}\nx".strip())


@pytest.mark.parametrize("markdown", ["`inline`", "```\n```", "```\n\n\n```", "<code>a</code>", "``` not a fence ```"])
def test_code_within_a_line_is_prose_and_empty_code_is_none(markdown):
    check_code(markdown)


def test_text_goes_on_after_code_in_a_list():
    check("1. a\n\n   ```\n   x\n   ```\n\n   b\n\n2. c", "a\nx\nb\nc")


def check_sections(markdown: str, *expected: tuple[int, str, str, str], **values: object) -> None:
    post = post_of(markdown, **values)
    found = [(each.level, each.title, each.anchor, post.text[each.start : each.end].strip()) for each in post.sections]
    assert found == list(expected)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("", [(0, "", "", "")]),
        ("text", [(0, "", "", "text")]),
        ("# A\n\na\n\n## B\n\nb", [(0, "", "", "a"), (2, "B", "b", "b")]),
        ("# A\n\n## B\n\nb", [(2, "B", "b", "b")]),
        ("lead\n\n# A\n\na\n\n# C\n\nc", [(0, "", "", "lead\na"), (1, "C", "c", "c")]),
        ("## B\n\n### B\n\n## C `d` *e*", [(2, "B", "b", ""), (3, "B", "b-1", ""), (2, "C d e", "c-d-e", "")]),
        ("## A {#x}\n\n## B {: #y .z }", [(2, "A", "x", ""), (2, "B", "y", "")]),
        ("Setext\n===\n\ntext\n\nTwo\n---\n", [(0, "", "", "text"), (2, "Two", "two", "")]),
        ("## A ##\n## B", [(2, "A", "a", ""), (2, "B", "b", "")]),
        ("## {{< empty >}}\n\ntext", [(0, "", "", "text")]),
        ("## ![Logo](a.png)", [(2, "Logo", "logo", "")]),
        ("<a id=x></a>\n\n## A\n\n<h2 id=y>B</h2>", [(2, "A", "x", ""), (2, "B", "y", "")]),
        ('<h2><a name="z"></a>A</h2>\n\n## Z', [(2, "A", "z", ""), (2, "Z", "z-1", "")]),
        ("# A\n\n## A", [(2, "A", "a-1", "")]),
        ("- # In a list\n\n  text", [(0, "", "", "text")]),
    ],
)
def test_a_post_is_cut_into_sections_at_its_headings(markdown, expected):
    check_sections(f"---\na: b\n---\n{markdown}", *expected)


def test_a_first_heading_that_is_not_the_title_is_a_section():
    check_sections("---\ntitle: Other\n---\n# A\n\na", (1, "A", "a", "a"))
    check_sections("---\ntitle: 'Using `go`: it works!'\n---\n# Using go: It Works\n\na", (0, "", "", "a"))


def test_heading_ids_are_made_as_the_settings_say():
    check_sections(
        "---\ntitle: A\n---\n## 1. B\n## 1. B",
        (2, "1. B", "b", ""),
        (2, "1. B", "b-1", ""),
        addresses=AddressSettings(heading_ids="kramdown"),
    )
