"""Several journals in one file of settings."""

import re
from pathlib import Path

import pytest

from backmatter.app import create_app
from backmatter.index.engines import open_engine
from backmatter.index.errors import SettingsError
from backmatter.index.settings import (
    PAGES,
    SHARED,
    HookSettings,
    InsightsSettings,
    ServerSettings,
    Settings,
    load,
    load_journals,
)
from backmatter.index.settings.reading import exposed_secrets
from tests.conftest import Journal, config

SECRET = "a secret of some length"  # noqa: S105 - of these tests
TWO = """
language = "de"
index = "data/index"
[server]
public_url = "https://search.example.org:444/"
rate_limit = 5
[[journal]]
name = "go"
path = "/blogs/go"
content = ["go"]
[journal.hooks]
secret = "secret-of-the-go-journal"
[journal.server]
origins = ["https://go.example.org"]
rate_limit = 7
[[journal]]
name = "my-garden"
title = "A garden"
host = "garden.example.org"
content = ["garden"]
index = "elsewhere"
language = "fr"
"""


pytestmark = pytest.mark.usefixtures("folder")


def test_each_journal_has_its_own_settings_over_those_of_all(folder):
    go, garden = load_journals(config(folder, TWO))
    assert (go.title, go.language, go.content) == ("go", "de", (folder / "go",))
    assert (garden.title, garden.language, garden.content) == ("A garden", "fr", (folder / "garden",))
    assert (go.server.rate_limit, garden.server.rate_limit) == (7, 5)
    assert (go.server.origins, garden.server.origins) == (("https://go.example.org",), ())
    assert (go.hooks.secret, garden.hooks.secret) == ("secret-of-the-go-journal", "")


def test_a_journal_that_names_no_index_has_one_in_a_folder_of_its_name(folder):
    go, garden = load_journals(config(folder, TWO))
    assert (go.index, garden.index) == (folder / "data/go/index", folder / "elsewhere")
    assert load_journals(overrides={"index": Path("/var/lib/backmatter/index")})[0].index == Path(
        "/var/lib/backmatter/go/index"
    )


def test_a_journals_address_is_the_servers_with_its_host_and_path(folder):
    go, garden = load_journals(config(folder, TWO))
    assert go.home == "https://search.example.org:444/blogs/go"
    assert garden.home == "https://garden.example.org:444"


def test_one_journal_can_be_named(folder):
    file = config(folder, TWO)
    [garden] = load_journals(file, {"content": (Path("here"),), "index": Path("there")}, name="my-garden")
    assert (garden.journal.name, garden.content, garden.index) == ("my-garden", (Path("here"),), Path("there"))


def test_without_tables_there_is_one_journal_without_a_name(folder):
    config(folder, 'title = "Notes"')
    assert load_journals() == (load(),)
    assert (load().journal.name, load().root, load().home) == ("", "", "http://127.0.0.1:8000")


def test_a_variable_is_for_all_journals_or_names_one(folder, monkeypatch):
    monkeypatch.setenv("BACKMATTER_INSIGHTS_TOKEN", SECRET)
    monkeypatch.setenv("BACKMATTER_JOURNAL_MY_GARDEN_INSIGHTS_TOKEN", f"{SECRET} 2".replace(" ", "-"))
    monkeypatch.setenv("BACKMATTER_INSIGHTS_TOKEN", SECRET.replace(" ", "-"))
    go, garden = load_journals(config(folder, TWO))
    assert go.insights == InsightsSettings(token=SECRET.replace(" ", "-"))
    assert garden.insights == InsightsSettings(token=SECRET.replace(" ", "-") + "-2")


ONE = '[[journal]]\nname = "go"\npath = "/go"\ncontent = ["go"]\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[journal]\nname = "go"', "journal is a list of tables; write [[journal]], and its settings below"),
        ("journal = 1", "journal is a list of tables"),
        ('[[journal]]\ncontent = ["a"]', "[[journal]] number 1: name is missing; for example name = \"go\""),
        (ONE + '[[journal]]\nname = 1\ncontent = ["a"]', "[[journal]] number 2: name is missing"),
        (ONE + ONE, "[[journal]] number 2: another one has the name 'go'"),
        ('[[journal]]\nname = "all"\ncontent = ["a"]', "[[journal]] 'all': journal.name = 'all': must be of a to z"),
        ('[[journal]]\nname = "Go"\ncontent = ["a"]', "journal.name = 'Go': must be of a to z"),
        ('[[journal]]\nname = "go"', "[[journal]] 'go': content is missing; write where its posts are"),
        (ONE + "[[journal]]\nname = \"b\"\npath = \"/go\"\ncontent = [\"b\"]",
         "[[journal]] 'go' and 'b' have the same address http://127.0.0.1:8000/go; give one another host or path"),
        (ONE + "index = \"i\"\n[[journal]]\nname = \"b\"\ncontent = [\"b\"]\nindex = \"x/../i\"",
         "[[journal]] 'go' and 'b' have the same index "),
        (ONE + "engine = \"opensearch\"\n[[journal]]\nname = \"b\"\ncontent = [\"b\"]\nengine = \"opensearch\"",
         "have the same index backmatter on http://127.0.0.1:9200; give each its own"),
        (ONE.replace("/go", "go"), "journal.path = 'go': must begin with a slash and not end with one"),
        (ONE.replace("/go", "/go/"), "must begin with a slash and not end with one"),
        (ONE.replace("/go", "/.."), "must begin with a slash and not end with one"),
        (ONE.replace("/go", "/backmatter-dialog.js"), "path '/backmatter-dialog.js' ends like a page of a journal"),
        (ONE.replace("/go", "/search"), "path '/search' ends like a page of a journal; choose another"),
        (ONE + 'host = "Go.example.org"', "journal.host = 'Go.example.org': must be a host's name in lower case"),
        (ONE + 'host = "go.example.org:80"', "must be a host's name in lower case, without a port"),
        (ONE + "[journal.server]\nport = 80", "server.port is the same for all journals; write it above, in [server]"),
        (ONE + "[journal.sevrer]\nport = 80", "[[journal]] 'go': unknown setting 'sevrer'; did you mean [server]?"),
        (ONE + "per_page = 0", "[[journal]] 'go': per_page = 0: "),
        (ONE + "together = 2", "journal.together = 2: "),
        ("[server]\nport = 0\n" + ONE, "server.port = 0: "),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named_with_its_journal_and_what_to_do(folder, text, says):
    file = config(folder, text)
    with pytest.raises(SettingsError) as caught:
        load_journals(file)
    assert str(caught.value).startswith(str(file))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"name": "rust"}, "--journal rust: the journals of backmatter.toml are go, my-garden"),
        ({"overrides": {"content": (Path("a"),)}}, "--content is for one of several journals; name it with --journal"),
    ],
)
def test_a_wrong_choice_is_answered_with_the_right_ones(folder, options, says):
    config(folder, TWO)
    with pytest.raises(SettingsError, match=says):
        load_journals(**options)


def test_where_there_is_one_journal_none_can_be_named_and_where_there_are_several_one_must_be(folder):
    with pytest.raises(SettingsError, match=r"--journal go: backmatter.toml has no \[\[journal\]\] tables"):
        load_journals(name="go")
    config(folder, TWO)
    with pytest.raises(SettingsError, match="name one with --journal: go, my-garden"):
        load()


def test_what_does_nothing_is_said_of_the_journal_that_has_it(folder):
    said: list[str] = []
    load_journals(config(folder, ONE + "[journal.mirror]\nremote = true\n"), warn=said.append)
    assert said == ["journal go: mirror.remote does nothing without mirror.site; set mirror.site to a sitemap or feed"]


def test_a_secret_in_a_journals_table_that_everybody_can_read_is_named(folder):
    config(folder, TWO).chmod(0o644)
    assert [sentence for sentence in exposed_secrets() if "can read hooks.secret" in sentence]


def test_no_page_of_a_journal_is_hidden_by_the_path_of_another(journal: Journal):
    secret = SECRET.replace(" ", "-")
    everything = Settings(
        index=journal.settings.index,
        server=ServerSettings(metrics_token=secret),
        insights=InsightsSettings(token=secret),
        hooks=HookSettings(secret=secret),
    )
    rules = create_app(everything, open_engine(everything)).url_map.iter_rules()
    assert {re.sub(r"<\w+>", "*", rule.rule.split("/")[1]) for rule in rules} - {""} == set(PAGES)


def test_what_is_shared_is_a_setting_of_the_server():
    assert {name.removeprefix("server.") for name in SHARED} < set(ServerSettings.__struct_fields__)
