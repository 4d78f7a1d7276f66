"""Learns which articles report one event: `python -m warta.index.stories.training.train`."""
