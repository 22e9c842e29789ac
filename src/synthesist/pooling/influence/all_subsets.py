"""Pool all subsets of the studies: does the answer hang on which of them are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.errors import InvalidInput, NotFound
from synthesist.numerics.arrays import Mask
from synthesist.numerics.results import number, versions
from synthesist.pooling import wording
from synthesist.pooling.engine import Answers
from synthesist.pooling.fit import PooledFit
from synthesist.pooling.influence.studied import studied
from synthesist.pooling.influence.subsets import Members, each_subset
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Most subsets of this many studies would not fit into memory one by one.
MOST_STUDIES = 62


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gosh:
    """The answers of many subsets of studies.

    Attributes
    ----------
    fit : PooledFit
        The answer from all studies.
    studies : tuple of str
        The included studies (k,).
    members : (m, k) array of bool
        Which studies each subset has; none is empty.
    answers : Answers
        The numbers of each subset (m,), on the analysis scale.
    every : bool
        Whether all subsets are there, or a sample of them.
    """

    fit: PooledFit
    studies: tuple[str, ...]
    members: Members
    answers: Answers
    every: bool
    notes: tuple[str, ...] = ()

    def having(self, study: str | Sequence[str]) -> Mask:
        """Say which subsets have a study, or all of several (m,).

        Raises
        ------
        NotFound
            If no included study is called so.
        """
        names = [study] if isinstance(study, str) else list(study)
        for name in names:
            if name not in self.studies:
                raise NotFound(
                    f"No included study is called {name}.",
                    remedy=f"choose among {', '.join(self.studies)}",
                )
        wanted = np.array([name in names for name in self.studies])
        return np.logical_and.reduce(self.members[:, wanted], axis=1)

    def summary(self) -> str:
        """Return where the answers of the subsets lie."""
        show = self.fit.effects.measure.scale.show
        found = self.answers
        several = found.k > 1
        quarters = (0, 25, 50, 75, 100)
        at = [show(float(e)) for e in np.percentile(found.estimate, quarters)]
        which = "all" if self.every else "a sample of"
        lines = [
            f"{self.fit.effects.measure.label}, {which} {len(found.k)} subsets of {wording.studies(self.fit.k)}",
            f"  estimate: {at[0]} to {at[4]}, half of them {at[1]} to {at[3]}, median {at[2]}",
        ]
        if several.any():
            i2 = np.percentile(found.i2[several], quarters)
            lines.append(
                f"  I² from tau²: {i2[0]:.0f} to {i2[4]:.0f}%, half of them {i2[1]:.0f} "
                f"to {i2[3]:.0f}%, median {i2[2]:.0f}%"
            )
        lines.append(f"All studies: {wording.headline(self.fit)}")
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a subset on the analysis scale, with a column a study."""
        found = self.answers
        columns: dict[str, Any] = {
            "k": found.k.astype(np.int64),
            "estimate": found.estimate,
            "tau2": found.tau2,
            "i2": found.i2,
            "i2_q": found.i2_q,
            "q": found.q,
        }
        for i, name in enumerate(self.studies):
            columns[f"has {name}"] = self.members[:, i]
        return give_back(columns, self.fit.effects.native, backend)

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        found = self.answers
        return {
            "fit": self.fit.to_dict(),
            "studies": list(self.studies),
            "every": self.every,
            "subsets": [
                {
                    "studies": np.flatnonzero(self.members[i]).tolist(),
                    "estimate": number(found.estimate[i]),
                    "tau2": number(found.tau2[i]),
                    "i2": number(found.i2[i]),
                    "i2_q": number(found.i2_q[i]),
                    "q": number(found.q[i]),
                }
                for i in range(len(found.k))
            ],
            "notes": list(self.notes),
            "versions": versions(),
        }

    def plot(self, marked: str | Sequence[str] | None = None, **options: Any) -> Figure:
        """Draw the subsets of two studies and more, those with a study outlined.

        `options` are passed on to `synthesist.figures.gosh`.
        """
        from synthesist.figures import gosh as draw

        effects, several = self.fit.effects, self.answers.k > 1
        given: dict[str, Any] = {
            "effect_label": effects.measure.label,
            "log": effects.measure.scale.log,
        }
        if marked is not None:
            names = marked if isinstance(marked, str) else ", ".join(marked)
            given["marked"] = self.having(marked)[several]
            given["marked_label"] = f"with {names}"
        return draw(
            self.answers.estimate[several],
            self.answers.i2[several],
            **{**given, **options},
        )


def gosh(
    effects: Any, *, subsets: int = 100_000, seed: int = 1, **options: Any
) -> Gosh:
    """Pool every subset of the studies, or a sample of the subsets.

    Parameters
    ----------
    effects : PooledFit, EffectTable, path, frame or mapping of columns
        A fit by inverse variance, or what `pool` takes.
    subsets : int
        At most so many; where there are more, so many are drawn, each study being
        in with probability 1/2.
    seed : int
        Of the draw; the same seed, the same subsets.
    **options
        The choices of `pool`, unless a fit is given.

    Raises
    ------
    InvalidInput
        As `pool`, if the fit was not made by inverse variance, or if `subsets` is
        not above 0.
    NotEstimable
        If there are fewer than 2 studies.

    References
    ----------
    Olkin I, Dahabreh IJ, Trikalinos TA. Res Synth Methods 2012;3:214.
    doi:10.1002/jrsm.1053
    """
    if subsets < 1:
        raise InvalidInput(
            f"There are no {subsets} subsets.", remedy="give a number above 0"
        )
    known = studied(effects, options)
    k = len(known.y)
    every = k <= MOST_STUDIES and 2**k - 1 <= subsets
    members = _all_subsets(k) if every else _drawn_subsets(k, subsets, seed)
    return Gosh(
        fit=known.fit,
        studies=known.studies,
        members=members,
        answers=each_subset(known.y, known.v, members, known.method),
        every=every,
        notes=known.notes,
    )


def _all_subsets(k: int) -> Members:
    """Return all subsets but the empty one, in the order of binary numbers."""
    numbers = np.arange(1, 2**k, dtype=np.int64)
    return (numbers[:, None] >> np.arange(k) & 1).astype(np.bool_)


def _drawn_subsets(k: int, number_of: int, seed: int) -> Members:
    """Draw subsets, each as likely as any other; an empty one is drawn again."""
    rng = np.random.default_rng(seed)
    members = rng.random((number_of, k)) < 0.5
    while (empty := np.flatnonzero(~members.any(axis=1))).size:
        members[empty] = rng.random((empty.size, k)) < 0.5
    return members
