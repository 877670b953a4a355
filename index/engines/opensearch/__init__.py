"""The engine for more than one machine: OpenSearch keeps, replicates and finds; the ranking is ours."""
