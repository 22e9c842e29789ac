"""References made up for these tests, and the columns made of them."""

from synthesist.dedup import FIELDS, Bibliography, normalise

#: A paper as a careful database has it.
PAPER = {
    "title": "Low doses of imaginine for flares of severe polyarthralgia in adults",
    "authors": "Nowak, Anna Maria; Okafor, Chidi; Lindqvist, Per; Haddad, Rima",
    "year": "2015",
    "journal": "Journal of Invented Rheumatology",
    "volume": "42",
    "issue": "7",
    "pages": "1101-1109",
    "doi": "",
    "pmid": "",
    "abstract": "",
}

#: Long enough for its beginning to be compared.
ABSTRACT = (
    "Background: Imaginine lowers the count of made-up cells in healthy people, and small studies"
    " have reported fewer flares. We asked whether low doses shorten flares of severe polyarthralgia"
    " in adults who had not improved on the usual drugs."
)
OTHER_ABSTRACT = (
    "Objective: to describe the frequency and the course of complications after the removal of an"
    " appendix that does not exist, in a register of all hospitals of a country without a coast,"
    " and to compare them between regions."
)


def paper(**changes):
    """Return the paper with some fields changed."""
    return PAPER | changes


def columns(*records, ids=None):
    """Return records as normalised columns; ids are a, b, c and so on."""
    names = ids or [chr(97 + place) for place in range(len(records))]
    fields = {name: [record.get(name, "") for record in records] for name in FIELDS}
    return normalise(Bibliography(ids=names, **fields))
