"""One build of Backmatter that answers queries: run by the Python of its own environment, in its own checkout.

It reads a line of JSON for each query, a way and a text, and writes the processor time that the answer took in seconds.
What it imports is the checkout's own: this file alone may be of a later one, and knows only what has stayed the same.
"""

import gc
import json
import sys
from pathlib import Path
from time import thread_time

from tests.bench import corpus
from tests.bench.bench import open_engine
from tests.bench.peers.backmatter import BackmatterPeer
from tests.bench.process import backmatter
from tests.bench.queries import Query


def main(content: str, index: str, loops: str) -> None:
    """Build the index if it is not there, and answer: with compiled loops, where the checkout has them, or without."""
    if loops == "without":
        from backmatter.index.segment import segment

        segment.library = lambda: None
    settings = corpus.settings_for(Path(content), Path(index))
    if not settings.index.exists():
        backmatter("index", settings)
    peer = BackmatterPeer(open_engine(settings).snapshot())
    gc.collect()
    gc.freeze()
    print(json.dumps("ready"), flush=True)  # noqa: T201 (read by `against`)
    for line in sys.stdin:
        way, text = json.loads(line)
        ask, query = getattr(peer, way), Query("", text)
        started = thread_time()
        ask(query)
        print(json.dumps(thread_time() - started), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
