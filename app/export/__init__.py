"""A search without a server: the files of an index, and scripts that search them in the browser."""
