"""What every room uses: sources and errors, budgets of time, parsing with Lark, text made safe. It knows no policy."""
