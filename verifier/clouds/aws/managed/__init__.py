"""The documents that have a name and stand in no file: AWS managed policies, and ready-made maxima."""
