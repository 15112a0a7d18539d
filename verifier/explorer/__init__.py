"""Looking around: counterexamples one after the other, what each statement does, tables of services, the order of
documents. Start at `explorer.py`, then `pin.py`, `alike.py`.
"""
