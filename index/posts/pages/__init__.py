"""HTML pages, as generators, themes and other programs make them: what in them is the article."""
