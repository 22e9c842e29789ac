"""Duplicates: found in files or in a review, shown, answered, taken back, audited."""
