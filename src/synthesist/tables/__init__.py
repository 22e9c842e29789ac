"""A frame or CSV becomes named columns: encodings, types, errors naming row and column."""

from synthesist.tables.frames import read_frame
from synthesist.tables.give_back import give_back
from synthesist.tables.read import read_csv, read_table
from synthesist.tables.table import Cell, Table, Vector

__all__ = [
    "Cell",
    "Table",
    "Vector",
    "give_back",
    "read_csv",
    "read_frame",
    "read_table",
]
