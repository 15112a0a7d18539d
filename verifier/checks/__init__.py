"""Checks of a repository: which documents a rule speaks of, what is asked about each, and what fails."""
