import os
from pathlib import Path

import msgspec
import pytest

from index.errors import SettingsError
from index.settings import CONFIG_NAME, ENV_PREFIX, FIELDS, Settings, load


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Stand in an empty directory, with no variable of ours set."""
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def config(folder: Path, text: str, name: str = CONFIG_NAME) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def check(settings: Settings, **expected: object) -> None:
    """Hold the named settings to their values and all others to their defaults."""
    assert settings == msgspec.structs.replace(Settings(), **expected)


def test_without_anything_the_defaults_hold():
    check(load())


def test_every_setting_says_what_it_is_for():
    described = {name for name, kind in FIELDS.items() if kind.__metadata__[0].description}
    assert described == set(Settings.__struct_fields__)


def test_the_file_in_the_current_directory_is_read(folder):
    config(folder, 'title = "Notes"\nport = 80\nhold_back = ["draft"]')
    check(load(), title="Notes", port=80, hold_back=("draft",))


def test_a_named_file_is_read_in_place_of_the_one_that_is_found(folder, monkeypatch):
    config(folder, "port = 1\nworkers = 3")
    check(load(config(folder, "port = 2", "other.toml")), port=2)
    monkeypatch.setenv("BACKMATTER_CONFIG", "other.toml")
    check(load(), port=2)
    check(load(config(folder, "port = 3", "third.toml")), port=3)


def test_a_file_saved_by_a_windows_editor_is_read(folder):
    config(folder, "\ufeffport = 80\r\n")
    check(load(), port=80)


def test_later_places_win(folder, monkeypatch):
    config(folder, "port = 1\nworkers = 1\nper_page = 1")
    monkeypatch.setenv("BACKMATTER_PORT", "2")
    monkeypatch.setenv("BACKMATTER_WORKERS", "2")
    check(load(overrides={"port": 3, "per_page": None}), port=3, workers=2, per_page=1)


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
    ("name", "text", "value"),
    [
        ("CONTENT", f"a{os.pathsep}b c", (Path("a"), Path("b c"))),
        ("INDEX", "x", Path("x")),
        ("TITLE", "Ünïcode, with a comma", "Ünïcode, with a comma"),
        ("HOLD_BACK", "draft, future", ("draft", "future")),
        ("PORT", "80", 80),
        ("BASE_URL", "https://blog.example.org", "https://blog.example.org"),
        ("PERMALINK", "/{year}/{slug}.html", "/{year}/{slug}.html"),
        ("HEADING_IDS", "kramdown", "kramdown"),
        ("LANGUAGE", "pt-BR", "pt-BR"),
    ],
)
def test_every_kind_of_setting_can_be_a_variable(monkeypatch, name, text, value):
    monkeypatch.setenv(f"BACKMATTER_{name}", text)
    check(load(), **{name.lower(): value})


@pytest.mark.parametrize("name", ["CONFIG", "CONTENT", "HOLD_BACK", "PORT"])
def test_an_empty_variable_is_none(monkeypatch, name):
    monkeypatch.setenv(f"BACKMATTER_{name}", "")
    check(load())


def test_only_a_file_can_hold_nothing_back(folder):
    config(folder, "hold_back = []")
    check(load(), hold_back=())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("port = 0", "port = 0: Expected `int` >= 1; allowed: at least 1 and at most 65535"),
        ("port = 65536", "at least 1 and at most 65535"),
        ('port = "http"', "port = 'http': Expected `int`, got `str`; allowed: at least 1 and at most 65535"),
        ("port = true", "got `bool`"),
        ("max_post_bytes = 10", "allowed: at least 1000"),
        ('heading_ids = "hugo"', "heading_ids = 'hugo': Invalid enum value 'hugo'; allowed: github, kramdown, python"),
        ('hold_back = ["drafts"]', "allowed: a list of draft, future, expired, unlisted"),
        ('hold_back = "draft"', "got `str`; allowed: a list of draft, future, expired, unlisted"),
        ('content = "posts"', 'got `str`; for example ["posts", "notes"]'),
        ("content = []", 'for example ["posts", "notes"]'),
        ("content = [1]", "content = [1]: Expected a path, got `int`; for example"),
        ("index = 1", "index = 1: Expected a path, got `int`; Directory that holds the index."),
        ("title = 1", "title = 1: Expected `str`, got `int`; The journal's name."),
        ('base_url = "ftp://x"', 'for example "https://blog.example.org"'),
        ('permalink = "/{heading}/"', 'for example "/{year}/{month}/{slug}/"'),
        ('language = "plain English"', 'for example "en"'),
        ("prot = 80", "unknown setting 'prot'; the settings are content, index, engine"),
        ("[server]\nport = 80", "unknown setting 'server'"),
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
        ("BACKMATTER_PORT", "http", "port = 'http': Expected `int`, got `str`; allowed: at least 1 and at most"),
        ("BACKMATTER_HOLD_BACK", "draft,soon", "allowed: a list of draft, future, expired, unlisted"),
        ("BACKMATTER_PROT", "80", "unknown setting 'prot'; the settings are content, index"),
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


@pytest.mark.parametrize("name", ["nowhere.toml", "."])
def test_a_named_file_that_cannot_be_read_is_an_error(folder, name):
    with pytest.raises(SettingsError, match=r"cannot be read .*give --config an existing file"):
        load(folder / name)


def test_a_file_that_is_not_text_is_an_error(folder):
    (folder / CONFIG_NAME).write_bytes(b'title = "caf\xe9"')
    with pytest.raises(SettingsError, match=r"^backmatter\.toml: is not valid TOML"):
        load()


def test_an_address_with_a_password_in_it_is_refused_and_not_repeated(folder):
    config(folder, 'opensearch_hosts = ["https://backmatter:hunter2@a.example.org:9200"]')
    with pytest.raises(SettingsError, match="opensearch_hosts = …") as caught:
        load()
    assert "hunter2" not in str(caught.value)
