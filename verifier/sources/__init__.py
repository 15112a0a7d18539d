"""Where documents come from, besides files and standard input."""
