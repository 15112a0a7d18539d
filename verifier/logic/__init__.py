"""What a policy means on every request: variables, formulas, languages, compilation, the theory of texts.

Start at `formula.py`; `languages.py` and `words.py` are the theory of patterns; `compile.py` makes formulas of
policies.
"""
