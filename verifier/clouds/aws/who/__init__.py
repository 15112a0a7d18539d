"""Who can: for everybody in an account and outside of it, whether some request of a set is allowed."""
