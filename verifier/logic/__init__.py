"""Formulas over requests and what follows from them: actions, domains, propagation, the theory of their texts.

Start at `formula.py`; `theory.py` leads from literals back to texts, `strings/` has the theory of patterns behind it.
"""
