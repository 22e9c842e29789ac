"""Where a review lives: the review folder of plain text."""

from synthesist.store.begin import begin_folder
from synthesist.store.folder import read_folder

__all__ = ["begin_folder", "read_folder"]
