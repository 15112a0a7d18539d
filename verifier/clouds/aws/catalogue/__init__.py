"""What AWS is made of: actions, resource types and condition keys, as read-only tables with their origin and date.

The facts stand apart from what policies mean (semantics.md, rules 3 and 4). `tools/make_catalogue.py` makes the tables.
Each of `actions.py`, `keys.py` and `actions.py` is imported where it is needed: most proofs need few.
"""
