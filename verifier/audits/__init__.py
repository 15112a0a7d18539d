"""What an audit of an account found, as values that know no cloud."""
