"""Check which files of a review folder are there."""

from __future__ import annotations

from pathlib import Path

from synthesist.review import Review
from synthesist.store.columns import CSV_FILES
from synthesist.store.faults import Faults
from synthesist.store.fields import SLIP, nearest

#: The files without which the rows of another one lead nowhere.
NEEDS = {
    "duplicates.csv": ("records.csv",),
    "screening.csv": ("records.csv",),
    "arms.csv": ("studies.csv",),
    "results.csv": ("studies.csv", "arms.csv"),
    "appraisal.csv": ("studies.csv",),
}


def check_files(folder: Path, review: Review, faults: Faults) -> None:
    """Report files that are missing, and files whose names look like a slip."""
    there = {file.name for file in CSV_FILES} - faults.absent
    wanted: dict[str, str] = {}
    for file in CSV_FILES:
        for name in NEEDS.get(file.name, ()):
            if getattr(review, file.part) and name in faults.absent:
                wanted.setdefault(name, f"{file.name} refers to it")
    pooled = any(analysis.kind == "pool" for analysis in review.protocol.analyses)
    # Before the first study is read a plan waits for its results.
    if pooled and review.studies and "results.csv" in faults.absent:
        wanted["results.csv"] = "the planned analyses need it"
    slips = {
        meant: path.name
        for path in sorted(folder.glob("*.csv"))
        if path.name not in there
        and (meant := nearest(path.name, sorted(faults.absent), SLIP))
    }
    for meant, name in slips.items():
        faults.cell(name, None, None, "The file is not read", f"rename it to {meant}")
    for name, why in wanted.items():
        if name not in slips:
            faults.cell(name, None, None, "There is no such file", f"add it; {why}")
