"""What AWS's catalogue has to say of documents and requests: names that AWS does not have, keys and resources that no
action takes, templates that were not filled in. Start at `lint.py`.
"""
