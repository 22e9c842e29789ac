"""What the answer would be had all studies been seen: models of selection."""

from synthesist.pooling.selection.copas import copas
from synthesist.pooling.selection.copas_fit import CopasFit, CopasPoint
from synthesist.pooling.selection.fit import (
    LowerMode,
    SelectionFit,
    SelectionParameter,
    Unadjusted,
)
from synthesist.pooling.selection.functions import (
    SELECTION_FUNCTIONS,
    SelectionFunction,
)
from synthesist.pooling.selection.model import SELECTION_INTERVALS, selection_model
from synthesist.pooling.selection.p_curve import PCurve, p_curve
from synthesist.pooling.selection.p_uniform import PUniform, p_uniform
from synthesist.pooling.selection.worst_case import worst_case
from synthesist.pooling.selection.worst_case_fit import WorstCase, WorstCasePoint

__all__ = [
    "SELECTION_FUNCTIONS",
    "SELECTION_INTERVALS",
    "CopasFit",
    "CopasPoint",
    "LowerMode",
    "PCurve",
    "PUniform",
    "SelectionFit",
    "SelectionFunction",
    "SelectionParameter",
    "Unadjusted",
    "WorstCase",
    "WorstCasePoint",
    "copas",
    "p_curve",
    "p_uniform",
    "selection_model",
    "worst_case",
]
