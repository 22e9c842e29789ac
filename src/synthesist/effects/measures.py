"""Every measure by its code."""

from __future__ import annotations

from synthesist.effects.association_measures import (
    CORRELATION_MEASURES,
    READY_MEASURES,
)
from synthesist.effects.change_measures import (
    CHANGE_MEASURES,
    DIFFERENCE_MEASURES,
    PAIRED_MEASURES,
)
from synthesist.effects.measure import Design, Measure
from synthesist.effects.one_group_measures import (
    LEVEL_MEASURES,
    PROPORTION_MEASURES,
    RATE_MEASURES,
)
from synthesist.effects.two_group_measures import (
    EVENT_MEASURES,
    MEAN_MEASURES,
    TIME_MEASURES,
)

__all__ = ["MEASURES", "Design", "Measure"]

MEASURES: dict[str, Measure] = {
    measure.code: measure
    for measure in (
        *EVENT_MEASURES,
        *TIME_MEASURES,
        *MEAN_MEASURES,
        *PROPORTION_MEASURES,
        *RATE_MEASURES,
        *LEVEL_MEASURES,
        *CHANGE_MEASURES,
        *DIFFERENCE_MEASURES,
        *PAIRED_MEASURES,
        *CORRELATION_MEASURES,
        *READY_MEASURES,
    )
}
