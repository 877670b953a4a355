"""Write an index of small files that a browser searches by itself, without a server."""
