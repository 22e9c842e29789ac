#!/usr/bin/env python3
"""Invent the individual patients of the leukaemia example; every number is synthetic.

The five trials have the arm sizes, covariates and follow-up that are printed of
them (Buyse M et al. Blood 2011;117:7007, Tables 1 and 2). The curve of each control
arm goes through its printed landmark, or its printed median where there is no
landmark, and the treated arm has that hazard times one design hazard ratio. Nobody's
data were seen: where the answer of an analysis equals what is printed elsewhere, it
was put in here.

    python scripts/make_aml_patients.py [FOLDER]
"""

import csv
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from scipy.stats import beta, gamma, norm

#: One of a few seeds whose follow-up is near what is printed in every trial.
SEED = 20110626
FOLDER = Path(__file__).parents[1] / "examples" / "il2-aml" / "ipd"
MONTH = 365.25 / 12

#: Printed as the pooled answers of the individual data; here they are the design.
DESIGN = {"lfs": 0.97, "os": 1.08}

#: How much of a patient's luck is known from the covariates (a correlation).
KNOWN = 0.35

#: Trials of this kind end at one day; nobody is randomised at a weekend.
LOCK = date(2005, 6, 30)


@dataclass(frozen=True)
class Arm:
    """One column of the printed baseline table; lists of counts add up to n or less."""

    n: int
    age: tuple[float, float]
    sex: tuple[int, int]
    performance: tuple[int, ...]
    karyotype: tuple[int, int, int]
    fab: tuple[int, int]
    months: tuple[float, float]


@dataclass(frozen=True)
class Trial:
    """What is printed of one trial; `lfs` and `os` are (months, share without event)."""

    file: str
    ages: tuple[float, float]
    follow_up: float
    shape: float
    lfs: tuple[float, float]
    os: tuple[float, float]
    treated: Arm
    control: Arm


TRIALS = (
    Trial(
        file="blaise-2000", ages=(15, 50), follow_up=80, shape=0.6,
        lfs=(84, 0.36), os=(84, 0.47),
        treated=Arm(40, (38.9, 12.1), (22, 18), (), (8, 17, 0), (9, 30), (3.5, 0.9)),
        control=Arm(38, (41.2, 11.4), (17, 21), (), (9, 17, 2), (7, 24), (3.5, 1.1)),
    ),
    Trial(
        file="alfa-9801", ages=(50, 71), follow_up=40, shape=0.8,
        lfs=(48, 0.32), os=(48, 0.47),
        treated=Arm(77, (60.6, 5.3), (40, 37), (23, 40, 10, 3), (4, 56, 7), (25, 52), (4.3, 0.9)),
        control=Arm(84, (59.6, 5.3), (43, 41), (25, 49, 6, 0), (14, 53, 9), (24, 60), (4.2, 1.7)),
    ),
    Trial(
        file="calgb-9720", ages=(60, 88), follow_up=100, shape=0.5,
        lfs=(6.1, 0.5), os=(14.7, 0.5),
        treated=Arm(81, (69.3, 5.6), (41, 40), (30, 40, 8, 2), (13, 38, 10), (17, 60), (2.2, 0.9)),
        control=Arm(82, (69.5, 5.9), (52, 30), (29, 34, 14, 1), (19, 39, 7), (18, 60), (2.3, 1.0)),
    ),
    Trial(
        file="calgb-19808", ages=(16, 60), follow_up=69, shape=0.6,
        lfs=(36, 0.45), os=(36, 0.61),
        treated=Arm(107, (43.3, 10.6), (50, 57), (44, 52, 6, 2), (32, 52, 7), (19, 81), (5.1, 1.4)),
        control=Arm(107, (42.9, 10.7), (62, 45), (44, 48, 8, 2), (33, 52, 3), (15, 84), (5.2, 1.7)),
    ),
    Trial(
        file="ccg-2961", ages=(0.2, 21), follow_up=54, shape=0.6,
        lfs=(60, 0.58), os=(60, 0.73),
        treated=Arm(144, (8.0, 5.4), (89, 55), (), (26, 55, 1), (44, 99), (4.2, 1.3)),
        control=Arm(145, (8.4, 5.7), (67, 78), (), (26, 44, 2), (46, 94), (4.4, 1.7)),
    ),
)  # fmt: skip

KARYOTYPES = ("favourable", "intermediate", "unfavourable")
FAB = ("M0 M5 M6 M7", "M1 M2 M4")


def main() -> None:
    """Write one file a trial."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # Not for secrets: the same seed must invent the same patients.
    chance = random.Random(SEED)  # noqa: S311
    for trial in TRIALS:
        write(folder / f"{trial.file}.csv", patients(trial, chance))


def patients(trial: Trial, chance: random.Random) -> list[dict[str, object]]:
    """Return the rows of one trial in the order of randomisation."""
    rows = [
        row
        for name, arm in (("IL-2", trial.treated), ("control", trial.control))
        for row in arm_rows(trial, name, arm, chance)
    ]
    days = sorted(randomised(trial, len(rows), chance))
    by_arm = {
        name: [row for row in rows if row["arm"] == name]
        for name in ("IL-2", "control")
    }
    found = []
    for place, (day, name) in enumerate(
        zip(days, allocation(by_arm, chance), strict=True), 1
    ):
        row = by_arm[name].pop()
        end = (LOCK - day).days
        out = {"patient": f"synthetic-{place:04}", "arm": name, "randomised": day}
        out |= {key: row[key] for key in row if key not in ("arm", "lfs", "os")}
        for outcome in ("lfs", "os"):
            time = max(1, math.ceil(row[outcome]))
            out[f"{outcome}_days"] = min(time, end)
            out[f"{outcome}_event"] = int(time <= end)
        found.append(out)
    return found


def arm_rows(
    trial: Trial, name: str, arm: Arm, chance: random.Random
) -> list[dict[str, object]]:
    """Return one arm's patients with the times that nothing censors."""
    columns = {
        "age": shuffled(spread(arm.n, beta_of(arm.age, trial.ages)), chance, 1),
        "sex": shuffled(counted(arm.n, ("male", "female"), arm.sex), chance),
    }
    if arm.performance:
        columns["performance status"] = shuffled(
            counted(arm.n, range(4), arm.performance), chance
        )
    columns["karyotype"] = shuffled(counted(arm.n, KARYOTYPES, arm.karyotype), chance)
    columns["FAB type"] = shuffled(counted(arm.n, FAB, arm.fab), chance)
    columns["months since remission"] = shuffled(
        spread(arm.n, gamma_of(arm.months)), chance, 1
    )
    rows = [
        dict(zip(columns, cells, strict=True))
        for cells in zip(*columns.values(), strict=True)
    ]
    shares = luck(rows, chance)
    times = {
        outcome: [time(trial, outcome, name, u) for u in shares] for outcome in DESIGN
    }
    mix(times, chance)
    for i, row in enumerate(rows):
        row |= {"arm": name, **{outcome: times[outcome][i] for outcome in DESIGN}}
    chance.shuffle(rows)
    return rows


def luck(rows: list[dict[str, object]], chance: random.Random) -> list[float]:
    """Return a share of the curve for each patient: uniform, but known in part."""
    worse = {"unfavourable": 1.2, "favourable": -1.2}
    index = [
        float(row["age"]) / 20
        + worse.get(str(row["karyotype"]), 0.0)
        + 0.4 * float(row.get("performance status") or 0)
        for row in rows
    ]
    order = sorted(range(len(rows)), key=lambda i: (index[i], chance.random()))
    score = [0.0] * len(rows)
    for place, i in enumerate(order):
        score[i] = float(norm.ppf((place + 0.5) / len(rows)))
    own = math.sqrt(1 - KNOWN**2)
    return [float(norm.cdf(own * chance.gauss(0, 1) - KNOWN * s)) for s in score]


def time(trial: Trial, outcome: str, arm: str, share: float) -> float:
    """Return the days after which this share of the arm is still without the event."""
    months, left = getattr(trial, outcome)
    ratio = DESIGN[outcome] if arm == "IL-2" else 1.0
    hazard = -math.log(share) / (-math.log(left) * ratio)
    return months * hazard ** (1 / trial.shape) * MONTH


def mix(times: dict[str, list[float]], chance: random.Random) -> None:
    """Let patients exchange times of death where both still relapse before they die.

    Neither curve changes by it, only how much one tells about the other.
    """
    first, last = times["lfs"], times["os"]
    for _ in range(20 * len(last)):
        i, j = chance.randrange(len(last)), chance.randrange(len(last))
        if last[i] >= first[j] and last[j] >= first[i]:
            last[i], last[j] = last[j], last[i]


def randomised(trial: Trial, n: int, chance: random.Random) -> list[date]:
    """Return days from Monday to Friday around the printed median follow-up."""
    days = []
    for i in range(n):
        share = 0.65 + 0.7 * (i + chance.random()) / n
        day = LOCK - timedelta(days=trial.follow_up * MONTH * share)
        days.append(day - timedelta(days=max(0, day.weekday() - 4)))
    return days


def allocation(by_arm: dict[str, list], chance: random.Random) -> list[str]:
    """Return arms in blocks of four; the larger arm's surplus is strewn in."""
    few = min(map(len, by_arm.values()))
    found: list[str] = []
    while len(found) < 2 * few:
        block = ["IL-2", "control"] * min(2, few - len(found) // 2)
        chance.shuffle(block)
        found += block
    for name, rows in by_arm.items():
        for _ in range(len(rows) - few):
            found.insert(chance.randrange(len(found) + 1), name)
    return found


def counted(n: int, labels: Sequence[object], counts: Sequence[int]) -> list[object]:
    """Return each label as often as printed, and empty cells for the rest."""
    cells = [
        label for label, many in zip(labels, counts, strict=True) for _ in range(many)
    ]
    return cells + [""] * (n - len(cells))


def spread(n: int, distribution: Any) -> list[float]:
    """Return the even quantiles of a distribution."""
    return [float(distribution.ppf((i + 0.5) / n)) for i in range(n)]


def beta_of(moments: tuple[float, float], bounds: tuple[float, float]) -> Any:
    """Return the beta distribution between bounds that has a mean and an SD."""
    (mean, sd), (low, high) = moments, bounds
    m, v = (mean - low) / (high - low), (sd / (high - low)) ** 2
    size = m * (1 - m) / v - 1
    return beta(m * size, (1 - m) * size, loc=low, scale=high - low)


def gamma_of(moments: tuple[float, float]) -> Any:
    """Return the gamma distribution with a mean and an SD."""
    mean, sd = moments
    return gamma((mean / sd) ** 2, scale=sd**2 / mean)


def shuffled(cells: list, chance: random.Random, digits: int | None = None) -> list:
    """Return cells in another order, numbers rounded."""
    found = cells if digits is None else [round(cell, digits) for cell in cells]
    chance.shuffle(found)
    return found


def write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write rows as CSV, the older trials' files as their offices kept them."""
    rows = (
        [TRANSLATED[path.stem](row) for row in rows]
        if path.stem in TRANSLATED
        else rows
    )
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def in_months(row: dict[str, object]) -> dict[str, object]:
    """Write a row as an office that counts in months and codes in numbers."""
    return {
        "ID": row["patient"],
        "TRT": 1 if row["arm"] == "IL-2" else 2,
        "RANDDT": row["randomised"],
        "AGE": row["age"],
        "SEX": "M" if row["sex"] == "male" else "F",
        "PS": row["performance status"],
        "KARYO": row["karyotype"],
        "FABGRP": row["FAB type"],
        "CRMONTHS": row["months since remission"],
        "DFSMOS": f"{row['lfs_days'] / MONTH:.4f}",
        "DFSSTAT": 2 if row["lfs_event"] else 1,
        "OSMOS": f"{row['os_days'] / MONTH:.4f}",
        "OSSTAT": 2 if row["os_event"] else 1,
    }


#: Files that the mapping beside them has to translate.
TRANSLATED = {"calgb-19808": in_months}

if __name__ == "__main__":
    main()
