"""A document without the parts that change nothing: `simplify` takes them out and proves that it means the same.

A text is proposed first and proved afterwards, as it would be written: what is shown has been read anew and asked
about. Start at `simplify.py`; `clouds/aws/entry_lists.py` tells what is plain of entries, `clouds/aws/policy/edit.py`
changes a text and keeps the rest of it.
"""
