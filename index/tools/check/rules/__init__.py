"""The rules of `check`, each of which names one fault."""
