"""Pictures beside the posts are served, and nothing else of what lies there or elsewhere."""

import os
import shutil
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from backmatter.app.rendering.pictures import MAX_PICTURE_BYTES, PICTURE_TYPES
from backmatter.app.routes.media import PICTURE_MAX_AGE
from tests.conftest import POSTS, Journal, make_journal

PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)
SECRET = b"the secret"


@pytest.fixture(scope="module")
def with_bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an indexed journal with posts in folders of their own; it is copied, and not changed."""
    folder = tmp_path_factory.mktemp("bundles")
    bundles = {
        "open/index.md": "# Open\n\n![a](pic.png)\n",
        "held/index.md": "---\ndraft: true\n---\n# Held back\n",
        "held/open/index.md": "# Open within\n\nA post of its own.\n",
    }
    make_journal(folder, POSTS | bundles).index()
    return folder


@pytest.fixture
def journal(with_bundles: Path, tmp_path: Path) -> Journal:
    """A journal with pictures, and with what must not be taken for one."""
    shutil.copytree(with_bundles, tmp_path, dirs_exist_ok=True)
    made = make_journal(tmp_path, {})
    pictures = ("a.png", "B.JPG", "sub/c d.webp", "é.gif", "open/pic.png", "held/pic.png", "held/x/y.png")
    for path in (*pictures, "held/open/pic.png"):
        write(made.content / path, PNG)
    for path in (".hidden.png", ".git/a.png", "sub/.x/a.png", "notes.pdf", "page.svg.html", "a.svgz", "png", ".png"):
        write(made.content / path, SECRET)
    write(made.content / "draw.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    for path in ("outside.png", "content2/a.png", "other/b.png"):
        write(tmp_path / path, SECRET)
    links = {
        "out.png": "../outside.png",
        "sub/out": "../../other",
        "hidden.png": ".hidden.png",
        "text.png": "time.md",
        "loop.png": "loop.png",
        "gone.png": "nowhere.png",
        "inside.png": "a.png",
    }
    for name, target in links.items():
        (made.content / name).symlink_to(target)
    with (made.content / "huge.png").open("wb") as huge:
        huge.truncate(MAX_PICTURE_BYTES + 1)
    (made.content / "folder.png").mkdir()
    os.mkfifo(made.content / "pipe.png")
    return made


def write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.png", "image/png"),
        ("B.JPG", "image/jpeg"),
        ("sub/c%20d.webp", "image/webp"),
        ("%C3%A9.gif", "image/gif"),
        ("open/pic.png", "image/png"),
        ("held/open/pic.png", "image/png"),
        ("inside.png", "image/png"),
    ],
)
def test_a_picture_in_the_content_is_sent(client, path, kind):
    response = client.get(f"/media/{path}")
    assert (response.status_code, response.content_type, response.data) == (200, kind, PNG)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "nothing.png",
        "time.md",
        "draft.md",
        "notes.pdf",
        "page.svg.html",
        "a.svgz",
        "png",
        ".png",
        "a.png/x.png",
        "a.png%00",
        "a.png%00.png",
        "time.md%00.png",
        ".hidden.png",
        ".git/a.png",
        "sub/.x/a.png",
        "out.png",
        "sub/out/b.png",
        "hidden.png",
        "text.png",
        "loop.png",
        "gone.png",
        "folder.png",
        "pipe.png",
        "huge.png",
        "held/pic.png",
        "held/x/y.png",
        "../outside.png",
        "..%2foutside.png",
        "%2e%2e/outside.png",
        "%2e%2e%2foutside.png",
        "..%5coutside.png",
        "..%252foutside.png",
        "sub/../../outside.png",
        "sub/../a.png",
        "../content2/a.png",
        "../content/a.png",
        "{outside}",
        "/{outside}",
        "%2f{outside}",
        "file:{outside}",
        "a" * 300 + ".png",
        "a/" * 3_000 + "a.png",
        "%ff.png",
        "%ed%a0%80.png",
        "C:%5ca.png",
        "~/a.png",
    ],
)
def test_nothing_else_is(client: FlaskClient, tmp_path, path):
    address = "/media/" + path.format(outside=quote(str(tmp_path / "outside.png")))
    response = client.get(address)
    assert response.status_code == 404
    assert SECRET not in response.data


def test_no_type_is_one_that_a_browser_runs():
    assert all(kind.startswith("image/") for kind in PICTURE_TYPES.values())


def test_a_drawing_does_nothing_where_it_is_opened(client):
    response = client.get("/media/draw.svg")
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert response.content_type.startswith("image/svg+xml")
    assert {"default-src 'none'", "sandbox"} <= set(policy)
    assert not [part for part in policy if part.startswith(("script-src", "sandbox "))]


def test_who_holds_a_picture_is_told_so_until_it_changes(journal, client):
    response = client.get("/media/a.png")
    tag = response.headers["ETag"]
    assert response.headers["Cache-Control"] == f"public, max-age={PICTURE_MAX_AGE}, stale-while-revalidate=86400"
    again = client.get("/media/a.png", headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    write(journal.content / "a.png", PNG + b"more")
    response = client.get("/media/a.png", headers={"If-None-Match": tag})
    assert (response.status_code, response.data) == (200, PNG + b"more")
    head = client.head("/media/a.png")
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", str(len(PNG) + 4))


def test_a_picture_that_is_not_there_is_not_remembered(client):
    assert client.get("/media/nothing.png").headers["Cache-Control"] == "no-store"
