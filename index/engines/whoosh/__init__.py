"""The embedded engine: Whoosh locks the index and names its generations; our arrays answer queries."""
