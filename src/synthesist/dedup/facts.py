"""What a record says of the study behind it: how many people, where, and when."""

from __future__ import annotations

import re
from typing import NamedTuple

from synthesist.dedup.places import MONTHS
from synthesist.dedup.words import fold


class Facts(NamedTuple):
    """Numbers of participants, centres and times of recruitment that a record names.

    A centre is the folded name of an institution. A time is `2008-01/2010-03`, the
    first and the last month.
    """

    sizes: frozenset[int] = frozenset()
    centres: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()


#: How an abstract names its participants.
_SIZE = re.compile(
    r"\bn\s?=\s?(\d{1,3}(?:,\d{3})+|\d{2,6})\b"
    r"|\b(\d{1,3}(?:,\d{3})+|\d{2,6}) (?:\w+ ){0,3}?(?:patients|participants|subjects|women|men|children|adults|individuals|volunteers)\b"
    r"|(\d{2,6})\s?(?:例|名患者|名受试者)",
    re.IGNORECASE,
)

#: Words by which the name of an institution is known.
_HOUSE = (
    r"(?:Universit\w*|Hospitals?|Hospitalier\w*|Krankenhaus|Klinik\w*|Clinics?|Clínica|Ospedale|Policlinico|H[oô]pital|Institut\w*"
    r"|Infirmary|College|Academy|Centers?|Centres?)"
)
#: `Mount Nowhere Hospital`, `University Hospital of Nowhere`: a run of capitals that
#: names a house, in a sentence.
_NAMED = re.compile(
    rf"(?<![\w.])(?:(?:[A-ZÀ-Þ][\w'’&-]+) (?:(?:of|for|the|de|du|di|del|la) )*){{0,6}}{_HOUSE}"
    rf"(?: (?:(?:of|for|the|de|du|di|del|la) )*[A-ZÀ-Þ][\w'’&-]+)*"
)
_HOUSE_IN = re.compile(rf"\b{_HOUSE}\b", re.IGNORECASE)
_CHINESE_HOUSE = re.compile(
    r"(?:(?![年月日至到在于由与和及我])[\u4e00-\u9fff]){2,24}(?:医院|大学|研究所|研究院|医学中心)"
)
_BETWEEN = re.compile(r"[;|\n,]")

#: Names of houses that tell nothing, as there is one in every town.
_COMMON = frozenset(
    [
        "university",
        "hospital",
        "the hospital",
        "university hospital",
        "the university hospital",
        "medical center",
        "medical centre",
        "institute",
        "center",
        "centre",
        "clinic",
        "college",
        "clinical center",
        "clinical centre",
        "university medical center",
        "university medical centre",
        "general hospital",
        "teaching hospital",
        "clinics",
        "hospitals",
        "academic medical center",
        "cancer center",
        "cancer centre",
        "medical college",
        "research institute",
        "research center",
        "research centre",
    ]
)

_MONTH = (
    r"(?:\d{1,2} )?(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?(?: \d{1,2})?,?(?: of)?"
)
_TIME = re.compile(
    rf"\b{_MONTH}(?: ((?:19|20)\d\d))?\s?(?:and|to|until|till|through|-|\u2013|\u2014)\s?(?:the end of )?{_MONTH} ((?:19|20)\d\d)\b",
    re.IGNORECASE,
)
_CHINESE_TIME = re.compile(
    r"((?:19|20)\d\d)年\s?(\d{1,2})月\s?(?:至|到|[-~\u2013\u2014～])\s?((?:19|20)\d\d)年\s?(\d{1,2})月"
)


def read_facts(abstract: str, addresses: str = "") -> Facts:
    """Return what an abstract, and the addresses of the authors, say of the study.

    Parameters
    ----------
    abstract : str
        The abstract as exported; where it names a centre or a time, that counts.
    addresses : str
        Affiliations, with `;` or a line between them.
    """
    return Facts(
        sizes=frozenset(
            int((match[1] or match[2] or match[3]).replace(",", ""))
            for match in _SIZE.finditer(abstract)
        ),
        centres=_centres(abstract, addresses),
        times=_times(abstract),
    )


def _centres(abstract: str, addresses: str) -> frozenset[str]:
    """Return the institutions that a record names."""
    named = [match[0] for match in _NAMED.finditer(abstract)]
    named += [part for part in _BETWEEN.split(addresses) if _HOUSE_IN.search(part)]
    for text in (abstract, addresses):
        if not text.isascii():
            named += _CHINESE_HOUSE.findall(text)
    folded = (fold(name).removeprefix("the ") for name in named)
    return frozenset(name for name in folded if name not in _COMMON and len(name) < 100)


def _times(abstract: str) -> frozenset[str]:
    """Return the stretches of time that a text names by month."""
    found: set[str] = set()
    for first, year, last, end in _TIME.findall(abstract):
        begin = f"{year or end}-{_number(first):02}"
        found.add(f"{begin}/{end}-{_number(last):02}")
    if not abstract.isascii():
        for year, month, end, last in _CHINESE_TIME.findall(abstract):
            found.add(f"{year}-{int(month):02}/{end}-{int(last):02}")
    return frozenset(found)


def _number(month: str) -> int:
    """Return the number of a month by its name."""
    return MONTHS.index(month[:3].lower()) + 1
