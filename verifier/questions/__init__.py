"""The questions: each module reads as the definition of what it asks.

Start at `verdict.py`, then `prove.py`, `search.py`.
"""
