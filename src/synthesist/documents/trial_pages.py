"""Add regimens and single trials to what the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthesist.documents.content import ReportContent
from synthesist.documents.regimen_section import regimen_view
from synthesist.documents.trial_section import trial_view


def add_trials(
    values: dict[str, Any], content: ReportContent, drawings: Mapping[str, Any]
) -> None:
    """Add both parts, and the section of single trials to the contents."""
    values["regimens"] = regimen_view(content.review, drawings)
    view = trial_view(content.review, drawings)
    values["trials"] = view
    if view is None:
        return
    sections = list(values["contents"])
    place = next(i for i, s in enumerate(sections) if s.anchor == "studies") + 1
    sections.insert(place, view)
    values["contents"] = tuple(sections)
