"""A search as it is asked for: its parameters, its addresses, and the answer to it, page by page."""
