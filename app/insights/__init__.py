"""Counting what readers look for, and the author's pages about it."""
