"""Check what review.toml and ipd.csv say of individual data."""

from __future__ import annotations

from pathlib import Path

from synthesist.review import PatientAnalysis, Review
from synthesist.store.codes import known_codes
from synthesist.store.faults import Faults
from synthesist.store.fields import nearest_known, shown

SECTION = "ipd_analyses"


def check_individual(folder: Path, review: Review, faults: Faults) -> None:
    """Report plans that cannot be carried out, and answers that contradict each other."""
    plans = review.protocol.ipd_analyses
    if plans:
        _check_data(folder, review, faults)
    taken = {analysis.id.casefold() for analysis in review.protocol.analyses}
    for index, plan in enumerate(plans):
        if plan.id and plan.id.casefold() in taken:
            faults.key(
                SECTION,
                index,
                "id",
                f"The id '{shown(plan.id)}' stands there twice",
                "give each entry an id of its own",
            )
        taken.add(plan.id.casefold())
        _check_plan(plan, index, faults)
    for request in review.requests:
        if request.sought == "no" and request.received == "yes":
            faults.cell(
                "ipd.csv",
                request.row,
                "received",
                "Data came that were not sought",
                "correct sought or received",
            )


def _check_data(folder: Path, review: Review, faults: Faults) -> None:
    """Report a plan without a description of the data, or without data."""
    from synthesist.errors import NotFound
    from synthesist.ipd.files import FOLDER, tables_of

    described = review.protocol.ipd
    if described is not None and not described.arm:
        remedy = "name the column of the arm"
        faults.key(FOLDER, 0, "arm", "The key arm is missing", remedy)
    if described is None:
        remedy = (
            f'add it with the column of the arm: [{FOLDER}] and below it arm = "..."'
        )
        faults.key(SECTION, 0, "", "There is no table [ipd]", remedy)
    inner = folder / FOLDER
    try:
        if not inner.is_dir():
            raise NotFound(
                "", remedy="add it with one table of patients for each trial"
            )
        tables_of(inner)
    except NotFound as error:
        message = (
            "There is no table of patients"
            if inner.is_dir()
            else "There is no such folder"
        )
        faults.cell(f"{FOLDER}/", None, None, message, error.problems[0].remedy)


def _check_plan(plan: PatientAnalysis, index: int, faults: Faults) -> None:
    """Report what is wrong with one plan on its own."""

    def report(key: str, message: str, remedy: str) -> None:
        faults.key(SECTION, index, key, message, remedy)

    codes = known_codes()
    for key in ("tau2", "interval"):
        given = getattr(plan, key)
        if given and given not in codes[key]:
            report(
                key,
                f"There is no {key} '{shown(given)}'",
                nearest_known(given, codes[key]),
            )
    if plan.favours is not None and len(plan.favours) != 2:
        report(
            "favours",
            "favours needs two texts, for left and right of no effect",
            'write it as ["favours treatment", "favours control"]',
        )
    for name in plan.splines:
        if name not in plan.interactions:
            report(
                "splines",
                f"'{shown(name)}' is no planned interaction",
                "add it to interactions, or take it out here",
            )
    both = [name for name in plan.aggregate if name in plan.trials]
    if both:
        report(
            "aggregate",
            f"'{shown(both[0])}' is there with its patients and as a summary",
            "take it out of one of them",
        )
