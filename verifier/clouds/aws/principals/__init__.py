"""Who asks, and what that means for a question (rules 31 to 36)."""
