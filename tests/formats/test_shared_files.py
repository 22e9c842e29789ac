"""Real exports, where they are at hand: they are not ours to keep in the project."""

from pathlib import Path

import pytest

from synthesist.errors import InvalidInput
from synthesist.formats import Reference, ReferenceFile

SHARED = Path(__file__).parents[3] / "shared" / "benchmarks" / "formats"
FILES = sorted(path for path in SHARED.glob("*/*") if path.is_file())

#: Texts that are no references, by suffix.
PROSE = {".md"}

pytestmark = pytest.mark.skipif(not FILES, reason="the shared exports are not at hand")


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_nothing_is_lost(path):
    if path.suffix in PROSE:
        with pytest.raises(InvalidInput):
            ReferenceFile(path)
        return
    file = ReferenceFile(path)
    records = list(file)
    report = file.report()
    assert report.conserved, report.summary()
    assert report.start_markers == len(records) > 0
    assert len(report.set_aside) <= 0.005 * len(records)
    assert all(isinstance(record, Reference) for record in records) or report.set_aside
