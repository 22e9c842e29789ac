"""The tables of one analysis of individual data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthesist.documents.grid import (
    Grid,
    GridRow,
    Header,
    grid,
    row,
    without_empty_columns,
)
from synthesist.documents.individual_content import CoveredTrial, PatientResult
from synthesist.numerics.distributions import normal_quantile
from synthesist.numerics.printing import (
    SPACE,
    count,
    decimal,
    p_value,
    percent,
    significant,
)
from synthesist.numerics.results import Interval
from synthesist.survival.wording import ratio_text

if TYPE_CHECKING:
    from synthesist.ipd import InteractionFit, OneStageFit
    from synthesist.numerics.results import HypothesisTest
    from synthesist.pooling import PooledFit


def stage_table(result: PatientResult) -> Grid | None:
    """Put one stage and two stages beside each other, with and without summaries."""
    one, two, random = result.one, result.two, result.random
    if one is None or two is None:
        return None
    rows = [_one_stage(one)]
    if random is not None and random is not one:
        rows.append(_one_stage(random))
    pooled = two.pooled
    name = {"cox": "Cox model in each trial", "log-rank": "log-rank test in each trial"}
    label = f"Two stages, {name[two.method]}, {_between(pooled.tau2_method)}"
    rows.append(
        _stage(
            label, pooled.estimate, pooled.interval, pooled.p, _tau2(pooled), pooled.k
        )
    )
    without = f"Without {', '.join(one.summaries)}: " if one.summaries else ""
    other = None if random is one or random is None else random.without
    rows += [_one_stage(f, without) for f in (one.without, other) if f is not None]
    if two.without is not None:
        fit = two.without
        rows.append(
            _stage(
                f"{without}two stages",
                fit.estimate,
                fit.interval,
                fit.p,
                _tau2(fit),
                fit.k,
            )
        )
    headers = (
        Header("Model", long=True), "Hazard ratio", "P", Header("tau²", number=True),
        Header("Trials", number=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _tau2(fit: PooledFit) -> float | None:
    """Return tau², None where a common effect takes it for granted."""
    return None if fit.tau2_method in (None, "CE") else fit.tau2


def _between(tau2_method: str | None) -> str:
    return (
        "common effect"
        if tau2_method in (None, "CE")
        else f"random effects ({tau2_method})"
    )


def _one_stage(fit: OneStageFit, before: str = "") -> GridRow:
    effect = "common effect" if fit.effect == "common" else "random effect"
    label = (
        f"{before}one stage, {effect}"
        if before
        else f"One stage, stratified by trial, {effect}"
    )
    trials = len(fit.data.trials) + len(fit.summaries)
    return _stage(label, fit.log_hr, fit.interval, fit.p, fit.tau2, trials)


def _stage(
    label: str,
    log_hr: float,
    interval: Interval,
    p: float | None,
    tau2: float | None,
    trials: int,
) -> GridRow:
    return row(
        label,
        _ratio(log_hr, interval),
        p_value(p).replace(" ", SPACE),
        "" if tau2 is None else significant(tau2),
        count(trials),
    )


def _ratio(log_hr: float, interval: Interval) -> str:
    text = f"{ratio_text(log_hr)} ({ratio_text(interval.lower)} to {ratio_text(interval.upper)})"
    return text.replace(" ", SPACE)


def trial_table(
    result: PatientResult, covered: tuple[CoveredTrial, ...] = ()
) -> Grid | None:
    """Return events and patients of each trial, O - E, V, its hazard ratio and its event."""
    endpoints = {t.study.study: t.endpoint.get(result.outcome.id, "") for t in covered}
    two = result.two
    if two is None:
        return None
    pooled = two.pooled
    shown = {study["study"]: study for study in pooled.display()["studies"]}
    rows = [
        row(
            trial.trial,
            f"{trial.events_t}/{trial.n_t}",
            f"{trial.events_c}/{trial.n_c}",
            decimal(trial.o_minus_e, 1),
            decimal(trial.v, 1),
            _study_ratio(shown.get(trial.trial)),
            endpoints.get(trial.trial, ""),
            trial.note,
        )
        for trial in two.trials
    ]
    rows += [
        row(f"{name} (summary)", "", "", "", "", _study_ratio(shown.get(name)), "", "")
        for name in two.summaries
    ]
    treated, control = (_capital(name) for name in (result.treated, result.control))
    headers = (
        "Trial", Header(f"{treated} events/patients", number=True),
        Header(f"{control} events/patients", number=True), Header("O \N{MINUS SIGN} E", number=True),
        Header("V", number=True), "Hazard ratio", Header("Event, as the trial defines it", long=True),
        Header("Note", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _study_ratio(shown: dict[str, float | None] | None) -> str:
    if shown is None or shown["estimate"] is None:
        return "not estimable"
    text = f"{decimal(shown['estimate'])} ({decimal(shown['ci_low'])} to {decimal(shown['ci_high'])})"
    return text.replace(" ", SPACE)


def median_table(result: PatientResult) -> Grid | None:
    """Return the medians of the curves and of follow-up by arm."""
    if result.curves is None or result.follow_up is None:
        return None
    follow_up = {str(m["group"]): m["median"] for m in result.follow_up.medians()}
    rows: list[GridRow] = []
    for found in result.curves.medians():
        median, low, high = (found[name] for name in ("median", "ci_low", "ci_high"))
        text = "not reached"
        if median is not None:
            limits = f"{decimal(low, 1) or '?'} to {decimal(high, 1) or 'not reached'}"
            text = f"{decimal(median, 1)} ({limits})"
        own = follow_up.get(str(found["group"]))
        rows.append(
            row(
                _capital(str(found["group"])),
                count(found["n"]),
                count(found["events"]),
                text,
                "not reached" if own is None else decimal(own, 1),
            )
        )
    headers = (
        "Arm", Header("Patients", number=True), Header("Events", number=True), "Median",
        "Follow-up (reverse Kaplan-Meier)",
    )  # fmt: skip
    return grid(headers, rows)


def interaction_table(result: PatientResult) -> Grid | None:
    """Return each prespecified interaction with its test and the trials that lack it."""
    if not result.interactions:
        return None
    rows = [_interaction_row(fit) for fit in result.interactions]
    headers = (
        "Covariate", Header("Ratio of hazard ratios, within trials", long=True), "Interaction",
        Header("Across trials, not used", long=True), Header("Not in it", long=True),
    )  # fmt: skip
    return without_empty_columns(grid(headers, rows))


def _interaction_row(fit: InteractionFit) -> GridRow:
    within = across = ""
    if fit.pooled is not None:
        within = f"{_ratio(fit.pooled.estimate, fit.pooled.interval)} {fit.unit()}"
    elif len(fit.pieces.knots):
        within = "bends along a spline"
    else:
        within = f"{len(fit.pieces.names) + 1} categories"
    if fit.one_stage is not None and len(fit.one_stage.across) == 1:
        at, se = float(fit.one_stage.across[0]), float(fit.one_stage.across_se[0])
        if np.isfinite(at):
            half = normal_quantile((1 + fit.level) / 2) * se
            i = Interval(lower=at - half, upper=at + half, level=fit.level)
            across = _ratio(at, i)
    return row(
        fit.pieces.covariate,
        within,
        _test(fit.test),
        across,
        " ".join(note for note in fit.notes if note not in fit.data.notes),
    )


def _test(test: HypothesisTest | None) -> str:
    if test is None:
        return "not estimable"
    return f"chi²{SPACE}={SPACE}{decimal(test.statistic)}, df{SPACE}={SPACE}{test.df:g}, {p_value(test.p)}"


def restricted_table(result: PatientResult) -> Grid | None:
    """Return the pooled difference of restricted means at each horizon."""
    fit = result.horizons
    if fit is None:
        return None
    rows = [
        row(
            f"{found['horizon']:g} {result.unit}",
            f"{decimal(found['difference'])} ({decimal(found['ci_low'])} to {decimal(found['ci_high'])})".replace(" ", SPACE),
            p_value(found["p"]),
            count(found["trials"]),
        )
        for found in fit.rows()
    ]  # fmt: skip
    level = percent(fit.fits[0].interval.level)
    headers = (
        "Up to", Header(f"Difference in {result.unit} ({level} CI)", long=True), "P",
        Header("Trials", number=True),
    )  # fmt: skip
    return grid(headers, rows)


def drift_table(result: PatientResult) -> Grid | None:
    """Return the tests of proportional hazards."""
    found = result.proportional
    if found is None:
        return None
    rows = [row(name, _test(test)) for name, test in found.trials]
    rows += [
        row("One drift in all trials", _test(found.together)),
        row("Any drift in any trial", _test(found.any_trial)),
    ]
    return grid(("Trial", "Test of proportional hazards"), rows)
