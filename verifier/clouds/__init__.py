"""What knows a cloud: `cloud.py` says what one must give, and each has a folder."""
