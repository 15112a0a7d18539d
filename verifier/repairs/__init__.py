"""A boundary that keeps all that the maximum allows and takes away the rest, proved. Start at `repair.py`."""
