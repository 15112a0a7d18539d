"""The checks of an account that follow chains of moves: who can climb, by delegation proofs for every principal."""
