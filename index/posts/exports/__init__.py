"""Exports of systems that keep their posts in a database."""
