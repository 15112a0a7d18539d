"""Mending documents: `simplify` takes out what changes nothing, `repair` makes a boundary keep to a maximum.

Both propose a text first and prove it afterwards, as it would be written: what is shown has been read anew and asked
about. Start at `simplify.py` and `repair.py`; `edit.py` and `rewrite.py` change a text and keep the rest of it.
"""
