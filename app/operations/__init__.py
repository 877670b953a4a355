"""For the operator of the server: the log of requests, and metrics."""
