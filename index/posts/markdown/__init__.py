"""Markdown: CommonMark, with the marks that generators add to it."""
