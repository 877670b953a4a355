"""Pages as a reader has them."""

from dataclasses import dataclass

from bs4 import BeautifulSoup
from flask.testing import FlaskClient


@dataclass(frozen=True)
class Page:
    """A page as a reader has it."""

    status: int
    soup: BeautifulSoup

    def texts(self, selector: str) -> list[str]:
        return [" ".join(tag.get_text().split()) for tag in self.soup.select(selector)]

    def links(self, selector: str) -> list[str]:
        return [str(tag["href"]) for tag in self.soup.select(selector)]


def page(client: FlaskClient, address: str) -> Page:
    response = client.get(address)
    assert response.content_type == "text/html; charset=utf-8"
    return Page(response.status_code, BeautifulSoup(response.text, "html.parser"))
