"""Search as a reader sees it: from a query's text to hits with passages, suggestions and related articles."""
