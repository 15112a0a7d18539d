"""How proofs scale: questions that grow (`families.py`), and what they take (`growth.py`)."""
