"""What a policy says: syntax tree with spans, patterns, the operator table, parsing. Start at `syntax.py`."""
