"""Checks of a repository: which documents a rule is about, what is asked about each, and what fails."""
