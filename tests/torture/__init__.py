"""Machines that fail, cut off, damage and kill at every point: a sample in `make test`, all of it in `make torture`."""

import os

# What `make torture` sets: every case, and not a fixed sample.
THOROUGH = os.environ.get("TORTURE") == "1"
