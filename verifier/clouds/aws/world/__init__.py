"""What exists in AWS, apart from what policies mean: which requests could happen (semantics.md, rule 4)."""
