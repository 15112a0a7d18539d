"""Warnings about documents and requests, by AWS's catalogue. Start at `lint.py`.

They are about names that AWS does not have, keys and resources that no action takes, and templates that were not filled
in.
"""
