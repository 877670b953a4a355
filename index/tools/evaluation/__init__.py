"""Measuring the ranking against judged queries."""
