"""Where a review lives: the review folder of plain text."""

from synthesist.store.folder import read_folder

__all__ = ["read_folder"]
