"""Invert the posts of a segment into the arrays that queries are answered from.

Terms are numbered in byte order. Positions are numbered through the whole segment, post by post; every post begins with
a new block (see `offsets`). With T terms, P postings (a term in a post), N positions, D posts and R runs:

    lexicon, lexicon_at      the terms' bytes, T + 1 offsets
    posting_at               T + 1; postings of a term are ordered by post
    posting_doc              P; the number of the post
    posting_weight           P; see `weights`
    position_at, position    T + 1 and N'; the positions of a term by post, counted from the first position of the post
    run_at, run_field        R; the first position of a run and its field, see `fields.TokenRun`
    doc_at                   D + 1; a post's first position

The arrays of `post_columns`, `holdings`, `offsets`, `stems`, `compounds` and `weights` come beside them.
"""

from array import array
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np

from ..model import Holding, Post
from . import offsets, ragged, weights
from .arrays import Array
from .compounds import compounds
from .fields import PostTokens
from .holdings import write_holdings
from .offsets import BLOCK
from .post_columns import PostColumns, SegmentNames, columns_of, post_columns
from .postings import invert
from .stems import stems


class Inverter:
    """Collects posts in the order of their numbers in the segment."""

    def __init__(self) -> None:
        self.terms: defaultdict[str, int] = defaultdict()
        self.terms.default_factory = self.terms.__len__
        self.terms[""] = 0
        self.ids = array("I")
        self.starts = array("I")
        self.lengths = array("B")
        self.extra_ids = array("I")
        self.extra_positions = array("I")
        self.run_at = array("I")
        self.run_field = array("B")
        self.doc_at = array("I", [0])
        self.columns: list[PostColumns] = []
        self.holdings: dict[str, Holding] = {}

    def add(self, post: Post, tokens: PostTokens) -> None:
        """Add the next post."""
        first, id_of = len(self.ids), self.terms.__getitem__
        padding = -len(tokens.terms) % BLOCK
        self.ids.extend([*map(id_of, tokens.terms), *[0] * padding])
        self.starts.extend(tokens.starts + [0] * padding)
        self.lengths.extend(tokens.lengths + [0] * padding)
        self.extra_ids.extend([id_of(term) for _, term in tokens.extras])
        self.extra_positions.extend([first + position for position, _ in tokens.extras])
        self.run_at.extend([first + run.position for run in tokens.runs])
        self.run_field.extend([run.field for run in tokens.runs])
        self.doc_at.append(len(self.ids))
        self.columns.append(post_columns(post))
        self.holdings[post.path] = Holding(post.fingerprint, post.stamp, post.slug, post.expires)

    def arrays(self) -> dict[str, Array]:
        """Return the arrays of the posts added."""
        lexicon = sorted(term.encode() for term in self.terms)[1:]
        rank = np.zeros(len(self.terms), np.uint32)
        rank[[self.terms[term.decode()] for term in lexicon]] = np.arange(1, len(lexicon) + 1, dtype=np.uint32)
        arrays: dict[str, Array] = {
            "run_at": np.array(self.run_at, np.uint32),
            "run_field": np.array(self.run_field, np.uint8),
            "doc_at": np.array(self.doc_at, np.uint32),
            **columns_of(self.columns),
        }
        arrays |= offsets.pack(np.array(self.starts), np.array(self.lengths), arrays["doc_at"])
        extras = rank[np.array(self.extra_ids, np.intp)], np.array(self.extra_positions, np.uint32)
        arrays |= invert(rank[np.array(self.ids, np.intp)], extras, len(lexicon), arrays)
        return complete(arrays, lexicon, self.holdings)


def complete(arrays: dict[str, Array], lexicon: Sequence[bytes], holdings: dict[str, Holding]) -> dict[str, Array]:
    """Add the lexicon, the stems and the table of weights, which follow from the postings, and the holdings."""
    names = msgspec.msgpack.decode(arrays["names"].tobytes(), type=SegmentNames)
    strings = ragged.of_bytes(lexicon)
    arrays |= {"lexicon": strings.values, "lexicon_at": strings.at}
    terms = [term.decode() for term in lexicon]
    arrays |= stems(terms, names.languages, arrays) | compounds(terms, names.languages, arrays)
    arrays |= weights.tabled(arrays, ("posting_weight", "stem_posting_weight"))
    return arrays | write_holdings(holdings)
