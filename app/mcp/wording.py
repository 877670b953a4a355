"""Results as text for a model: as short as can be, each article with its address, code as code."""

from collections.abc import Iterable, Mapping

from .shapes import FoundArticle, ListedArticle, Overview, RelatedList, SearchResults


def results_text(found: SearchResults, first: int) -> str:
    """Return a page of results, numbered from `first`."""
    parts = [found.note, *(_result(number, result) for number, result in enumerate(found.results, first))]
    if found.next_page:
        parts.append("\n".join([f"More: page={found.next_page}", *_narrowing(found.facets)]))
    return "\n\n".join(parts)


def related_text(found: RelatedList) -> str:
    """Return a list of articles."""
    return "\n".join(map(_line, found.articles)) or "No article is close to it; search for its words."


def overview_text(found: Overview) -> str:
    """Return what a journal is about."""
    return "\n".join(
        [f"{found.title}: {found.total} articles", *_narrowing(found.facets), "newest:", *map(_line, found.newest)]
    )


def day_and_tags(entry: ListedArticle) -> str:
    """Return day and tags of an article in brackets."""
    known = ", ".join([*([entry.date] if entry.date else []), *entry.tags])
    return f" ({known})" if known else ""


def _line(entry: ListedArticle) -> str:
    return f"- {entry.title}{day_and_tags(entry)} <{entry.url}>"


def _result(number: int, result: FoundArticle) -> str:
    passage = result.passage
    section = f" › {passage.section}" if passage.section else ""
    lines = [f"{number}. {result.title}{section}{day_and_tags(result)}", f"<{passage.url}>"]
    lines += [f"superseded by <{result.superseded_by}>"] if result.superseded_by else []
    lines += [f"lacks: {', '.join(result.missing)}"] if result.missing else []
    lines += [passage.text] if passage.code is None else [f"```{passage.code}", passage.text, "```"]
    lines += [f"see also: {', '.join(each.section for each in result.further)}"] if result.further else []
    return "\n".join(lines)


def _narrowing(facets: Mapping[str, Mapping[str, int]]) -> Iterable[str]:
    """Yield the values that narrow a search down, by the words that the query language has for them."""
    for name, values in facets.items():
        if len(values) > 1:
            yield f"{name}: " + ", ".join(f"{value} ({count})" for value, count in values.items())
