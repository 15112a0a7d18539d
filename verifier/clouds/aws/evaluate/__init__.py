"""What a policy means on one request. Read `evaluate.py` together with `semantics.md`."""
