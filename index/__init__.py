"""Posts in, index, results out; knows nothing of HTTP."""
