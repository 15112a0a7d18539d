"""The questions: each module reads as the definition of what it asks. Start at `documents.py`, then `prove.py`."""
