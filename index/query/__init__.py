"""A reader's query: parsed into a tree, relaxed, and extended by word forms and synonyms."""
