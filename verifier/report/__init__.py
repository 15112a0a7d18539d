"""The answer, for people and programs: diagnostics, text, JSON. Start at `text.py`."""
