"""The examples of proxies, each run by the real one, with TLS, in front of the real server."""

import os
import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse, HTTPSConnection
from pathlib import Path

import brotli
import pytest

from tests.conftest import POSTS, make_journal
from tests.programs import require
from tests.serving import PATIENCE, free_port, running, until
from tests.tls import authority

DEPLOY = Path(__file__).parents[1] / "deploy"
NAME, BACKEND = "search.example.org", "127.0.0.1:8000"
# Where the example listens and what it says of TLS, as a user without rights may have it.
NGINX = """daemon off; worker_processes 1; pid nginx.pid; error_log stderr;
events {{}}
http {{
access_log off; client_body_temp_path .; proxy_temp_path .; fastcgi_temp_path .; uwsgi_temp_path .; scgi_temp_path .;
{example}
}}
"""
CADDY = "{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{example}"


def nginx(example: str, port: int, certificate: Path, key: Path) -> tuple[str, list[str]]:
    example = example.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    example = re.sub("ssl_certificate .*;", f"ssl_certificate {certificate};", example)
    example = re.sub("ssl_certificate_key .*;", f"ssl_certificate_key {key};", example)
    return NGINX.format(example=example), ["nginx", "-p", ".", "-e", "stderr", "-c"]


def caddy(example: str, port: int, certificate: Path, key: Path) -> tuple[str, list[str]]:
    example = example.replace(f"{NAME} {{", f"https://{NAME}:{port} {{\n\ttls {certificate} {key}")
    return CADDY.format(example=example), ["caddy", "run", "--adapter", "caddyfile", "--config"]


PROXIES = {"nginx": ("nginx.conf", nginx), "caddy": ("Caddyfile", caddy)}


@contextmanager
def proxied(name: str, folder: Path, backend: int) -> Iterator[tuple[int, Path]]:
    """Run a proxy by its example; give its port and the certificate."""
    require(name)
    file, adapted = PROXIES[name]
    certificate, key = authority(folder / "tls", f"DNS:{NAME}")
    port = free_port()
    example = (DEPLOY / file).read_text("utf-8").replace(BACKEND, f"127.0.0.1:{backend}")
    configuration, command = adapted(example, port, certificate, key)
    (folder / file).write_text(configuration, "utf-8")
    homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, file], cwd=folder, env={**os.environ, **homes}, stdout=log, stderr=log)
    try:
        until(lambda: _answers(port, certificate, process, folder / "log"))
        yield port, certificate
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int, certificate: Path, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text("utf-8")
    try:
        return ask(port, certificate, "/healthz")[0].status == 200
    except OSError:
        return False


def ask(port: int, certificate: Path, address: str, **headers: str) -> tuple[HTTPResponse, bytes]:
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    connection.sock = context.wrap_socket(connection._create_connection(("127.0.0.1", port)), server_hostname=NAME)
    try:
        connection.request("GET", address, headers={"Host": NAME, **headers})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.fixture(scope="module", params=list(PROXIES))
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    folder = tmp_path_factory.mktemp(request.param)
    make_journal(folder, POSTS)
    with (
        running(folder, workers=1, BACKMATTER_SERVER_PROXIES="1") as (_, port),
        proxied(request.param, folder, port) as proxy,
    ):
        yield proxy


def test_a_compressed_page_passes_through_as_it_is(proxy):
    _, plain = ask(*proxy, "/search?q=cache")
    response, body = ask(*proxy, "/search?q=cache", **{"Accept-Encoding": "br, gzip"})
    assert response.headers["Content-Encoding"] == "br"
    assert "Accept-Encoding" in response.headers["Vary"]
    assert brotli.decompress(body) == plain


def test_a_client_that_holds_a_page_is_told_so(proxy):
    first, _ = ask(*proxy, "/search?q=cache", **{"Accept-Encoding": "br"})
    tag = first.headers["ETag"]
    again, body = ask(*proxy, "/search?q=cache", **{"Accept-Encoding": "br", "If-None-Match": tag})
    assert (again.status, again.headers["ETag"], body) == (304, tag, b"")


def test_pages_know_the_name_that_the_reader_has_asked(proxy):
    before = {"Referer": f"https://{NAME}/search?q=cache&sort=newest"}
    _, body = ask(*proxy, "/articles/cache?q=cache", **before)
    assert 'href="/search?q=cache&amp;sort=newest"' in body.decode()
