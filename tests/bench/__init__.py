"""Benchmarks, run as a command: `make bench`. Nothing here is collected by pytest; what is pure is tested beside it."""
