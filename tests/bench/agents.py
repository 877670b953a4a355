"""What do answers cost an agent? Ten questions about Go, by `search` and `read`, and by a list of titles and pages.

    backmatter index --content DIR --index INDEX
    python -m tests.bench.agents INDEX DIR TOKENIZER

DIR has the posts of the Go site. TOKENIZER is a file of the package `tokenizers`, such as the one of `wordllama`; a
token is one of it. The agent that has no search reads the list of titles and addresses, as `llms.txt` has it, then the
pages whose titles or addresses have most words of the question, as Markdown and without what surrounds them, which is
the least that it can cost.
"""

import argparse
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from tokenizers import Tokenizer

from backmatter.app.context import Journal
from backmatter.app.mcp.library import Library
from backmatter.app.mcp.wording import results_text
from backmatter.index import analysis
from backmatter.index.engines import open_engine
from backmatter.index.model import Post
from backmatter.index.settings import Settings
from tests.bench.tables import table

# A question as an agent searches it, and what an answer has to say.
QUESTIONS = {
    "race detector flag": r"-race\b",
    "container-aware GOMAXPROCS version": r"Go 1\.25",
    "go test cpu profile flag": r"-cpuprofile",
    "type parameters introduced in which version": r"Go 1\.18|go1\.18",
    "soft memory limit environment variable": r"GOMEMLIMIT",
    "use the vendor directory flag": r"-mod[= ]vendor",
    "workspace mode go.work version": r"1\.18",
    "loop variable scope per iteration version": r"1\.22",
    "disable the checksum database": r"GOSUMDB=off|GONOSUMDB|GONOSUMCHECK|GOFLAGS=-insecure",
    "go test shuffle flag": r"-shuffle",
}
# Results that are read, and pages that are fetched, before an agent gives up.
MOST = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """The tokens and steps of an answer; whether there was one."""

    tokens: int
    steps: int
    found: bool


def answered(texts: Iterator[str], answer: str, count: Callable[[str], int], listed: int = 0) -> Cost:
    """Read texts until one answers; the first `listed` of them are addresses, which answer nothing."""
    tokens = steps = 0
    for text in texts:
        tokens, steps = tokens + count(text), steps + 1
        if steps > listed and re.search(answer, text):
            return Cost(tokens, steps, found=True)
    return Cost(tokens, steps, found=False)


def by_tools(library: Library, question: str) -> Iterator[str]:
    """Yield what an agent reads with the tools: the results, then the section of each."""
    found = library.search(question, 5, 1, "relevance")
    yield results_text(found, 1)
    for result in found.results[:MOST]:
        yield library.read(result.passage.url, "", 0)


def by_pages(journal: Journal, question: str) -> Iterator[str]:
    """Yield what an agent reads without them: titles and addresses, then the pages that are likeliest."""
    snapshot = journal.engine.snapshot()
    posts = list(snapshot.posts())
    yield "\n".join(f"- [{post.title}]({journal.absolute(post.url)})" for post in posts)
    words = {analysis.stem(term, "en") for term in analysis.terms(question)}

    def likeness(name: str) -> float:
        """Return how close a name is to the question: the harmonic mean of how much of each the other has."""
        named = {analysis.stem(term, "en") for term in analysis.terms(name)}
        return 2 * len(words & named) / (len(words) + len(named))

    def of_post(post: Post) -> float:
        return max(likeness(post.title), likeness(post.slug.rpartition("/")[2].replace("_", " ")))

    for post in sorted(posts, key=of_post, reverse=True)[:MOST]:
        yield journal.texts.read(post, snapshot).text


def main() -> None:
    """Print a table of the ten questions."""
    parser = argparse.ArgumentParser()
    for name in ("index", "content", "tokenizer"):
        parser.add_argument(name, type=Path)
    given = parser.parse_args()
    settings = Settings(content=(given.content,), index=given.index)
    journal = Journal.open(settings, open_engine(settings))
    library, tokenizer = Library(journal), Tokenizer.from_file(str(given.tokenizer))

    def count(text: str) -> int:
        return len(tokenizer.encode(text, add_special_tokens=False).ids)

    rows, costs = [], []
    for question, answer in QUESTIONS.items():
        tools = answered(by_tools(library, question), answer, count)
        pages = answered(by_pages(journal, question), answer, count, listed=1)
        costs.append((tools, pages))
        rows.append(
            [question, *(f"{cost.tokens:,} in {cost.steps}{'' if cost.found else ', none'}" for cost in (tools, pages))]
        )
    means = [fmean(cost[way].tokens for cost in costs) for way in (0, 1)]
    rows.append(["mean", *(f"{mean:,.0f}" for mean in means)])
    print(table(["question", "search and read", "titles and pages"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
