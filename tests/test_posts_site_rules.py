"""What a generator's configuration hides is held back where nothing is built yet, and what of it is not understood."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as properties
from hypothesis import strategies as st

from backmatter.index.errors import PostError
from backmatter.index.model import Post, Source
from backmatter.index.posts import discover, held_back, read_post
from backmatter.index.posts.site_rules import GENERATOR_RULES, site_notes
from backmatter.index.settings import Generator, Settings
from tests.test_check import NOW, lay

POST = "---\ntitle: T\ndate: 2024-03-09\n---\ntext\n"
DRAFT = '{"draft": true}'
CASCADE = "---\ntitle: S\ncascade:\n{0}\n---\n"


def published(folder: Path, generator: Generator, content: str, files: dict[str, str]) -> list[str]:
    """Give the posts that readers find."""
    lay(folder, files)
    settings = Settings(content=(folder / content,), generator=generator)
    sources = [source for source in discover(settings) if not isinstance(source, PostError)]
    posts = [read_post(source, settings) for source in sources]
    return [post.path for post in posts if not held_back(post, NOW, settings.hold_back)]


HUGO = {
    "cascade of a section": ("content/s/_index.md", CASCADE.format("  build: {render: never, list: never}")),
    "cascade as a list": ("content/s/_index.md", CASCADE.format("  - draft: true")),
    "cascade of a date": ("content/s/_index.md", CASCADE.format("  publishDate: 2999-01-01")),
    "cascade for a path": ("content/_index.md", CASCADE.format("  - target: {path: '{/s,/s/**}'}\n    draft: true")),
    "cascade for a kind": ("content/s/_index.md", CASCADE.format("  - _target: {kind: page}\n    draft: true")),
    "cascade of the site": ("hugo.toml", '[[cascade]]\ndraft = true\n[cascade.target]\npath = "/s/**"\n'),
    "cascade alone": ("hugo.toml", '[cascade]\nheadless = true\n[cascade.target]\npath = "/s/**"\n'),
    "cascade in a file": ("config/_default/cascade.yaml", "target: {path: /s/**}\ndraft: true\n"),
    "cascade in production": ("config/production/hugo.toml", '[cascade]\ndraft = true\n_target = {path = "/s/*"}\n'),
    "ignored files": ("hugo.toml", 'ignoreFiles = ["content/s/"]\n'),
    "resources of a bundle": ("content/s/index.md", "---\ntitle: S\ndraft: true\n---\n"),
    "a mount": ("hugo.toml", '[[module.mounts]]\nsource = "content"\ntarget = "content"\nexcludeFiles = ["s/**"]\n'),
}
JEKYLL = {
    "defaults of a folder": 'defaults: [{scope: {path: "s"}, values: {published: false}}]',
    "defaults of a pattern": 'defaults: [{scope: {path: "s/*.md"}, values: {published: false}}]',
    "defaults of a type": 'defaults: [{scope: {path: "", type: pages}, values: {published: false}}]',
    "exclude a folder": "exclude: [s/]",
    "exclude by the start": "exclude: [s]",
    "exclude a pattern": 'exclude: ["*/a.md"]',
    "the folder of output": "destination: ./s",
}
ELEVENTY = {
    "data of a folder": {"src/s/s.json": '{"permalink": false}'},
    "data of a folder above": {"src/src.11tydata.json": "{}", "src/s/s.11tydata.json": DRAFT},
    "data of a post": {"src/s/a.11tydata.json": '{"permalink": false}'},
    "a program of a folder": {"src/s/s.11tydata.js": "export default { permalink: false }"},
    "a program that decides": {"src/s/s.11tydata.cjs": "exports = {permalink: (data) => !data.x && false}"},
    "a file of ignores": {".eleventyignore": "# drafts\nsrc/s\n"},
    "a file of ignores below": {"src/.eleventyignore": "s/*.md\n"},
    "git's ignores": {".gitignore": "/src/s/\n"},
    "the configuration": {"eleventy.config.js": '(c) => {c.setInputDirectory("src"); c.ignores.add("./src/s/**")}'},
}
MKDOCS = {
    "exclude_docs": "exclude_docs: |\n  # no\n  s/",
    "exclude_docs by name": "exclude_docs: a.md",
    "exclude_docs and back": "exclude_docs: |\n  *.md\n  !/index.md",
    "draft_docs": "draft_docs: /s/*",
    "plugin exclude": "plugins: [search, {exclude: {glob: ['s/*']}}]",
    "inherited": "INHERIT: base.yml",
}
HEXO = {"exclude": 'exclude: ["s/*"]', "ignore": "ignore: s/**", "skip_render": 'skip_render: "{s,t}/*.md"'}
PELICAN = {
    "articles": 'ARTICLE_EXCLUDES = ["s"]',
    "files": 'IGNORE_FILES = ["a.*"]',
    "metadata of a file": 'EXTRA_PATH_METADATA = {"s/a.md": {"status": "draft"}}',
    "metadata of a folder": 'EXTRA_PATH_METADATA = {"s": {"Status": "hidden"}}',
    "metadata in names": 'PATH_METADATA = r"(?P<status>draft)?s/(?P<date>2999.*)?"\nREADERS = {"md": None}',
    "articles elsewhere": 'ARTICLE_PATHS = ["t"]',
}
OPEN = "open.md"


@pytest.mark.parametrize("case", HUGO)
def test_hugo_hides(tmp_path, case):
    file, text = HUGO[case]
    files = {"hugo.toml": "", "content/s/a.md": POST, f"content/{OPEN}": POST, file: text}
    assert [path for path in published(tmp_path, "hugo", "content", files) if "_index" not in path] == [OPEN]


@pytest.mark.parametrize("case", JEKYLL)
def test_jekyll_hides(tmp_path, case):
    files = {"_config.yml": JEKYLL[case], "s/a.md": POST, "_posts/2024-01-01-open.md": POST}
    assert published(tmp_path, "jekyll", ".", files) == ["_posts/2024-01-01-open.md"]


@pytest.mark.parametrize(
    ("path", "is_published"),
    [
        ("_posts/2024-03-09-a.md", True),
        ("_posts/x/2024-03-09-a.md", True),
        ("x/_posts/2024-03-09-a.md", True),
        ("_posts/_x/2024-03-09-a.md", False),
        ("_posts/a.md", False),
        ("_ideas/a.md", False),
        ("_out/a.md", True),
        ("_out/_a.md", False),
        ("_in/a.md", False),
        ("_kept/a.md", True),
        ("_a.md", False),
        ("vendor/bundle/a.md", False),
        ("#a.md", False),
    ],
)
def test_jekyll_reads_some_folders(tmp_path, path, is_published):
    config = "collections: {out: {output: true}, in: {}}\ninclude: [_kept]"
    assert published(tmp_path, "jekyll", ".", {"_config.yml": config, path: POST}) == [path] * is_published


@pytest.mark.parametrize(("gemfile", "expected"), [("gem 'jekyll'", []), ("gem 'github-pages'", ["CONTRIBUTING.md"])])
def test_jekyll_makes_pages_of_files_with_front_matter(tmp_path, gemfile, expected):
    files = {"_config.yml": "", "Gemfile": gemfile, "CONTRIBUTING.md": "# How\n\ntext"}
    assert published(tmp_path, "jekyll", ".", files) == expected


@pytest.mark.parametrize("case", ELEVENTY)
def test_eleventy_hides(tmp_path, case):
    files = {"eleventy.config.js": "", "src/s/a.md": POST, f"src/{OPEN}": POST, **ELEVENTY[case]}
    assert published(tmp_path, "eleventy", "src", files) == [OPEN]


@pytest.mark.parametrize(
    ("test", "expected"), [("data.draft && process.env.X", ["a.md", "later.md"]), ("data.later", ["a.md"])]
)
def test_eleventys_preprocessors_hide_by_a_key(tmp_path, test, expected):
    config = f'export default (c) => c.addPreprocessor("x", "*", (data) => {{ if ({test}) return false; }})'
    later = POST.replace("title: T", "title: T\nlater: true")
    files = {"eleventy.config.js": config, "src/later.md": later, "src/a.md": POST}
    assert published(tmp_path, "eleventy", "src", files) == expected


@pytest.mark.parametrize("case", MKDOCS)
def test_mkdocs_hides(tmp_path, case):
    files = {"mkdocs.yml": MKDOCS[case], "base.yml": "exclude_docs: s/", "docs/s/a.md": POST, "docs/index.md": POST}
    assert published(tmp_path, "mkdocs", "docs", files) == ["index.md"]


def test_docusaurus_and_astro_hide(tmp_path):
    config = "export default {presets: [['classic', {docs: {exclude: ['**/*.wip.md', \"secret/**\"]}}]]}"
    names = ("a", "b.wip", "secret/c", "_part/d", "x/_e")
    files = {"docusaurus.config.js": config, **{f"docs/{name}.md": POST for name in names}}
    assert published(tmp_path / "d", "docusaurus", ".", files) == ["docs/a.md"]
    page = "const all = await getCollection('blog', ({ data }) => !data.wip && data.internal !== true);"
    posts = {key: POST.replace("title: T", f"title: T\n{key}: true") for key in ("wip", "internal", "other")}
    files = {"astro.config.mjs": "", "src/pages/index.astro": page, "src/content/_x/a.md": POST}
    files |= {f"src/content/blog/{key}.md": post for key, post in posts.items()}
    assert published(tmp_path / "a", "astro", "src/content", files) == ["blog/other.md"]


def test_materials_plugin_gives_folders_front_matter(tmp_path):
    files = {
        "mkdocs.yml": "plugins: [material/meta]",
        "docs/s/.meta.yml": "draft: true",
        "docs/s/t/a.md": POST,
        "docs/a.md": POST,
        "docs/README.md": POST,
        "docs/index.md": POST,
    }
    assert published(tmp_path, "mkdocs", "docs", files) == ["a.md", "index.md"]


@pytest.mark.parametrize("case", HEXO)
def test_hexo_hides(tmp_path, case):
    hidden = {f"source/{path}": POST for path in ("_posts/_x/a.md", "_x/a.md", "x/_a.md", "s/a.md")}
    files = {"_config.yml": HEXO[case], f"source/_posts/{OPEN}": POST, **hidden}
    assert published(tmp_path, "hexo", "source", files) == [f"_posts/{OPEN}"]


def test_zola_hides(tmp_path):
    files = {
        "config.toml": 'base_url = "https://a.example"\nignored_content = ["*.skip.md"]\n[languages.fr]\n',
        "content/s/_index.md": "+++\ndraft = true\n+++\n",
        "content/s/t/a.md": POST,
        "content/s/t/a.fr.md": POST,
        "content/x/y.skip.md": POST,
        "content/open.md": POST,
    }
    assert published(tmp_path, "zola", "content", files) == ["open.md", "s/t/a.fr.md"]


@pytest.mark.parametrize("case", PELICAN)
def test_pelican_hides(tmp_path, case):
    post = POST.replace("---\n", "")
    files = {"pelicanconf.py": "", "publishconf.py": PELICAN[case], "content/s/a.md": post, "content/pages/p.md": post}
    expected = [] if "READERS" in PELICAN[case] else ["pages/p.md"]
    assert published(tmp_path, "pelican", "content", files) == expected


def test_a_page_for_pelican_says_in_its_head_that_it_is_a_draft(tmp_path):
    page = '<html><head><title>T</title><meta name="date" content="2024-01-01">{0}</head><body>text</body></html>'
    status = '<meta name="status" content="draft">'
    files = {"pelicanconf.py": "", "content/a.html": page.format(status), "content/b.html": page.format("")}
    assert published(tmp_path, "pelican", "content", files) == ["b.html"]


@pytest.mark.parametrize(
    ("generator", "files", "note"),
    [
        ("hugo", {"hugo.toml": '[[cascade]]\ndraft = true\ntarget = {x = "y"}\n'}, "A target of its cascade"),
        ("eleventy", {".eleventy.js": "c.ignores.add(drafts)"}, "Ignores.add(drafts) is not understood"),
        ("mkdocs", {"mkdocs.yml": "plugins: [private-pages]"}, "What the plugin private-pages leaves out"),
        ("pelican", {"pelicanconf.py": "IGNORE_FILES = OTHER + ['x']"}, "IGNORE_FILES is no plain value"),
    ],
)
def test_what_is_not_understood_is_named_and_what_it_may_hide_is_held_back(tmp_path, generator, files, note):
    assert published(tmp_path, generator, "content", {**files, "content/a.md": POST}) == []
    settings = Settings(content=(tmp_path / "content",), generator=generator)
    assert [each[: len(note)] for each in site_notes(settings)] == [note]
    (source,) = discover(settings)
    assert isinstance(source, Source)
    assert held_back(read_post(source, settings), NOW, ("draft", "unbuilt")) is None


@pytest.mark.parametrize(
    ("generator", "files", "note"),
    [
        ("mkdocs", {"mkdocs.yml": "markdown_extensions:\n- toc:\n    slugify: !!python/name:x.y\n"}, "Its heading ids"),
        ("hexo", {"_config.yml": "marked: {modifyAnchors: 1}"}, "Its heading ids"),
        ("hugo", {"hugo.toml": "[frontmatter]\ndate = ['lastmod']\n"}, "Its order of dates"),
    ],
)
def test_what_hides_nothing_is_only_named(tmp_path, generator, files, note):
    assert published(tmp_path, generator, "content", {**files, "content/a.md": POST}) == ["a.md"]
    settings = Settings(content=(tmp_path / "content",), generator=generator)
    assert [each[: len(note)] for each in site_notes(settings)] == [note]


def test_a_post_takes_over_what_it_inherits_and_its_own_front_matter_counts_before_it(tmp_path):
    lay(
        tmp_path,
        {
            "_config.yml": "defaults: [{scope: {path: ''}, values: {author: Mara, tags: [go], title: X}}]",
            "_posts/2024-03-09-a.md": POST,
        },
    )
    settings = Settings(content=(tmp_path,), generator="jekyll")
    (source,) = discover(settings)
    assert isinstance(source, Source)
    post: Post = read_post(source, settings)
    assert (post.author, post.tags, post.title) == ("Mara", ("go",), "T")


KEYS = st.sampled_from(
    "cascade target path exclude ignore include skip_render defaults scope values collections output plugins glob "
    "exclude_docs draft_docs languages disabled module mounts source ignoreFiles ignored_content permalink".split()
)
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("a/*{}![,", max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@properties(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.dictionaries(KEYS, ANY_VALUE, max_size=5), generator=st.sampled_from(["hugo", "jekyll", "mkdocs", "hexo"])
)
def test_any_configuration_can_be_read(tmp_path, values, generator):
    name = {"hugo": "hugo.json", "mkdocs": "mkdocs.yml"}.get(generator, "_config.yml")
    assert generator in GENERATOR_RULES
    published(tmp_path / generator, generator, "x", {name: json.dumps(values), "x/a.md": POST, "x/b/_index.md": POST})
