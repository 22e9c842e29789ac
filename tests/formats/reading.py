"""Read an export in a test, its account always checked."""

from synthesist.formats import Reference, ReferenceFile


def read(text, *, name="export", **options):
    """Read an export given as text or bytes; return its references and the report."""
    data = text.encode() if isinstance(text, str) else text
    file = ReferenceFile(data, name=name, **options)
    records = list(file)
    report = file.report()
    assert report.conserved, report.summary()
    references = [record for record in records if isinstance(record, Reference)]
    assert report.records == len(references)
    return references, report


def one(text, **options):
    """Read an export of one reference."""
    (reference,), _ = read(text, **options)
    return reference
