"""Addresses: slugs, ids of headings, and where results link to."""
