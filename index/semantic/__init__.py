"""Texts as vectors that are near each other where the texts mean the same, made by a model on this machine."""
