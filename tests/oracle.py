"""An oracle: Whoosh's own writer and searcher over the same tokens as the engine, slow and obvious.

The query tree is compiled to Whoosh's queries over Whoosh's postings. Whoosh adds up the weighted frequency of a word
over its fields and forms; the oracle applies the saturation of BM25F to the sum. Whoosh scores a phrase by its words;
the frequency of a word of several terms, as `LoadLocation`, is therefore counted here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

from whoosh import fields, scoring
from whoosh import query as wq
from whoosh.analysis import Analyzer, Token
from whoosh.filedb.filestore import RamStorage
from whoosh.index import FileIndex
from whoosh.matching import Matcher
from whoosh.query import spans
from whoosh.searching import Searcher

from backmatter.index import analysis, ranking
from backmatter.index.model import Post
from backmatter.index.query.tree import And, Dates, Everything, Filter, Node, Not, Or, Phrase, Prefix, Variants, Word
from backmatter.index.segment.columns import UNDATED, exact_terms, seconds
from backmatter.index.segment.fields import FIELDS, post_tokens


class GivenTokens(Analyzer):  # type: ignore[misc]
    """Reads tokens that are already analysed, one a line: position and term."""

    def __call__(self, value: str, **options: object) -> Iterator[Token]:
        """Yield the tokens."""
        token = Token(**options)
        for line in value.splitlines():
            position, _, token.text = line.partition(" ")
            token.pos, token.boost = int(position), 1.0
            yield token


SCHEMA = fields.Schema(
    path=fields.ID(stored=True),
    when=fields.NUMERIC(int, bits=64, default=UNDATED, shift_step=0),
    **{name: fields.TEXT(analyzer=GivenTokens()) for name in FIELDS},
    **{name: fields.ID() for name in ("slug", "tag", "author", "language", "year", "alias")},
)


def index_of(posts: Iterable[Post]) -> FileIndex:
    """Index posts with Whoosh, in memory."""
    index = RamStorage().create_index(SCHEMA)
    writer = index.writer()
    for post in posts:
        tokens = tokens_by_field(post)
        lines = {name: "\n".join(f"{position} {term}" for position, term in terms) for name, terms in tokens.items()}
        writer.add_document(**lines, **exact_terms(post), when=seconds(post.date), _stored_path=post.path)
    writer.commit()
    return index


def tokens_by_field(post: Post) -> Mapping[str, Sequence[tuple[int, str]]]:
    """Return the terms of every field in reading order, each with its position in the post."""
    tokens = post_tokens(post)
    field_at = {run.position: FIELDS[run.field] for run in tokens.runs}
    extras = defaultdict(list)
    for position, term in tokens.extras:
        extras[position].append(term)
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    field = ""
    for position, term in enumerate(tokens.terms):
        field = field_at.get(position, field)
        found[field] += [(position, each) for each in [term, *extras[position]] if each]
    return found


class Oracle:
    """Searches posts with Whoosh, in an index of its own or in a given one."""

    def __init__(self, posts: Iterable[Post], index: FileIndex | None = None) -> None:
        self.posts = {post.path: post for post in posts}
        self.lengths = {path: text_length(post) for path, post in self.posts.items()}
        self.average_length = sum(self.lengths.values()) / len(self.lengths)
        self.searcher = (index or index_of(self.posts.values())).searcher(weighting=Frequencies(self))
        self.languages = sorted({post.language for post in self.posts.values()})
        self.lexicon = {term.decode() for name in FIELDS for term in self.searcher.reader().lexicon(name)}
        self.forms = {language: by_stem(self.lexicon, language) for language in self.languages}

    def paths(self, node: Node) -> set[str]:
        """Return the posts that match."""
        return set(self._weights(self.compile(node)))

    def scores(self, words: Sequence[Word | Variants]) -> Mapping[str, float]:
        """Score the posts that have all of some words."""
        total: dict[str, float] = defaultdict(float)
        for word in words:
            for path, score in self._scores(word).items():
                total[path] += score
        return {path: total[path] for path in self.paths(And(tuple(words)))}

    def _scores(self, node: Word | Variants) -> Mapping[str, float]:
        weights: dict[str, float] = defaultdict(float)
        for leaf, weight in node.weighted if isinstance(node, Variants) else ((node, 1.0),):
            several = isinstance(leaf, Word) and len(analysis.terms(leaf.text)) > 1
            found = self._phrase_weights(leaf) if several else self._weights(self.compile(leaf))
            for path, tf in found.items():
                weights[path] += tf * weight
        df, k1 = len(weights), ranking.K1
        idf = log(1 + (len(self.posts) - df + 0.5) / (df + 0.5))
        if isinstance(node, Word) and node.text.casefold() in ranking.JOINING:
            idf *= ranking.JOINING_PART
        return {path: idf * tf * (k1 + 1) / (tf + k1) for path, tf in weights.items()}

    def _weights(self, query: wq.Query) -> dict[str, float]:
        hits = self.searcher.search(query, limit=None)
        return {hit["path"]: float(hit.score or 0) for hit in hits}

    def _phrase_weights(self, word: Word) -> dict[str, float]:
        """Return the weighted frequency of a word's terms in a row, in the posts that Whoosh finds."""
        return {path: sum(self._frequencies(path, word)) for path in self.paths(word)}

    def _frequencies(self, path: str, word: Word) -> Iterator[float]:
        wanted, tokens = analysis.terms(word.text), tokens_by_field(self.posts[path])
        for name in fields_of(word.field):
            places = set(tokens[name])
            starts = [at for at, term in places if term == wanted[0]]
            count = sum(all((at + n, term) in places for n, term in enumerate(wanted)) for at in starts)
            yield self.weighted(path, name, count)

    def weighted(self, path: str, field: str, frequency: float) -> float:
        """Return a frequency in a field times the field's weight, divided by the norm of fields that have one."""
        weighted = frequency * ranking.WEIGHTS[field] / ranking.WEIGHT_UNIT
        return weighted / self.norm(path) if field in ranking.TEXT else weighted

    def norm(self, path: str) -> float:
        """Return 1 - b + b * length / average length."""
        return 1 - ranking.B + ranking.B * self.lengths[path] / self.average_length

    def compile(self, node: Node) -> wq.Query:
        """Compile a tree to Whoosh's queries."""
        match node:
            case Everything():
                return wq.Every()
            case Word(text, field) if len(analysis.terms(text)) == 1:
                return self._word(analysis.terms(text)[0], fields_of(field))
            case Word(text, field) | Phrase(text, field):
                return self._phrase([[term] for term in analysis.terms(text)], fields_of(field))
            case Prefix(text, field):
                *before, last = analysis.terms(text) or [""]
                forms = [term for term in self.lexicon if last and term.startswith(last)]
                return self._phrase([*([term] for term in before), forms], fields_of(field))
            case Filter("author", value):
                return wq.And([wq.Term("author", term.encode()) for term in analysis.terms(value)])
            case Filter(name, value):
                return wq.Term(name, value.casefold().encode())
            case Dates(after, before_date):
                start = seconds(after) if after else UNDATED + 1
                return wq.NumericRange("when", start, seconds(before_date) if before_date else None, endexcl=True)
            case Not(inner):
                return wq.And([wq.Every(), wq.Not(self.compile(inner))])
            case And(nodes):
                return wq.And([self.compile(inner) for inner in nodes if has_terms(inner)] or [wq.NullQuery])
            case Variants():
                return wq.Or([self.compile(leaf) for leaf, _ in node.weighted])
            case Or(nodes):
                return wq.Or([self.compile(inner) for inner in nodes])

    def _word(self, term: str, fields: Sequence[str]) -> wq.Query:
        """Look in the posts of every language for the forms that share a stem in that language."""
        stems = {analysis.stem(term, language) for language in self.languages}
        return wq.Or(
            [
                wq.Require(any_of(fields, forms), wq.Term("language", language.encode()))
                for language in self.languages
                if (forms := [form for stem in stems for form in self.forms[language].get(stem, ())])
            ]
        )

    def _phrase(self, parts: Sequence[list[str]], fields: Sequence[str]) -> wq.Query:
        if len(parts) == 1:
            return any_of(fields, parts[0])
        return wq.Or(
            [spans.SpanNear2([any_of([name], forms) for forms in parts], slop=1, ordered=True) for name in fields]
            if parts and all(parts)
            else []
        )


def any_of(fields: Sequence[str], forms: Iterable[str]) -> wq.Query:
    """Look for any of some terms in any of some fields."""
    return wq.Or([wq.Term(name, form.encode()) for name in fields for form in sorted(forms)])


def by_stem(forms: Iterable[str], language: str) -> Mapping[str, Sequence[str]]:
    """Return the forms of each stem in a language."""
    found: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        found[analysis.stem(form, language)].append(form)
    return found


def fields_of(field: str | None) -> Sequence[str]:
    """Return the fields that a query's field stands for."""
    return (field,) if field else FIELDS


def has_terms(node: Node) -> bool:
    """Return whether analysis leaves any term of a node."""
    return not isinstance(node, Word | Phrase | Prefix) or bool(analysis.terms(node.text))


def text_length(post: Post) -> int:
    """Count the tokens of prose and code, one by one."""
    tokens = post_tokens(post)
    field_at = {run.position: FIELDS[run.field] for run in tokens.runs}
    count, field = 0, ""
    for position, term in enumerate(tokens.terms):
        field = field_at.get(position, field)
        count += bool(term) and field in ranking.TEXT
    return count


class Frequencies(scoring.WeightingModel):  # type: ignore[misc]
    """A weighting for Whoosh: frequency times the field's weight, divided by the norm of fields that have one."""

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle

    def scorer(self, searcher: Searcher, fieldname: str, *_: object, **__: object) -> scoring.BaseScorer:
        """Score one term."""
        return Frequency(self.oracle, searcher, fieldname)


class Frequency(scoring.BaseScorer):  # type: ignore[misc]
    """Scores the current post of a matcher by the weighted frequency of one term."""

    def __init__(self, oracle: Oracle, searcher: Searcher, field: str) -> None:
        self.oracle, self.searcher, self.field = oracle, searcher, field

    def score(self, matcher: Matcher) -> float:
        """Return the weighted frequency."""
        if self.field not in ranking.WEIGHTS:
            return 1.0  # Whoosh takes a score of 0 for no match where it adds up many
        path = self.searcher.stored_fields(matcher.id())["path"]
        return self.oracle.weighted(path, self.field, float(matcher.weight()))
