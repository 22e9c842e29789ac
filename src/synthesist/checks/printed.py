"""A printed number is every number that rounds to its digits."""

from synthesist.numerics.printed import PrintedNumber, read_printed

__all__ = ["PrintedNumber", "read_printed"]
