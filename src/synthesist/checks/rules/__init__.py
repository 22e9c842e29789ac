"""The rules, one file a question; each ends with its entries of the list of checks."""
