"""A boundary that keeps all that the maximum allows and takes away the rest, proved. Start at `repair.py`.

A text is proposed first and proved afterwards, as it would be written. `clouds/aws/entry_lists.py` tells what is plain
of entries, `clouds/aws/policy/edit.py` changes a text and keeps the rest of it.
"""
