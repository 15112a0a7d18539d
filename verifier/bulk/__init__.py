"""Many questions: cut into chunks, answered by many processes, remembered across runs. Start at `sweep.py`."""
