"""What a policy means on every request: rules of formulas. Start at `compile.py`."""
