"""The configuration: what is checked, and what is intended. It is `verifier.toml`, or a table of `pyproject.toml`."""
