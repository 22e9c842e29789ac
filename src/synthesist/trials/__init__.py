"""One trial on its own: what was given, who responded, what changed, what harmed.

Names are loaded from their modules when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from synthesist.trials.body import SURFACE_FORMULAS, Body
    from synthesist.trials.printed_dose import PrintedDose, check_printed_dose
    from synthesist.trials.quantities import (
        QUANTITIES,
        DoseRange,
        RegimenQuantities,
    )
    from synthesist.trials.regimen_line import regimen
    from synthesist.trials.schedule import Regimen

#: The module that holds each name.
_HOMES = {
    "QUANTITIES": "quantities",
    "SURFACE_FORMULAS": "body",
    "Body": "body",
    "DoseRange": "quantities",
    "PrintedDose": "printed_dose",
    "Regimen": "schedule",
    "RegimenQuantities": "quantities",
    "check_printed_dose": "printed_dose",
    "regimen": "regimen_line",
}

__all__ = [
    "QUANTITIES",
    "SURFACE_FORMULAS",
    "Body",
    "DoseRange",
    "PrintedDose",
    "Regimen",
    "RegimenQuantities",
    "check_printed_dose",
    "regimen",
]


def __getattr__(name: str) -> Any:
    """Load a name from its module on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
