"""A frame or CSV becomes named columns: encodings, types, errors naming row and column."""

from synthesist.tables.read import read_csv, read_frame, read_table
from synthesist.tables.table import Cell, Table

__all__ = ["Cell", "Table", "read_csv", "read_frame", "read_table"]
