"""A node with OpenSearch's own security plugin, which grants the roles of docs/cluster.md and nothing else."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backmatter.index.engines.opensearch.cluster import Access
from tests.cluster import (
    HTTP,
    TRANSPORT,
    VERSION,
    Node,
    fetch,
    free_ports,
    have_jars,
    refuse,
    wait_for,
)

PLUGIN = "org.opensearch.security.OpenSearchSecurityPlugin"
FETCHED = Path(__file__).parent / "opensearch" / "target" / f"security-{VERSION}"
ROLES = Path(__file__).parent.parent / "docs" / "cluster.md"

# The password of all users, and its hash, as the plugin's own examples have them.
PASSWORD = "admin"  # noqa: S105 (nobody's)
HASH = "$2a$12$VcCDgh2NDk07JGN0rjGbM.Ad41qVR/YFJcgHp0UGns5JDymv..TOG"
USERS = {"writer": "journal_writer", "reader": "journal_reader"}

SETTINGS = """\
plugins.security.allow_default_init_securityindex: true
plugins.security.authcz.admin_dn: ["CN=nobody"]
plugins.security.nodes_dn: ["CN=node"]
plugins.security.ssl.http.enabled: true
plugins.security.ssl.transport.enforce_hostname_verification: false
"""
CERTIFICATES = """\
plugins.security.ssl.{layer}.pemcert_filepath: node.pem
plugins.security.ssl.{layer}.pemkey_filepath: key.pem
plugins.security.ssl.{layer}.pemtrustedcas_filepath: node.pem
"""


class SecuredNode(Node):
    """A node that asks who is there."""

    plugin = FETCHED
    options = ("-pluginTypes", PLUGIN)
    settings = SETTINGS + "".join(CERTIFICATES.format(layer=layer) for layer in ("http", "transport"))
    scheme = "https"


@contextmanager
def secured(folder: Path) -> Iterator[Access]:
    """Run one node with the plugin; give the access to it, without a user."""
    have_jars()
    _have_plugin()
    config = folder / "config"
    shutil.copytree(FETCHED / "config", config / "opensearch-security")
    _certify(config)
    _let_in(config / "opensearch-security")
    (port,), transports = free_ports(1, HTTP), free_ports(1, TRANSPORT)
    node = SecuredNode(folder, port, transports[0], transports)
    access = Access((node.url,), ca=config / "node.pem", timeout=20)
    try:
        wait_for([node], 1, Access(access.hosts, "reader", PASSWORD, ca=access.ca, timeout=20))
        yield access
    finally:
        node.kill()


def _have_plugin() -> None:
    """Fetch the plugin from Maven Central, once."""
    if (FETCHED / "complete").exists():
        return
    name = f"opensearch-security-{VERSION}.zip"
    artifact = f"org.opensearch.plugin:opensearch-security:{VERSION}:zip"
    reason = fetch("dependency:copy", FETCHED, f"-Dartifact={artifact}")
    if reason:
        refuse(f"the security plugin cannot be fetched by Maven: {reason}")
    with zipfile.ZipFile(FETCHED / name) as packed:
        packed.extractall(FETCHED)
    (FETCHED / "complete").touch()


def _certify(config: Path) -> None:
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=node"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", config / "key.pem", "-out", config / "node.pem"]
    subprocess.run(command, check=True, capture_output=True)


def _let_in(config: Path) -> None:
    """Write the roles of the documentation, and a user of each."""
    (roles,) = re.findall(r"```yaml\n(journal_writer:.*?)```", ROLES.read_text("utf-8"), re.DOTALL)
    users = "".join(f"{user}:\n  hash: {HASH}\n" for user in USERS)
    mapping = "".join(f"{role}:\n  users: [{user}]\n" for user, role in USERS.items())
    for name, kind, text in [
        ("roles", "roles", roles),
        ("internal_users", "internalusers", users),
        ("roles_mapping", "rolesmapping", mapping),
    ]:
        head = f"_meta:\n  type: {kind}\n  config_version: 2\n"
        (config / f"{name}.yml").write_text(head + text, "utf-8")
