"""AWS: its policies, what they mean on one request and on every request, its catalogue and its world."""
