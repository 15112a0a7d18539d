"""Delegation: can an administrator, alone or through whom he makes, changes or becomes, climb out of a maximum?"""
