"""What a policy means on one request. Start at `request.py`, then read `evaluate.py` together with `semantics.md`."""
