"""What every request needs of its application: the settings, the engine, the files of the design."""

from dataclasses import dataclass
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import cast
from urllib.parse import urljoin

import msgspec
from flask import Flask, current_app

from app.answers import Answers
from app.design import Asset, load_assets
from app.insights.counting import Counter
from app.library import Library
from index import editorial
from index.editorial import Editorial
from index.engine import Engine
from index.settings import SECRETS, Settings

_KEY = "backmatter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """One journal, opened.

    Attributes:
        assets: By file name, with their hashed addresses.
        answers: What was answered before and still holds.
        counter: Counts searches and clicks.
        edition: Changes with whatever shapes an answer beside the index and the request: the program, its settings
            and its templates.
    """

    settings: Settings
    engine: Engine
    editorial: Editorial
    library: Library
    assets: dict[str, Asset]
    answers: Answers
    counter: Counter
    edition: str

    @classmethod
    def open(cls, settings: Settings, engine: Engine) -> "Journal":
        """Read what does not change while the application runs."""
        says = editorial.load(settings)
        return cls(
            settings=settings,
            editorial=says,
            engine=engine,
            library=Library(settings),
            assets=load_assets(),
            answers=Answers(),
            counter=Counter(settings.insights, counts=settings.count_searches),
            edition=_edition(settings, says),
        )

    def absolute(self, address: str) -> str:
        """Give an address in full, for what is read away from our pages. A request's Host is whatever a client says."""
        return urljoin(self.settings.home + "/", address)


def keep(app: Flask, opened: Journal) -> None:
    """Make an application answer for this journal."""
    app.extensions[_KEY] = opened


def journal() -> Journal:
    """Give the journal of the application that is answering."""
    return cast(Journal, current_app.extensions[_KEY])


def _edition(settings: Settings, says: Editorial) -> str:
    # A secret shapes no answer, and nothing made of one may leave.
    public = msgspec.structs.replace(settings, **dict.fromkeys(SECRETS, ""))
    digest = blake2b(msgspec.json.encode(public, enc_hook=str), digest_size=6)
    digest.update(version("backmatter").encode())
    digest.update(repr(sorted(says.synonyms.items())).encode())
    here = Path(__file__).parent
    for file in sorted([*here.glob("*/*.*"), *here.glob("translations/*/*/*.mo")]):
        digest.update(file.read_bytes())
    return digest.hexdigest()
