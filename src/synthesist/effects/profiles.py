"""The rules by which other programs compute, as data.

A profile holds the rules that differ from this program's own. Those of effects act
before pooling and are looked up here; those of pooling are read by
`synthesist.pooling.profiles`, so that one entry says everything about a program.
Nothing else in the code knows a profile's name.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from synthesist.errors import InvalidInput

Choices = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A named, versioned set of rules.

    Attributes
    ----------
    name : str
        What it is called, such as ``revman5``.
    version : str
        Of the set of rules; it changes when a rule does.
    program : str
        Whose rules they are.
    effects : mapping of str
        Rules of study effects for all measures, named as in `effect_table`.
    measures : mapping of mappings
        Further rules of study effects by measure.
    pooling : mapping of str
        Rules of pooling, named as in `pool`.
    source : str
        Where the program says so.
    """

    name: str
    version: str
    program: str
    source: str
    effects: Choices = field(default_factory=dict[str, str])
    measures: Mapping[str, Choices] = field(default_factory=dict[str, Choices])
    pooling: Choices = field(default_factory=dict[str, str])

    @property
    def label(self) -> str:
        """Return name and version, as results print them."""
        return f"{self.name} (version {self.version})"

    def for_measure(self, code: str) -> dict[str, Any]:
        """Return the rules of study effects for one measure."""
        return {**self.effects, **self.measures.get(code, {})}


def find_profile(name: str) -> Profile:
    """Return the profile of a name.

    Raises
    ------
    InvalidInput
        If there is none; the remedy names the nearest.
    """
    if name in PROFILES:
        return PROFILES[name]
    close = difflib.get_close_matches(str(name).lower(), PROFILES, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    raise InvalidInput(
        f"There is no profile {name}.",
        remedy=f"{meant}choose one of {', '.join(PROFILES)}",
    )


#: Hedges' g with the factor 1 - 3/(4m - 1) and N - 3.94 in its variance.
APPROXIMATE = {"small_sample": "approximate", "variance": "RevMan"}

#: Tables without information on a ratio are left out; a risk difference needs the
#: correction for its variance only.
DROPPED = {"zero_cells": "drop-double-zero"}
REVMAN_EFFECTS = {
    "OR": DROPPED,
    "RR": DROPPED,
    "RD": {"corrected": "variance"},
    "PETO": DROPPED,
    "SMD": APPROXIMATE,
}
REVMAN_TOTALS = {
    "mh_correction": "zero-cell-trials",
    "mh_variance": "Greenland-Robins",
    "q": "Mantel-Haenszel",
}

#: The same, but a risk ratio's groups grow by as much as their events, and g has
#: its exact factor and an unbiased variance.
META_EFFECTS = REVMAN_EFFECTS | {
    "RR": {**DROPPED, "corrected": "events"},
    "SMD": {"small_sample": "exact", "variance": "UB"},
}
META_POOLING = {
    "tau2": "REML",
    "interval": "normal",
    "tau2_interval": "Q-profile",
    "i2": "Q",
    **REVMAN_TOTALS,
}
METAFOR_POOLING = {
    "tau2": "REML",
    "interval": "normal",
    "prediction": "z",
    "tau2_interval": "Q-profile",
    "i2": "tau2",
    "mh_correction": "none",
    "mh_variance": "Sato-Greenland-Robins",
    "q": "inverse-variance",
}

PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            name="revman5",
            version="1",
            program="Review Manager 5.4",
            source="Deeks JJ, Higgins JPT. Statistical algorithms in Review Manager 5. 2010.",
            measures=REVMAN_EFFECTS,
            pooling={
                "tau2": "DL",
                "interval": "normal",
                "prediction": "none",
                "i2": "Q",
                **REVMAN_TOTALS,
            },
        ),
        Profile(
            name="revman2025",
            version="1",
            program="RevMan, since January 2025",
            source="Cochrane Methods, Random-effects methods for Intervention Reviews. 2025.",
            measures=REVMAN_EFFECTS,
            pooling={
                "tau2": "REML",
                "interval": "HK",
                "prediction": "k-1",
                "tau2_interval": "Q-profile",
                "i2": "tau2",
                **REVMAN_TOTALS,
            },
        ),
        Profile(
            name="metafor3",
            version="1",
            program="metafor 3 (R)",
            source="Viechtbauer W. J Stat Softw 2010;36(3). doi:10.18637/jss.v036.i03",
            pooling=METAFOR_POOLING,
        ),
        Profile(
            name="metafor",
            version="1",
            program="metafor 5 (R)",
            source="The package's news, versions 4.6 and 5.0.",
            measures={
                "ROM": {"bias_correction": "yes"},
                "SMDH": {"variance": "Bonett"},
                "SMD1H": {"variance": "Bonett"},
            },
            pooling=METAFOR_POOLING,
        ),
        Profile(
            name="meta7",
            version="1",
            program="meta 7 (R)",
            source="Balduzzi S, Rücker G, Schwarzer G. Evid Based Ment Health 2019;22:153. doi:10.1136/ebmental-2019-300117",
            measures=META_EFFECTS,
            pooling={**META_POOLING, "prediction": "k-2"},
        ),
        Profile(
            name="meta8",
            version="1",
            program="meta 8 (R)",
            source="The package's news, version 8.0.",
            measures=META_EFFECTS,
            pooling={**META_POOLING, "prediction": "k-1"},
        ),
        Profile(
            name="stata19",
            version="1",
            program="Stata 19, meta",
            source="Stata meta-analysis reference manual, release 19.",
            measures={"RD": {"zero_cells": "none"}, "SMD": APPROXIMATE},
            pooling={
                "tau2": "REML",
                "interval": "normal",
                "prediction": "k-2",
                "i2": "tau2",
                "mh_correction": "none",
                "mh_variance": "Greenland-Robins",
                "q": "inverse-variance",
            },
        ),
        Profile(
            name="iqwig6",
            version="1",
            program="IQWiG, General Methods 6",
            source="IQWiG, General Methods, version 6, with meta's settings of that name.",
            measures=META_EFFECTS,
            pooling={
                **META_POOLING,
                "tau2": "PM",
                "interval": "HK-IQWiG",
                "prediction": "k-2",
            },
        ),
    )
}
