"""The engine for more than one machine: OpenSearch stores, replicates and finds posts; the ranking is ours."""
