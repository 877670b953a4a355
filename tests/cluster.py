"""OpenSearch itself: a cluster of real nodes, each a process of its own, on loopback."""

import os
import random
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest

from backmatter.index.engines.opensearch.cluster import Access, Cluster
from backmatter.index.errors import BackmatterError

# The version of OpenSearch, as its runner counts them; 3.0 and later need a Java of 21 or later, which JAVA_HOME names.
VERSION = os.environ.get("OPENSEARCH", "2.19.1.0")
JAVA = f"{os.environ['JAVA_HOME']}/bin/java" if "JAVA_HOME" in os.environ else "java"

POM = Path(__file__).parent / "opensearch" / "pom.xml"
FETCHES = 3
JARS = POM.parent / "target" / VERSION
MAIN = "org.codelibs.opensearch.runner.OpenSearchRunner"

# A node of the tests lives for minutes: compiled thoroughly, it takes twice as much of the processor.
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")

# The runner takes no other ports for HTTP.
HTTP, TRANSPORT = range(9202, 9300), range(9402, 9600)

# A node that is all of its cluster.
ALONE = "discovery.type: single-node\n"

# Seconds; a node takes ten to twenty on two cores that do nothing else.
STARTING = 180
STARTS = 2

# Runs a node until it is killed, or until whoever started it has ended, however that came about: its input ends then.
UNTIL_ALONE = 'exec 3<&0; "$@" & node=$!; { cat <&3; kill -9 $node; } & wait $node'


class Node:
    """One node of a cluster, without any plugin."""

    plugin: Path | None = None
    options: tuple[str, ...] = ()
    settings = ""
    scheme = "http"
    java: tuple[str, ...] = SHORT_LIVED

    def __init__(self, folder: Path, port: int, transport: int, transports: list[int]) -> None:
        self.folder, self.port = folder, port
        self.url = f"{self.scheme}://127.0.0.1:{port}"
        (folder / "config").mkdir(parents=True, exist_ok=True)
        names = [f"127.0.0.1:{each}" for each in transports]
        # By address, as the runner gives every process's node the same name; that of 3.x takes a node for a single one.
        several = f"cluster.initial_cluster_manager_nodes: [{', '.join(names)}]\n"
        (folder / "config" / "opensearch.yml").write_text(
            "cluster.name: backmatter-tests\n"
            "network.host: 127.0.0.1\n"
            f"http.port: {port}\n"
            f"transport.port: {transport}\n"
            f"discovery.seed_hosts: [{', '.join(names)}]\n"
            f"{several if len(names) > 1 else ALONE}"
            f"path.home: {folder}\npath.data: {folder}/data\npath.logs: {folder}/logs\n"
            # What else fills the machine's disk is no matter of these tests.
            "cluster.routing.allocation.disk.threshold_enabled: false\n"
            f"{self.settings}",
            "utf-8",
        )
        self.start()

    def start(self) -> None:
        """Start the process."""
        # The runner counts nodes from 1, and adds that to the port.
        options = ["-numOfNode", "1", "-basePath", self.folder / "run", "-confPath", self.folder / "config"]
        jars = ":".join(f"{place}/*" for place in (JARS, self.plugin) if place)
        command = [JAVA, *self.java, "-Xms512m", "-Xmx512m", "-cp", jars, MAIN, *options, *self.options]
        command += ["-baseHttpPort", str(self.port - 1), "-useLogger"]
        with (self.folder / "out").open("ab") as out:
            self.process = subprocess.Popen(
                ["sh", "-c", UNTIL_ALONE, "sh", *command],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def kill(self) -> None:
        """End it at once, as a machine that dies."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


class LastingNode(Node):
    """A node as a cluster in use has it, for what measures its time."""

    java = ()


@contextmanager
def cluster(folder: Path, nodes: int, kind: type[Node] = Node) -> Iterator[list[Node]]:
    """Run a cluster of some nodes."""
    have_jars()
    started = start(folder, nodes, kind)
    try:
        yield started
    finally:
        kill(started)


def start(folder: Path, count: int, kind: type[Node]) -> list[Node]:
    """Start nodes that are one cluster; again, where a port was taken between its choice and its use."""
    reasons = []
    for attempt in range(STARTS):
        ports, transports = free_ports(count, HTTP), free_ports(count, TRANSPORT)
        places = zip(ports, transports, strict=True)
        nodes = [kind(folder / f"{attempt}-{port}", port, transport, transports) for port, transport in places]
        try:
            wait_for(nodes, count)
        except TimeoutError as error:
            reasons.append(str(error))
            kill(nodes)
        else:
            return nodes
    pytest.fail("\n".join(["OpenSearch did not start:", *reasons]))


def kill(nodes: list[Node]) -> None:
    """End all nodes."""
    for node in nodes:
        node.kill()


def wait_for(nodes: list[Node], count: int, way: Access | None = None) -> None:
    """Wait until so many nodes are one cluster, or raise `TimeoutError`; the way is theirs unless it is given."""
    ask = Cluster(way or access(nodes))
    until = monotonic() + STARTING
    while True:
        try:
            if ask(lambda client: client.cluster.health())["number_of_nodes"] == count:
                return
        except BackmatterError:
            pass
        ended = [
            f"the node at port {node.port} ended with {node.process.returncode}"
            for node in nodes
            if node.process.poll() is not None
        ]
        if ended or monotonic() > until:
            tails = [(node.folder / "out").read_text("utf-8")[-2_000:] for node in nodes]
            raise TimeoutError("\n".join([*ended, *tails]))
        sleep(0.5)


def access(nodes: list[Node]) -> Access:
    """Return the access to a cluster."""
    return Access(tuple(node.url for node in nodes), timeout=20)


def have_jars() -> None:
    """Fetch OpenSearch from Maven Central, once; without Java or Maven there is nothing to test."""
    missing = [name for name in (JAVA, "mvn") if not shutil.which(name)]
    if missing:
        refuse(f"OpenSearch does not run here: {' and '.join(missing)} is not installed")
    if not (JARS / "complete").exists():
        reason = fetch("dependency:copy-dependencies", JARS)
        if reason:
            refuse(f"OpenSearch cannot be fetched by Maven: {reason}")
        (JARS / "complete").touch()


def fetch(goal: str, place: Path, *options: str) -> str:
    """Have Maven put files into a place; return why it could not, "" if it did."""
    what = [f"-Dopensearch={VERSION}", f"-DoutputDirectory={place}", *options]
    command = ["mvn", "-q", "-B", "-f", str(POM), goal, *what]
    # A download that breaks off goes on where it was.
    for _ in range(FETCHES):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not done.returncode:
            return ""
    return done.stdout[:500]


def refuse(reason: str) -> None:
    """Skip, or fail where REQUIRE says that OpenSearch has to be there."""
    if "opensearch" in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"REQUIRE names opensearch; {reason}")
    pytest.skip(reason)


def free_ports(count: int, among: range) -> list[int]:
    """Return free ports, chosen at random as other processes look for some at the same time."""
    found: list[int] = []
    for port in random.sample(among, len(among)):
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            break
    return found
