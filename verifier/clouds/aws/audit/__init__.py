"""Whether every principal of an account keeps to what is intended, check by check, each a proof."""
