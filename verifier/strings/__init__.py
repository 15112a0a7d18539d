"""The theory of texts: patterns, machines, typed values, variables, subsumption. Start at `languages.py`."""
