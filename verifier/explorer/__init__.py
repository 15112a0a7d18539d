"""Looking around in Python: counterexamples one after the other, what statements do, tables, the order of documents.

Start at `explorer.py`, then `pin.py`, `alike.py`.
"""
