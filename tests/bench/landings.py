"""Where do links of results lead in Chromium, Firefox and WebKit? To their sentence, in view and in one tint.

    python -m tests.bench.landings [BROWSER ...]

The queries are the questions of `questions.tsv` on this repository's articles, and the last two words of each. Of each
query the title of the first result is followed, until there are sixty that quote a sentence.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from selenium.common.exceptions import WebDriverException

from tests.bench.passages import questions
from tests.bench.tables import table
from tests.browser.conftest import CONTENT
from tests.browser.drivers import NEEDS, started
from tests.browser.landing import SIGN
from tests.browser.test_journey import Reader
from tests.serving import running_as_set

LANDINGS = 60
# Points that a few words have at least, and what else on a page has the colour by chance at most.
MIN_TINTED, MAX_BY_CHANCE = 500, 300
TITLES = ".hit h2 a"


def outcomes(reader: Reader, texts: list[str]) -> Iterator[str]:
    """Yield what each landing shows."""
    for text in texts:
        reader.opens(f"/search?q={quote(text)}")
        link = next((a.get_dom_attribute("href") for a in reader.sees(TITLES)), "")
        if SIGN in link:
            yield outcome(reader, link)


def outcome(reader: Reader, link: str) -> str:
    """Follow a link to a sentence."""
    said = "elsewhere"
    with suppress(WebDriverException):
        reader.lands(link)
        said = "on the sentence, without a tint"
        reader.waits(lambda: reader.points_tinted() > MIN_TINTED)
        said = "on the sentence, and something else is tinted"
        reader.opens(reader.address.partition("#")[0])
        reader.waits(lambda: reader.points_tinted() < MAX_BY_CHANCE)
        said = "on the sentence, tinted"
    return said


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("browsers", nargs="*", default=list(NEEDS))
    texts = [question.text for question in questions("content")]
    texts += [" ".join(text.split()[-2:]) for text in texts]
    rows = []
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "content").symlink_to(CONTENT)
        (Path(name) / "backmatter.toml").write_text("[server]\nrate_limit = 0\n", "utf-8")
        with running_as_set(Path(name)) as (_, port):
            for browser in parser.parse_args().browsers:
                with started(browser) as driver:
                    reader = Reader(driver, f"http://127.0.0.1:{port}")
                    counted = Counter(islice(outcomes(reader, texts), LANDINGS))
                    rows += [[browser, outcome, str(number)] for outcome, number in counted.most_common()]
    print(table(["browser", "lands", "of 60"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
