"""Is a trial's file what it should be? Checks before any model, in counts only.

References
----------
Hunter KE et al. medRxiv 2023. doi:10.1101/2023.12.11.23299797
Stewart LA et al. JAMA 2015;313:1657. doi:10.1001/jama.2015.3656
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import erfc, sqrt
from typing import Any

import numpy as np

from synthesist.ipd.mapping import day_numbers
from synthesist.numerics.arrays import Mask, Vector
from synthesist.survival import SurvivalData, kaplan_meier
from synthesist.survival.cox import chi2_test
from synthesist.survival.frames import read_columns
from synthesist.survival.log_rank import log_rank
from synthesist.survival.wording import p_value
from synthesist.tables import give_back

#: A pattern is pointed out when chance makes one as strong this rarely: with a
#: dozen checks of a dozen trials, one or two in a thousand files.
RARE = 1e-3

#: A standardised difference of means that is pointed out when it is also rare.
IMBALANCE = 0.25

#: So many of a trial's patients without a value are pointed out.
MUCH_MISSING = 0.2

#: What the totals of a publication are called.
TOTALS = {
    "n": "patients",
    "n_t": "patients treated",
    "n_c": "patients of the control arm",
    "events_t": "events, treated",
    "events_c": "events, control",
    "median_follow_up": "median follow-up",
}

OK, LOOK, WRONG = "as expected", "look", "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found in one trial: counts in words, and what to think of it.

    `verdict` is ``as expected``, ``look`` or ``wrong``.
    """

    trial: str
    check: str
    found: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityReport:
    """All findings, trial by trial; no patient is in them."""

    findings: tuple[Finding, ...]

    @property
    def open(self) -> tuple[Finding, ...]:
        """Return what must be looked at."""
        return tuple(f for f in self.findings if f.verdict != OK)

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a finding."""
        return give_back(
            {
                name: [getattr(f, name) for f in self.findings]
                for name in ("trial", "check", "found", "verdict")
            },
            None,
            backend,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as JSON values."""
        return {
            "findings": [
                {
                    "trial": f.trial,
                    "check": f.check,
                    "found": f.found,
                    "verdict": f.verdict,
                }
                for f in self.findings
            ]
        }

    def summary(self) -> str:
        """Return what must be looked at as text, and how much was checked."""
        lines = [f"{len(self.findings)} checks, {len(self.open)} to look at"]
        lines += [f"  {f.trial}, {f.check}: {f.found} ({f.verdict})" for f in self.open]
        return "\n".join(lines)


def check_patients(
    data: SurvivalData,
    *,
    source: Any = None,
    identifier: str | None = None,
    randomised: str | None = None,
    published: Mapping[str, Mapping[str, float]] | None = None,
) -> IntegrityReport:
    """Check the patients of every trial.

    Parameters
    ----------
    data : SurvivalData
    source : path, frame or mapping of columns, optional
        What `data` was read from, in which `identifier` and `randomised` are.
    identifier : str, optional
        Column that tells patients apart.
    randomised : str, optional
        Column of the date of randomisation.
    published : mapping of mapping, optional
        By trial, what its publication prints: ``n``, ``n_t``, ``n_c``,
        ``events``, ``events_t``, ``events_c``, ``median_follow_up``.

    Returns
    -------
    IntegrityReport
    """
    extra = _extra(data, source, identifier, randomised)
    found: list[Finding] = []
    for i, trial in enumerate(data.trials):
        part = data.part(i)
        rows = slice(int(data.starts[i]), int(data.starts[i + 1]))
        found.extend(_arms(trial, part))
        found.extend(_duplicates(trial, part, extra.get("identifier"), rows))
        found.extend(_missing(trial, part))
        if data.treated is not None:
            found.extend(_balance(trial, part))
            found.extend(_follow_up(trial, part))
        if "day" in extra:
            found.extend(_sequence(trial, part, extra["day"][rows]))
        found.extend(_published(trial, part, (published or {}).get(trial, {})))
    return IntegrityReport(findings=tuple(found))


def _extra(
    data: SurvivalData, source: Any, identifier: str | None, randomised: str | None
) -> dict[str, Any]:
    """Return identifiers and dates in the order of the data."""
    wanted = [name for name in (identifier, randomised) if name is not None]
    if source is None or not wanted:
        return {}
    table = read_columns(source, wanted)
    found: dict[str, Any] = {}
    if identifier is not None:
        texts = np.array(table.texts(identifier), dtype=object)
        found["identifier"] = texts[data.row]
    if randomised is not None:
        found["day"] = day_numbers(table, randomised)[data.row]
    return found


def _arms(trial: str, part: SurvivalData) -> list[Finding]:
    """Count patients and events of the arms."""
    if part.treated is None:
        return []
    n, d = int(part.treated.sum()), int(part.event.sum())
    one = n in {0, len(part)}
    return [
        Finding(
            trial=trial,
            check="arms",
            found=f"{n} treated, {len(part) - n} control",
            verdict=WRONG if one else OK,
        ),
        Finding(
            trial=trial,
            check="events",
            found=f"{d} events in {len(part)} patients",
            verdict=LOOK if d in {0, len(part)} else OK,
        ),
    ]


def _duplicates(
    trial: str, part: SurvivalData, identifiers: Any, rows: slice
) -> list[Finding]:
    """Count repeated identifiers, and rows that are alike in everything."""
    found: list[Finding] = []
    if identifiers is not None:
        own = [text for text in identifiers[rows].tolist() if text]
        again = len(own) - len(set(own))
        empty = rows.stop - rows.start - len(own)
        found.append(
            Finding(
                trial=trial,
                check="identifiers",
                found=f"{again} repeated, {empty} empty",
                verdict=WRONG if again else LOOK if empty else OK,
            )
        )
    columns = [part.exit, part.event, *(c.values for c in part.covariates.values())]
    if part.treated is not None:
        columns.append(part.treated)
    table = np.nan_to_num(np.column_stack(columns).astype(float), nan=-1e300)
    alike = len(table) - len(np.unique(table, axis=0))
    telling = len(part.covariates) >= 2
    found.append(
        Finding(
            trial=trial,
            check="rows alike",
            found=f"{alike} rows repeat another in all columns",
            verdict=LOOK if alike and telling else OK,
        )
    )
    return found


def _missing(trial: str, part: SurvivalData) -> list[Finding]:
    """Count the values that were not recorded."""
    found: list[Finding] = []
    for name, covariate in part.covariates.items():
        lacking = int(covariate.missing.sum())
        share = lacking / len(part)
        found.append(
            Finding(
                trial=trial,
                check=f"{name} recorded",
                found="not recorded" if share == 1 else f"{lacking} missing",
                verdict=LOOK if share >= MUCH_MISSING else OK,
            )
        )
    return found


def _balance(trial: str, part: SurvivalData) -> list[Finding]:
    """Compare the arms at baseline by standardised differences."""
    treated = part.arm()
    found: list[Finding] = []
    for name, covariate in part.covariates.items():
        groups = [
            covariate.values[arm & ~covariate.missing] for arm in (treated, ~treated)
        ]
        if min(map(len, groups)) < 2:
            continue
        if covariate.levels:
            p, words = _categories(groups, len(covariate.levels))
            apart = 1.0
        else:
            p, apart = _means(groups)
            words = f"standardised difference {apart:.2f}"
        rare = p < RARE and abs(apart) >= IMBALANCE
        found.append(
            Finding(
                trial=trial,
                check=f"{name} by arm",
                found=f"{words}, {p_value(p)}",
                verdict=LOOK if rare else OK,
            )
        )
    return found


def _means(groups: Sequence[Vector]) -> tuple[float, float]:
    """Return the P value of Welch's test and the standardised difference."""
    (a, b), (va, vb) = [g.mean() for g in groups], [g.var(ddof=1) for g in groups]
    spread = float(((va + vb) / 2) ** 0.5)
    if spread == 0:
        return (1.0, 0.0) if a == b else (0.0, np.inf)
    z = float(a - b) / float((va / len(groups[0]) + vb / len(groups[1])) ** 0.5)
    return erfc(abs(z) / sqrt(2)), float(a - b) / spread


def _categories(groups: Sequence[Vector], levels: int) -> tuple[float, str]:
    """Return the P value of the chi-squared test of categories by arm."""
    counts = np.array([np.bincount(g.astype(int), minlength=levels) for g in groups])
    counts = counts[:, counts.sum(axis=0) > 0]
    if counts.shape[1] < 2:
        return 1.0, "one category only"
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return chi2_test(statistic, counts.shape[1] - 1).p, "categories"


def _follow_up(trial: str, part: SurvivalData) -> list[Finding]:
    """Compare how long the arms are followed: censoring as the event."""
    from dataclasses import replace

    treated = part.arm()
    if (
        treated.all()
        or not treated.any()
        or part.event.all()
        or part.weights is not None
    ):
        return []
    medians = [row["median"] for row in kaplan_meier(part, reverse=True).medians()]
    shown = ["not reached" if m is None else f"{m:.4g}" for m in medians]
    order = np.lexsort((part.event, part.exit))
    turned = replace(
        part.select(np.ones(len(part), dtype=np.bool_)),
        event=~part.event[order],
        exit=part.exit[order],
        treated=treated[order],
        entry=None if part.entry is None else part.entry[order],
    )
    p = log_rank(turned).test.p
    return [
        Finding(
            trial=trial,
            check="follow-up by arm",
            found=f"median {shown[1]} treated, {shown[0]} control, {p_value(p)}",
            verdict=LOOK if p < RARE else OK,
        )
    ]


def _sequence(trial: str, part: SurvivalData, day: Vector) -> list[Finding]:
    """Look at the sequence of allocation, and at the days of the week."""
    known = np.isfinite(day)
    found = [
        Finding(
            trial=trial,
            check="dates of randomisation",
            found=f"{int((~known).sum())} missing",
            verdict=LOOK if (~known).any() else OK,
        )
    ]
    if known.sum() < 10:
        return found
    weekday = (day[known].astype(np.int64) - 1) % 7
    weekend = int((weekday >= 5).sum())
    share = weekend / int(known.sum())
    found.append(
        Finding(
            trial=trial,
            check="weekdays",
            found=f"{weekend} of {int(known.sum())} randomised at a weekend",
            verdict=LOOK if share > 0.1 else OK,
        )
    )
    if part.treated is not None:
        order = np.lexsort((part.row[known], day[known]))
        arms = part.treated[known][order]
        runs, p = _runs(arms)
        found.append(
            Finding(
                trial=trial,
                check="allocation sequence",
                found=f"{runs} runs of one arm in {len(arms)} patients, {p_value(p)}",
                verdict=LOOK if p < RARE else OK,
            )
        )
        found.extend(_arm_by_weekday(trial, arms, weekday[order]))
    return found


def _runs(arms: Mask) -> tuple[int, float]:
    """Return the number of runs, and how rarely chance makes as few or as many.

    Blocks make somewhat more runs than chance, alternation makes as many as there
    are patients.
    """
    n, a = len(arms), int(arms.sum())
    b = n - a
    sequence: list[bool] = arms.tolist()
    runs = 1 + sum(x != y for x, y in pairwise(sequence))
    if a == 0 or b == 0:
        return runs, 1.0
    mean = 1 + 2 * a * b / n
    variance = 2 * a * b * (2 * a * b - n) / (n**2 * (n - 1))
    if variance <= 0:
        return runs, 1.0
    z = (runs - mean) / variance**0.5
    # Blocks of two have three runs in four patients: only more than these count.
    if runs > mean:
        z = max((runs - (1 + 0.75 * n)) / variance**0.5, 0.0)
    return runs, erfc(abs(z) / sqrt(2))


def _arm_by_weekday(trial: str, arms: Mask, weekday: Any) -> list[Finding]:
    """Compare the arms' days of the week."""
    groups = [weekday[arm].astype(float) for arm in (arms, ~arms)]
    if min(map(len, groups)) < 2:
        return []
    p, _ = _categories(groups, 7)
    return [
        Finding(
            trial=trial,
            check="arm by weekday",
            found=p_value(p),
            verdict=LOOK if p < RARE else OK,
        )
    ]


def _published(
    trial: str, part: SurvivalData, printed: Mapping[str, float]
) -> list[Finding]:
    """Compare totals with what the publication prints."""
    if not printed:
        return []
    counts = {name: values[0] for name, values in part.counts().items()}
    counts["n"], counts["events"] = len(part), int(part.event.sum())
    found: list[Finding] = []
    for name, value in printed.items():
        if name == "median_follow_up":
            own = kaplan_meier(part, None, reverse=True).medians()[0]["median"]
            near = own is not None and abs(own - value) <= 0.05 * value
            text = f"{'not reached' if own is None else f'{own:.4g}'} here, {value:g} printed"
        else:
            own = counts.get(name)
            near = own == value
            text = f"{own} here, {value:g} printed"
        found.append(
            Finding(
                trial=trial,
                check=f"{TOTALS.get(name, name)} against the publication",
                found=text,
                verdict=OK if near else LOOK,
            )
        )
    return found
