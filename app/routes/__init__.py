"""Routes: one module for each page or endpoint."""
