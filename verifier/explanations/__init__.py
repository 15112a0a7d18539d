"""Why an answer is what it is. Start at `explanation.py`, then `explain.py`, `needed.py`."""
