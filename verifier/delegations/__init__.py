"""What is found about a delegation, as values for reports, which know no cloud."""
