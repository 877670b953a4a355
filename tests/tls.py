"""A gate in front of a node, as clusters have it: TLS by a certificate of its own, and nobody passes unknown."""

import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

USER, PASSWORD, TOKEN = "backmatter", "correct-horse-battery", "eyJhbGciOi.made.up"
READER = "reader"

WRITERS = {f"Basic {b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}", f"Bearer {TOKEN}"}
READERS = {f"Basic {b64encode(f'{READER}:{PASSWORD}'.encode()).decode()}"}


def authority(folder: Path, names: str = "IP:127.0.0.1") -> tuple[Path, Path]:
    """Make a certificate that vouches for itself, and its key."""
    folder.mkdir()
    certificate, key = folder / "ca.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=tests", "-addext", f"subjectAltName={names}"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


@contextmanager
def gate(address: str, certificate: Path, key: Path) -> Iterator[str]:
    """Let through to an address (host:port) who is known; give the gate's own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(address))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    # Each connection shakes hands in its own thread, and not where all of them are accepted.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def _is_search(path: str) -> bool:
    return path.partition("?")[0].endswith(("/_search", "/_msearch"))


def _handler(address: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            try:
                super().handle()
            except (ssl.SSLError, ConnectionError):  # Who does not trust us hangs up.
                self.close_connection = True

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = self.headers.get("Authorization")
            if said not in WRITERS | READERS:
                self._answer(401, b'{"error": "Unauthorized", "status": 401}')
            elif (
                said in READERS
                and self.command != "GET"
                and not self.path.partition("?")[0].endswith(("/_search", "/_msearch"))
            ):
                self._answer(
                    403, b'{"error": {"type": "security_exception", "reason": "no permissions"}, "status": 403}'
                )
            else:
                node = HTTPConnection(address, timeout=30)
                node.request(self.command, self.path, body, {"Content-Type": self.headers.get("Content-Type") or ""})
                answer = node.getresponse()
                self._answer(answer.status, answer.read())
                node.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass  # noqa: N815

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    return Handler
