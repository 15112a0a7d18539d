"""The only place that knows a solver: encode, solve, decode, export. Start at `solve.py`."""
