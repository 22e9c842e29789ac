"""One trial on its own: what was given, who responded, what changed, what harmed.

Names are loaded from their modules when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.trials.body import SURFACE_FORMULAS, Body
    from synthesist.trials.designs import (
        StagedDesign,
        ahern,
        fleming,
        simon,
        staged_design,
    )
    from synthesist.trials.drawing import draw_regimens
    from synthesist.trials.escalation import (
        Reassessment,
        ThreePlusThree,
        escalation_3_3,
        isotonic,
        reassess,
        three_plus_three,
    )
    from synthesist.trials.harms import (
        HarmTable,
        Rate,
        event_rate,
        harm_table,
        worst_grades,
    )
    from synthesist.trials.markers import (
        DIRECTIONS,
        DirectionTable,
        MarkerChange,
        MarkerDirection,
        direction_table,
        marker_change,
        marker_ratio,
        multiplicity,
        signed_rank,
    )
    from synthesist.trials.moderators import regimen_columns
    from synthesist.trials.monitoring import (
        Monitoring,
        StoppingRule,
        monitor,
        stopping_rule,
    )
    from synthesist.trials.printed_dose import (
        PrintedDose,
        check_printed_dose,
        received_share,
    )
    from synthesist.trials.proportions import (
        PROPORTION_INTERVALS,
        proportion_interval,
        upper_bound_without_events,
    )
    from synthesist.trials.quantities import QUANTITIES, DoseRange, RegimenQuantities
    from synthesist.trials.regimen_line import regimen
    from synthesist.trials.responses import (
        Response,
        ResponseHierarchy,
        response,
        response_hierarchy,
    )
    from synthesist.trials.schedule import Regimen
    from synthesist.trials.times import Durations, durations, read_times
    from synthesist.trials.visits import VisitsFit, marker_visits

#: The module that holds each name.
_HOMES = {
    "DIRECTIONS": "markers",
    "PROPORTION_INTERVALS": "proportions",
    "QUANTITIES": "quantities",
    "SURFACE_FORMULAS": "body",
    "Body": "body",
    "DirectionTable": "markers",
    "DoseRange": "quantities",
    "Durations": "times",
    "HarmTable": "harms",
    "MarkerChange": "markers",
    "MarkerDirection": "markers",
    "Monitoring": "monitoring",
    "PrintedDose": "printed_dose",
    "Rate": "harms",
    "Reassessment": "escalation",
    "Regimen": "schedule",
    "RegimenQuantities": "quantities",
    "Response": "responses",
    "ResponseHierarchy": "responses",
    "StagedDesign": "designs",
    "StoppingRule": "monitoring",
    "ThreePlusThree": "escalation",
    "VisitsFit": "visits",
    "ahern": "designs",
    "check_printed_dose": "printed_dose",
    "direction_table": "markers",
    "draw_regimens": "drawing",
    "durations": "times",
    "escalation_3_3": "escalation",
    "event_rate": "harms",
    "fleming": "designs",
    "harm_table": "harms",
    "isotonic": "escalation",
    "marker_change": "markers",
    "marker_ratio": "markers",
    "marker_visits": "visits",
    "monitor": "monitoring",
    "multiplicity": "markers",
    "proportion_interval": "proportions",
    "read_times": "times",
    "received_share": "printed_dose",
    "reassess": "escalation",
    "regimen": "regimen_line",
    "regimen_columns": "moderators",
    "response": "responses",
    "response_hierarchy": "responses",
    "signed_rank": "markers",
    "simon": "designs",
    "staged_design": "designs",
    "stopping_rule": "monitoring",
    "three_plus_three": "escalation",
    "upper_bound_without_events": "proportions",
    "worst_grades": "harms",
}

__all__ = [
    "DIRECTIONS",
    "PROPORTION_INTERVALS",
    "QUANTITIES",
    "SURFACE_FORMULAS",
    "Body",
    "DirectionTable",
    "DoseRange",
    "Durations",
    "HarmTable",
    "MarkerChange",
    "MarkerDirection",
    "Monitoring",
    "PrintedDose",
    "Rate",
    "Reassessment",
    "Regimen",
    "RegimenQuantities",
    "Response",
    "ResponseHierarchy",
    "StagedDesign",
    "StoppingRule",
    "ThreePlusThree",
    "VisitsFit",
    "ahern",
    "check_printed_dose",
    "direction_table",
    "draw_regimens",
    "durations",
    "escalation_3_3",
    "event_rate",
    "fleming",
    "harm_table",
    "isotonic",
    "marker_change",
    "marker_ratio",
    "marker_visits",
    "monitor",
    "multiplicity",
    "proportion_interval",
    "read_times",
    "reassess",
    "received_share",
    "regimen",
    "regimen_columns",
    "response",
    "response_hierarchy",
    "signed_rank",
    "simon",
    "staged_design",
    "stopping_rule",
    "three_plus_three",
    "upper_bound_without_events",
    "worst_grades",
]


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
