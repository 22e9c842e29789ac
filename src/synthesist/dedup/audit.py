"""How often the answers are wrong, from a sample that a person has judged."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from synthesist.dedup.find import Duplicates, Pair
from synthesist.numerics.results import Interval


class Stratum(NamedTuple):
    """Pairs that are alike in how they were answered; a sample is drawn from each.

    `kind` is "merge" or "near miss".
    """

    kind: str
    name: str
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A pair to be judged, its stratum, and how many pairs that stratum holds."""

    kind: str
    stratum: str
    population: int
    pair: Pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was judged of a stratum: how many of `sample` of `population` are wrong."""

    kind: str
    stratum: str
    population: int
    sample: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEstimate:
    """The estimated number of wrong answers among `population` pairs.

    Notes say what the number does not cover.
    """

    population: int
    sample: int
    wrong: int
    estimate: float
    interval: Interval
    notes: tuple[str, ...] = ()


#: Merges by how sure the rules were, near misses by how near they were.
MERGES = ((0.99, "sure"), (0.9, "likely"), (0.0, "least sure"))
NEAR = ((0.5, "near"), (0.1, "farther"))


def strata(duplicates: Duplicates) -> tuple[Stratum, ...]:
    """Return the merges and the near misses by how sure their answers were."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    inside: set[tuple[int, int]] = set()
    for pair in duplicates.pairs():
        inside.add((pair.left, pair.right))
        name = next(name for least, name in MERGES if pair.score >= least)
        groups.setdefault(("merge", name), []).append(pair)
    asked = {(pair.left, pair.right) for pair in duplicates.ask}
    for pair in duplicates.ask:
        groups.setdefault(("near miss", "asked"), []).append(pair)
    for place, pair in duplicates.compared.items():
        if place in inside or place in asked:
            continue
        for least, name in NEAR:
            if pair.score >= least:
                groups.setdefault(("near miss", name), []).append(pair)
                break
    names = [
        *(("merge", name) for _, name in MERGES),
        ("near miss", "asked"),
        *(("near miss", name) for _, name in NEAR),
    ]
    return tuple(
        Stratum(kind, name, tuple(groups[kind, name]))
        for kind, name in names
        if (kind, name) in groups
    )


def draw(found: Sequence[Stratum], size: int, *, seed: int = 1) -> tuple[Sampled, ...]:
    """Draw pairs for a person, half of them merges, from every stratum some.

    Each stratum gets an equal share, as errors are rare where the rules were sure
    and the doubtful ones are few; what a small one cannot use goes to the others.
    """
    drawn: list[Sampled] = []
    merges = [stratum for stratum in found if stratum.kind == "merge"]
    others = [stratum for stratum in found if stratum.kind != "merge"]
    half = (size + 1) // 2 if others else size
    left = size - _total(merges, half) if merges else size
    source = random.Random(seed)  # noqa: S311 - a sample, not a secret
    for part, share in (
        (merges, size - min(left, _total(others, left))),
        (others, left),
    ):
        for stratum, count in zip(part, _shares(part, share), strict=True):
            chosen = source.sample(range(len(stratum.pairs)), count)
            drawn += [
                Sampled(
                    kind=stratum.kind,
                    stratum=stratum.name,
                    population=len(stratum.pairs),
                    pair=stratum.pairs[place],
                )
                for place in sorted(chosen)
            ]
    return tuple(drawn)


def _total(found: Sequence[Stratum], most: int) -> int:
    """Return how many pairs can be drawn, at most so many."""
    return min(most, sum(len(stratum.pairs) for stratum in found))


def _shares(found: Sequence[Stratum], size: int) -> list[int]:
    """Share a sample equally among strata, none getting more than it holds."""
    shares = [0] * len(found)
    left = _total(found, size)
    while left:
        open_ = [k for k, s in enumerate(found) if shares[k] < len(s.pairs)]
        for place in open_[:left]:
            shares[place] += 1
        left -= len(open_[:left])
    return shares


def estimate_errors(judged: Iterable[Judged], level: float = 0.95) -> ErrorEstimate:
    """Estimate how many pairs are wrong from the strata of one kind.

    The estimate weighs each stratum by its size. The limits of each stratum are
    exact: they invert the hypergeometric distribution, as the sample is drawn from
    finitely many pairs without replacement. They are put together by recovering
    the variances from the limits.

    Parameters
    ----------
    judged : iterable of Judged
        The strata; one of which nothing was judged may hold anything.
    level : float
        Confidence level of the interval.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404. doi:10.1093/biomet/26.4.404
    Zou GY, Huang W, Zhang X. Comput Stat Data Anal 2009;53:1080.
    doi:10.1016/j.csda.2008.09.033
    """
    found = list(judged)
    estimate = below = above = 0.0
    notes: list[str] = []
    for part in found:
        if not part.sample:
            above += float(part.population) ** 2
            notes.append(f"Nothing of the stratum '{part.stratum}' was judged.")
            continue
        guess = part.population * part.wrong / part.sample
        low, high = exact_limits(part.wrong, part.sample, part.population, level)
        estimate += guess
        below += (guess - low) ** 2
        above += (high - guess) ** 2
    population = sum(part.population for part in found)
    return ErrorEstimate(
        population=population,
        sample=sum(part.sample for part in found),
        wrong=sum(part.wrong for part in found),
        estimate=estimate,
        interval=Interval(
            lower=max(0.0, estimate - below**0.5),
            upper=min(float(population), estimate + above**0.5),
            level=level,
        ),
        notes=tuple(notes),
    )


def exact_limits(
    wrong: int, sample: int, population: int, level: float = 0.95
) -> tuple[int, int]:
    """Return the limits of the number of wrong pairs in a finite population.

    Those numbers are kept that a two-sided test at `level` does not reject, so the
    limits are whole and, when all were judged, the number found.
    """
    from scipy.stats import hypergeom

    tail = (1 - level) / 2
    numbers = range(wrong, population - (sample - wrong) + 1)

    def at_least(number: int) -> bool:
        return bool(hypergeom.sf(wrong - 1, population, number, sample) > tail)

    def too_many(number: int) -> bool:
        return bool(hypergeom.cdf(wrong, population, number, sample) <= tail)

    # With more wrong pairs in all, finding at least so many gets more probable and
    # finding at most so many less.
    low = numbers[bisect_left(numbers, True, key=at_least)]
    return low, numbers[bisect_left(numbers, True, key=too_many) - 1]


def judge(
    sampled: Iterable[tuple[str, str, int, bool]], sizes: Mapping[tuple[str, str], int]
) -> tuple[Judged, ...]:
    """Count judgements by stratum.

    Parameters
    ----------
    sampled : iterable of (kind, stratum, population, wrong)
        The pairs that were judged.
    sizes : mapping of (kind, stratum) to int
        Every stratum with the number of its pairs.
    """
    counts = {place: [0, 0] for place in sizes}
    for kind, stratum, _, wrong in sampled:
        counts[kind, stratum][0] += 1
        counts[kind, stratum][1] += wrong
    return tuple(
        Judged(kind=kind, stratum=name, population=size, sample=n, wrong=x)
        for (kind, name), size in sizes.items()
        for n, x in [counts[kind, name]]
    )
