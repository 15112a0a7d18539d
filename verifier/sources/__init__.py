"""Where documents come from, beside files and standard input."""
