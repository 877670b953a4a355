"""The author's tools: check, doctor, backup, init and the evaluation of the ranking."""
