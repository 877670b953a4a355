"""Mutations of posts and queries: a number names each, so that one that fails can be made again."""

from collections.abc import Callable, Sequence
from random import Random

FRONT_MATTER = ["---\n", "+++\n", "\n---\n", "title: ", "date: ", "tags: [", "draft: ", "&a ", "*a", "!!int ", "|\n"]
VALUES = ['"', "{", "'", ": ", " = ", "<!--{", "}-->", "2026-13-99", "1e999", "null", "}", "]", "\t", "\n", "    "]
BLOCKS = ["# ", "## ", "===\n", "> ", "- ", "1. ", "* ", "```", "~~~", "|", "\n|---|\n", ": ", "!!! note\n", "\n\n"]
INLINE = ["`", "``", "**", "__", "_", "[", "](", ")", "![", "[^1]", "[^1]: ", "[a]: b\n", "\\", "&amp;", "&#x0;"]
HTML = "<div> </div> <b> </b> <pre> </pre> <h1> </h1> <main> </main> <a <p > <table><tr><td> <img <svg> <nav>".split()
RAW = ["<!--", "-->", "<?xml", "<![CDATA[", "<script>", "</script>", " href=", " class='", " hidden"]
TEMPLATES = ["{{", "}}", "{%", "%}", "{{< a >}}", "{% raw %}", "{% endraw %}", "{% comment %}", "$", "$$", "\\\\("]
MDX = ["{: .a #b}", "import a\n", "<A b={", "/>"]
CHARACTERS = ["\x00", "\x02", "\x03", "\ufeff", "\u200b", "\u00ad", "\u202e", "\r", "\udcff", *"éあｱ🔗"]
QUERIES = [" OR ", "-", "tag:", "title:", "in:code", "year:", "after:2026-02-30", "*", "C++", "--race", "std::"]
TOKENS = (*FRONT_MATTER, *VALUES, *BLOCKS, *INLINE, *HTML, *RAW, *TEMPLATES, *MDX, *CHARACTERS, *QUERIES)
"""What has a meaning to one of the parsers, and what is awkward to all."""

MOST_REPEATED = 300
"""How often a piece is repeated; `test_growth` repeats more of it."""

Mutation = Callable[[str, Random, str], str]


def insert(text: str, random: Random, _: str) -> str:
    start = random.randint(0, len(text))
    return text[:start] + random.choice(TOKENS) + text[start:]


def repeat(text: str, random: Random, _: str) -> str:
    start, end = _span(text, random, 20)
    piece = random.choice((text[start:end], random.choice(TOKENS)))
    return text[:start] + piece * random.randint(2, MOST_REPEATED) + text[start:]


def delete(text: str, random: Random, _: str) -> str:
    start, end = _span(text, random, 200)
    return text[:start] + text[end:]


def move(text: str, random: Random, _: str) -> str:
    start, end = _span(text, random, 200)
    rest, target = text[:start] + text[end:], random.randint(0, len(text) - (end - start))
    return rest[:target] + text[start:end] + rest[target:]


def replace(text: str, random: Random, _: str) -> str:
    start = random.randint(0, len(text))
    return text[:start] + chr(random.choice((random.randrange(128), random.randrange(0xD800)))) + text[start + 1 :]


def splice(text: str, random: Random, other: str) -> str:
    start, end = _span(other, random, 500)
    place = random.randint(0, len(text))
    return text[:place] + other[start:end] + text[place:]


def truncate(text: str, random: Random, _: str) -> str:
    return text[: random.randint(0, len(text))]


MUTATIONS: Sequence[Mutation] = (insert, insert, repeat, delete, move, replace, splice, truncate)


def mutated(samples: Sequence[str], number: int, longest: int) -> tuple[int, str]:
    """Return one of some samples, mutated, and which of them it was.

    Args:
        samples: What to mutate.
        number: The mutation; the same number gives the same text.
        longest: Characters that are taken of a sample: its beginning, and a part from elsewhere.
    """
    random = Random(number)  # noqa: S311 - nothing is secret here
    chosen = random.randrange(len(samples))
    text = samples[chosen]
    if len(text) > longest:
        start = random.randrange(len(text))
        text = text[: longest // 3] + text[start : start + longest * 2 // 3]
    for _ in range(random.choice((1, 1, 2, 3, 5))):
        text = random.choice(MUTATIONS)(text, random, random.choice(samples))
    return chosen, text


def _span(text: str, random: Random, longest: int) -> tuple[int, int]:
    start = random.randint(0, len(text))
    return start, min(len(text), start + random.randint(1, longest))
