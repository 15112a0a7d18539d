"""All of a difference, as a short list of regions that is proved to be complete and exact. Start at `regions.py`."""
