"""Queries: Backmatter and its peers in one process, over the same articles."""

from tests.bench import race
from tests.bench.bench import Bench, Figures
from tests.bench.peers import Peer, opener
from tests.bench.peers.backmatter import BackmatterPeer


def measure(bench: Bench) -> Figures:
    """Open every engine and let each answer the same queries in turn."""
    others = [opener(name)(bench.folder / name, bench.articles) for name in bench.peers]
    peers: list[Peer] = [BackmatterPeer(bench.engine.snapshot()), *others]
    raced = race.race({peer.name: peer for peer in peers}, bench.drawn)
    text = f"{race.tables(raced)}\n\n{race.agreement(peers, bench.drawn)}"
    return Figures(text, raced)
