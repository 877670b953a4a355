"""Finding and ranking in segments: terms, boolean queries, the top matches, and what a match is made of."""
