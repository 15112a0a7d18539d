"""Documents in what `terraform show -json` and `tofu show -json` print of a plan or a state."""
