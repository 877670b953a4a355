import os
from pathlib import Path

import msgspec
import pytest

from backmatter.index.errors import SettingsError
from backmatter.index.settings import (
    CONFIG_NAME,
    CONVENTIONS,
    DECLARED,
    TABLES,
    AddressSettings,
    HookSettings,
    InsightsSettings,
    Levels,
    MirrorSettings,
    OpenSearchSettings,
    ServerSettings,
    Settings,
    load,
    without_effect,
    without_secrets,
)
from backmatter.index.settings.renamed import RENAMED
from tests.conftest import config

pytestmark = pytest.mark.usefixtures("folder")


def check(settings: Settings, **expected: object) -> None:
    """Hold the named settings to their values and all others to their defaults."""
    assert settings == msgspec.structs.replace(Settings(), **expected)


def test_without_anything_the_defaults_hold():
    check(load())


def test_every_setting_says_what_it_is_for_and_no_two_share_a_variable():
    assert [name for name, declared in DECLARED.items() if not declared.help.endswith(".")] == []
    assert len({declared.variable for declared in DECLARED.values()}) == len(DECLARED)


def test_tables_come_after_what_every_author_meets():
    tables = [declared.table for declared in DECLARED.values()]
    assert tables == sorted(tables, key=("", *TABLES).index)


def test_the_file_in_the_current_directory_is_read(folder):
    config(folder, 'title = "Notes"\nhold_back = ["draft"]\n[server]\nport = 80')
    check(load(), title="Notes", server=ServerSettings(port=80), hold_back=("draft",))


def test_a_named_file_is_read_in_place_of_the_one_that_is_found(folder, monkeypatch):
    config(folder, "per_page = 1\nmax_post_bytes = 3000")
    check(load(config(folder, "per_page = 2", "other.toml")), per_page=2)
    monkeypatch.setenv("BACKMATTER_CONFIG", "other.toml")
    check(load(), per_page=2)
    check(load(config(folder, "per_page = 3", "third.toml")), per_page=3)


def test_a_file_saved_by_a_windows_editor_is_read(folder):
    config(folder, "\ufeffper_page = 80\r\n")
    check(load(), per_page=80)


def test_later_places_win(folder, monkeypatch):
    config(folder, "per_page = 1\nserver.port = 1\nserver.workers = 1")
    monkeypatch.setenv("BACKMATTER_SERVER_PORT", "2")
    monkeypatch.setenv("BACKMATTER_SERVER_WORKERS", "2")
    settings = load(overrides={"server.port": 3, "per_page": None})
    check(settings, server=ServerSettings(port=3, workers=2), per_page=1)


def test_relative_paths_start_at_the_file_that_names_them(folder):
    config(folder, 'content = ["posts", "/srv/notes"]\nindex = "../index"', "site/backmatter.toml")
    expected = {"content": (folder / "site/posts", Path("/srv/notes")), "index": folder / "site/../index"}
    check(load(folder / "site/backmatter.toml"), **expected)


def test_paths_of_variables_and_options_start_where_the_command_runs(folder, monkeypatch):
    config(folder, 'content = ["posts"]', "site/backmatter.toml")
    monkeypatch.setenv("BACKMATTER_INDEX", "here")
    settings = load(folder / "site/backmatter.toml", {"content": (Path("a"), Path("b"))})
    check(settings, content=(Path("a"), Path("b")), index=Path("here"))


@pytest.mark.parametrize(
    ("variable", "text", "expected"),
    [
        ("CONTENT", f"a{os.pathsep}b c", {"content": (Path("a"), Path("b c"))}),
        ("INDEX", "x", {"index": Path("x")}),
        ("TITLE", "Ünïcode, with a comma", {"title": "Ünïcode, with a comma"}),
        ("HOLD_BACK", "draft, future", {"hold_back": ("draft", "future")}),
        ("PER_PAGE", "80", {"per_page": 80}),
        ("BASE_URL", "https://blog.example.org", {"base_url": "https://blog.example.org"}),
        ("LANGUAGE", "pt-BR", {"language": "pt-BR"}),
        ("GENERATOR", "hugo", {"generator": "hugo"}),
        ("ADDRESSES_PERMALINK", "/{year}/{slug}.html", {"addresses": AddressSettings(permalink="/{year}/{slug}.html")}),
        ("ADDRESSES_HEADING_IDS", "kramdown", {"addresses": AddressSettings(heading_ids="kramdown")}),
        ("INSIGHTS_COUNT", "false", {"insights": InsightsSettings(count=False)}),
        ("OPENSEARCH_HOSTS", "http://a,http://b", {"opensearch": OpenSearchSettings(hosts=("http://a", "http://b"))}),
    ],
)
def test_every_kind_of_setting_can_be_a_variable(monkeypatch, variable, text, expected):
    monkeypatch.setenv(f"BACKMATTER_{variable}", text)
    check(load(), **expected)


@pytest.mark.parametrize("name", ["CONFIG", "CONTENT", "HOLD_BACK", "SERVER_PORT", "PORT"])
def test_an_empty_variable_is_none(monkeypatch, name):
    monkeypatch.setenv(f"BACKMATTER_{name}", "")
    check(load())


def test_only_a_file_can_hold_nothing_back(folder):
    config(folder, "hold_back = []")
    check(load(), hold_back=())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("server.port = 0", "server.port = 0: Expected a whole number >= 1; allowed: at least 1 and at most 65535"),
        ("server.port = 65536", "at least 1 and at most 65535"),
        (
            'server.port = "http"',
            "server.port = 'http': Expected a whole number, got a text; allowed: at least 1 and at most 65535",
        ),
        ("server.port = true", "got true or false"),
        ("max_post_bytes = 10", "allowed: at least 1000"),
        ("ranking.titles = -0.1", "ranking.titles = -0.1: Expected a number >= 0.0; allowed: at least 0 and at most 1"),
        ("ranking.code = 50", "at least 0 and at most 1"),
        ("ranking.dates = inf", "at least 0 and at most 1"),
        ("ranking.tags = nan", "at least 0 and at most 1"),
        (
            'addresses.heading_ids = "gatsby"',
            "addresses.heading_ids = 'gatsby': Invalid enum value 'gatsby'; allowed: github, jekyll, kramdown, python",
        ),
        ('generator = "hugoo"', "allowed: none, astro, docusaurus"),
        ('hold_back = ["drafts"]', "allowed: a list of draft, future, expired, unlisted"),
        ('hold_back = "draft"', "got a text; allowed: a list of draft, future, expired, unlisted"),
        ('content = "posts"', 'Expected a list, got a text; for example ["posts", "notes"]'),
        ("content = []", 'for example ["posts", "notes"]'),
        ("content = [1]", "content = [1]: Expected a path, got a whole number; for example"),
        ("index = 1", "index = 1: Expected a path, got a whole number; Directory that holds the index."),
        ("title = 1", "title = 1: Expected a text, got a whole number; The journal's name."),
        ("conten = []", "unknown setting 'conten'; did you mean content?"),
        ("prot = 80", "unknown setting 'prot'; did you mean server.port?"),
        ("hosts = []", "unknown setting 'hosts'; did you mean opensearch.hosts?"),
        ("opensearch_host = []", "did you mean opensearch.hosts?"),
        ("[sevrer]\nport = 80", "unknown setting 'sevrer'; did you mean [server]?"),
        ("[server]\nprot = 80", "unknown setting 'server.prot'; did you mean server.port?"),
        ('[server]\ntitle = "A"', "did you mean title? It belongs above the first [table]"),
        ("server = 80", "server is a table; write [server], and its settings below"),
        ("qqqq = 80", "unknown setting 'qqqq'; the settings are content, title, kind, language, generator, base_url"),
        ("port = ", "is not valid TOML: "),
    ],
)
def test_a_wrong_line_is_named_with_its_file_and_what_is_allowed(folder, line, says):
    file = config(folder, f"workers = 1\n{line}", "own.toml")
    with pytest.raises(SettingsError) as caught:
        load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        (
            "BACKMATTER_SERVER_PORT",
            "http",
            "server.port = 'http': Expected a whole number, got a text; allowed: at least 1 and",
        ),
        (
            "BACKMATTER_PORT",
            "http",
            "server.port = 'http': Expected a whole number, got a text; allowed: at least 1 and at most",
        ),
        ("BACKMATTER_HOLD_BACK", "draft,soon", "allowed: a list of draft, future, expired, unlisted"),
        ("BACKMATTER_SERVER_PROT", "80", "unknown setting; did you mean BACKMATTER_SERVER_PORT?"),
        ("BACKMATTER_QQQQQQQQQQ", "80", "unknown setting; the variables are BACKMATTER_CONTENT, BACKMATTER_TITLE"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch, variable, text, says):
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value).startswith(f"{variable}: ")
    assert says in str(caught.value)


def test_a_wrong_option_is_named_as_it_was_typed():
    with pytest.raises(SettingsError, match=r"^--per-page: per_page = 0: .*at least 1 and at most 100$"):
        load(overrides={"per_page": 0})


@pytest.mark.parametrize(
    ("name", "advice"),
    [("nowhere.toml", "give --config an existing file"), (".", "name a file in place of the directory")],
)
def test_a_named_file_that_cannot_be_read_is_an_error(folder, name, advice):
    with pytest.raises(SettingsError, match=rf"cannot be read .*{advice}"):
        load(folder / name)


def test_a_file_that_is_not_text_is_an_error(folder):
    (folder / CONFIG_NAME).write_bytes(b'title = "caf\xe9"')
    with pytest.raises(SettingsError, match=r"^backmatter\.toml: is not valid TOML"):
        load()


def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(folder):
    config(folder, 'opensearch.hosts = ["https://backmatter:hunter2@a.example.org:9200"]')
    with pytest.raises(SettingsError, match=r"opensearch\.hosts = …: .* without a password; ") as caught:
        load()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('base_url = "ftp://x"', "must begin with http:// or https:// and hold neither a space nor a password"),
        ('addresses.permalink = "/{heading}/"', "may hold of braces only {year} {month} {day} {slug}"),
        ('addresses.permalinks = [["**", "/{heading}/"]]', "may hold of braces only {year}"),
        ('language = "plain English"', "must be a language's code of two or three letters"),
        ('server.public_url = "https://a.example/path"', "must begin with http:// or https:// and end with the host's"),
        ('server.origins = ["blog.example"]', "must begin with http:// or https:// and end with the host's name or"),
        ('hooks.secret = "short"', "hooks.secret = …: must have 16 characters or more, and no space"),
        (
            'facets = ["year"]',
            "must begin with a letter, hold only a to z, 0 to 9, _ and -, and be no word of the query",
        ),
        ('facets = ["newest"]', "be no word of the query language, no parameter and no order"),
        ('opensearch.index = "A B"', "must begin with a letter or digit and hold only a to z, 0 to 9 and _"),
        ('mirror.site = "localhost"', 'for example "http://localhost:1313/sitemap.xml"'),
        ('hooks.webhook = "localhost"', 'for example "https://example.org/purge"'),
    ],
)
def test_what_a_text_has_to_look_like_is_said_in_words(folder, line, says):
    config(folder, line)
    with pytest.raises(SettingsError) as caught:
        load()
    assert says in str(caught.value)
    assert "regex" not in str(caught.value)
    assert "^" not in str(caught.value)


def test_whatever_has_to_look_like_something_says_so_in_words():
    patterned = {name for name, declared in DECLARED.items() if "pattern=" in repr((declared.kind, declared.meta))}
    assert patterned == {name for name, declared in DECLARED.items() if declared.must}


def heard(**overrides: object) -> list[str]:
    """Load the settings and return the warnings."""
    said: list[str] = []
    load(overrides=overrides, warn=said.append)
    return said


OLD = {
    'opensearch_hosts = ["http://a:9200"]': 'opensearch.hosts = ["http://a:9200"]',
    "opensearch_timeout = 7": "opensearch.timeout = 7",
    'permalink = "/{slug}/"': 'addresses.permalink = "/{slug}/"',
    'names = "hugo"': 'addresses.names = "hugo"',
    'heading_ids = "kramdown"': 'addresses.heading_ids = "kramdown"',
    "port = 80": "server.port = 80",
    'origins = ["https://a.example"]': 'server.origins = ["https://a.example"]',
    "count_searches = false": "insights.count = false",
    'hook_pull = "blog"': 'hooks.pull = "blog"',
}


@pytest.mark.parametrize("line", OLD)
def test_an_old_name_is_read_and_the_line_to_write_is_said(folder, line):
    file = config(folder, line)
    said = heard()
    assert f"{file.name}: {line.split()[0]} is an old name; write: {OLD[line]}" in said
    old = load()
    config(folder, OLD[line])
    assert load() == old != Settings()
    assert not any("old name" in sentence for sentence in heard())


def test_an_old_variable_is_read_and_the_new_one_is_said(monkeypatch):
    monkeypatch.setenv("BACKMATTER_PORT", "80")
    assert heard() == ["BACKMATTER_PORT is an old name; write: BACKMATTER_SERVER_PORT=80"]
    check(load(), server=ServerSettings(port=80))


def test_a_variable_of_the_cluster_has_its_old_name(monkeypatch):
    monkeypatch.setenv("BACKMATTER_ENGINE", "opensearch")
    monkeypatch.setenv("BACKMATTER_OPENSEARCH_INDEX", "notes")
    assert heard() == []
    check(load(), engine="opensearch", opensearch=OpenSearchSettings(index="notes"))


@pytest.mark.parametrize("old", ["author_token", "metrics_token", "hook_secret", "opensearch_password"])
def test_no_warning_repeats_a_secret(folder, monkeypatch, old):
    config(folder, f'{old} = "0123456789abcdef"')
    assert "0123456789abcdef" not in "".join(heard())
    monkeypatch.setenv(f"BACKMATTER_{old.upper()}", "0123456789abcdef")
    assert "0123456789abcdef" not in "".join(heard())


def test_a_new_name_wins_over_an_old_one(folder, monkeypatch):
    config(folder, "server.port = 2\nport = 1")
    check(load(), server=ServerSettings(port=2))
    monkeypatch.setenv("BACKMATTER_SERVER_PORT", "4")
    monkeypatch.setenv("BACKMATTER_PORT", "3")
    check(load(), server=ServerSettings(port=4))


def test_every_old_name_has_a_new_one():
    assert set(RENAMED.values()) <= set(DECLARED)
    assert RENAMED.keys() & DECLARED.keys() == set()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (Settings(addresses=AddressSettings(permalink="/{slug}/")), "permalink without base_url"),
        (Settings(addresses=AddressSettings(permalinks=(("a/**", "/{slug}/"),))), "permalink without base_url"),
        (Settings(addresses=AddressSettings(names="hugo")), "names does nothing without base_url"),
        (
            Settings(
                base_url="https://a.example", addresses=AddressSettings(permalinks=(("**", "/a/"), ("b.md", "/b/")))
            ),
            "what comes after the pattern '**' does nothing",
        ),
        (Settings(exclude=("[",)), "exclude: '[' fits no post"),
        (Settings(exclude=("drafts",)), "exclude: 'drafts' fits no post; a folder is written like drafts/**"),
        (Settings(exclude=("drafts/",)), "fits no post"),
        (Settings(exclude=("/drafts/**",)), "fits no post"),
        (Settings(exclude=("./drafts/**",)), "fits no post"),
        (Settings(exclude=("**/*.png",)), "fits no post"),
        (Settings(exclude=("drafts\\**",)), "fits no post"),
        (Settings(exclude=("[0-9]*.md",)), "exclude: '[0-9]*.md' has signs without a meaning here"),
        (Settings(exclude=("*.{md,html}",)), "has signs without a meaning here"),
        (Settings(exclude=("!a.md",)), "has signs without a meaning here"),
        (Settings(check=(Levels(paths=("old",), off=("image-alt",)),)), "check.paths: 'old' fits no post"),
        (Settings(check=(Levels(paths=("old/**",)),)), "check: a part without paths or without rules does nothing"),
        (Settings(language="xx"), "language = 'xx' is not known"),
        (Settings(mirror=MirrorSettings(remote=True)), "mirror.remote does nothing without mirror.site"),
        (Settings(hooks=HookSettings(pull=Path("blog"))), "hooks.pull does nothing without hooks.secret"),
        (Settings(pins=((" ", "a.md"),)), "pins: a pin for an empty query does nothing"),
        (Settings(opensearch=OpenSearchSettings(index="a")), 'set engine = "opensearch"'),
        (
            Settings(engine="opensearch", opensearch=OpenSearchSettings(token="a", user="b")),  # noqa: S106
            "do nothing beside opensearch.token",
        ),
        (Settings(content=(Path(), Path("content"))), "content: 'content' lies in '.', so that posts are found twice"),
        (
            Settings(base_url="https://a.example", addresses=AddressSettings(permalink="/:year/:slug/")),
            "permalink = '/:year/:slug/': a name behind a colon stands for itself; write '/{year}/{slug}/'",
        ),
        (
            Settings(base_url="https://a.example", addresses=AddressSettings(permalink="/{year}/fixed/")),
            "permalink = '/{year}/fixed/' is one address for many posts; write {slug} or {path} in it",
        ),
        (Settings(language="xx"), "write a code of ISO 639-1"),
        (Settings(exclude=("[",)), "'[' fits no post; a folder is written like drafts/**"),
        (Settings(engine="opensearch", opensearch=OpenSearchSettings(user="b")), "go together"),
        (Settings(engine="opensearch", opensearch=OpenSearchSettings(ca=Path("ca.pem"))), "opensearch.ca does nothing"),
    ],
)
def test_a_setting_without_effect_is_said(settings, says):
    [sentence] = without_effect(settings)
    assert says in sentence


@pytest.mark.parametrize("name", ["base_url", "server.public_url"])
def test_an_address_that_readers_see_has_no_password(folder, name):
    (folder / CONFIG_NAME).write_text(f'{name} = "https://me:hunter2@a.example"\n', "utf-8")
    with pytest.raises(SettingsError, match="password") as raised:
        load()
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("draft/**", "did you mean 'drafts/**'?"),
        ("Drafts/*.md", "did you mean 'drafts/*.md'?"),
        ("content/drafts/**", "did you mean 'drafts/**'?"),
        ("drafts/oldr/**", "did you mean 'drafts/older/**'?"),
        ("drafts/raedme.md", "did you mean 'drafts/readme.md'?"),
        ("drafts/**", ""),
        ("drafts/*/draft/**", ""),
        ("vendor/**", ""),
        ("README.md", ""),
    ],
)
def test_a_pattern_of_nothing_that_is_nearly_a_name_is_said(tmp_path, pattern, says):
    (tmp_path / "content" / "drafts" / "older").mkdir(parents=True)
    (tmp_path / "content" / "drafts" / "readme.md").touch()
    said = list(without_effect(Settings(content=(tmp_path / "content",), exclude=(pattern,))))
    assert [sentence[-len(says) :] for sentence in said] == ([says] if says else [])


def test_a_pattern_of_what_is_in_one_of_several_directories_is_not_said(tmp_path):
    (tmp_path / "a" / "drafts").mkdir(parents=True)
    (tmp_path / "b" / "draft").mkdir(parents=True)
    assert list(without_effect(Settings(content=(tmp_path / "a", tmp_path / "b"), exclude=("draft/**",)))) == []


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(generator="hugo"),
        Settings(content=(Path(), Path(".backmatter/index-site"), Path("../notes"))),
        Settings(content=(Path(), Path("drafts")), exclude=("drafts/**",)),
        Settings(base_url="https://a.example", addresses=AddressSettings(permalink="/{slug}/", names="hugo")),
        Settings(
            base_url="https://a.example",
            addresses=AddressSettings(permalinks=(("a/**", "/a/{slug}"), ("**", "/{slug}"))),
        ),
        Settings(
            exclude=("drafts/**", "README.md", "**/_*", "**/_*/**", "A.MD", "*", "a/*.html", "[slug].md", "*down")
        ),
        Settings(check=(Levels(off=("image-alt",)),)),
        *(Settings(language=language) for language in ("en", "pt-BR", "pl", "ja", "zh-Hans", "EN")),
        Settings(hooks=HookSettings(secret="x" * 16, pull=Path("blog"))),
        Settings(mirror=MirrorSettings(site="https://a.example/feed.xml", remote=True)),
        Settings(engine="opensearch", opensearch=OpenSearchSettings(user="a", password="b")),  # noqa: S106
    ],
)
def test_a_setting_with_effect_is_not_warned_of(settings):
    assert list(without_effect(settings)) == []


def test_no_generator_has_a_pattern_without_effect():
    for conventions in CONVENTIONS.values():
        addresses = AddressSettings(permalinks=(*conventions.permalinks, ("**", conventions.permalink)))
        assert list(without_effect(Settings(base_url="https://a.example", addresses=addresses))) == []


def test_a_generator_sets_names_heading_ids_and_addresses_at_once(folder):
    config(folder, 'generator = "jekyll"')
    conventions = load().conventions
    assert conventions == CONVENTIONS["jekyll"]
    assert (conventions.names, conventions.heading_ids, conventions.permalinks[2]) == (
        "jekyll",
        "jekyll",
        ("**/index.*", "/{folder}/"),
    )


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ('names = "safe"', {"names": "safe"}),
        ('heading_ids = "python"', {"heading_ids": "python"}),
        ('permalink = "/{slug}/"', {"permalink": "/{slug}/", "permalinks": ()}),
        ('permalinks = [["a/**", "/{slug}/"]]', {"permalink": "", "permalinks": (("a/**", "/{slug}/"),)}),
    ],
)
def test_an_explicit_setting_wins_over_the_generator(folder, line, changed):
    config(folder, f'generator = "jekyll"\n[addresses]\n{line}')
    assert load().conventions == CONVENTIONS["jekyll"]._replace(**changed)


def test_without_secrets_nothing_of_them_is_left(folder):
    secrets = [declared.name for declared in DECLARED.values() if declared.is_secret]
    config(folder, "\n".join(f'{name} = "0123456789abcdef"' for name in secrets))
    assert len(secrets) == 6
    assert "0123456789abcdef" in repr(load())
    assert without_secrets(load()) == Settings()
