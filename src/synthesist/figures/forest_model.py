"""What a forest plot shows, as plain data on the scale the reader sees."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One study: its label, its text cells and its interval.

    A row without an estimate keeps its place and shows `note` in grey instead of
    an interval. `link` makes the label a hyperlink in SVG and PDF; one that begins
    with ``#`` only where the SVG stands in a page. Numbers are on the reading scale (ratios, not their logarithms;
    proportions between 0 and 1). `weight` is in per cent; None draws the square
    at a middling size and leaves the weight column empty.
    """

    label: str
    cells: tuple[str, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float | None = None
    note: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestSummary:
    """A pooled answer: its diamond, its prediction interval, its lines of text.

    `cells` stand under the headers of the plot, for totals. `text` holds whole
    lines printed under the summary, such as the heterogeneity. Without an
    estimate the row shows `note`.
    """

    label: str
    cells: tuple[str, ...] = ()
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    prediction: tuple[float, float] | None = None
    weight: float | None = None
    text: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestGroup:
    """Studies that are shown together, with a heading and a summary or without."""

    rows: tuple[ForestRow, ...]
    title: str = ""
    summary: ForestSummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """A whole forest plot.

    The columns from left to right: `study_header`, the caller's text columns
    (`headers`, with ``len(headers)`` cells in every row that has any), the plot,
    the weights where any row has one, and the estimates with their intervals,
    which the figure writes itself so that digits and signs agree everywhere.
    Where the width does not hold all columns, the caller's cells move under the
    labels and the weights under the intervals.

    Parameters
    ----------
    groups : tuple of ForestGroup
        In the order of printing; one group without a title is a plain list.
    summary : ForestSummary, optional
        The overall answer, under all groups.
    effect_label : str
        Name of the effect in full, under the axis: ``"Risk ratio"``.
    effect_short : str
        Name in the column of estimates: ``"RR"``; `effect_label` if empty.
    interval_label : str
        ``"95% CI"``.
    prediction_label : str
        ``"95% prediction interval"``, the row under a summary that has one.
    no_effect : float, optional
        Where the line of no effect stands; None for none (proportions, means).
    log : bool
        Logarithmic axis; every number must then be above zero.
    percent : bool
        Proportions and their differences are printed in per cent, on the axis too.
    digits : int
        Decimals of the printed estimates (of the percentage when `percent`).
    favours : (str, str), optional
        What a result left and right of no effect speaks for.
    limits : (float, float), optional
        Ends of the axis; intervals that go beyond end in an arrow. Chosen from
        the data when None.
    footer : tuple of str
        Whole lines under everything: test between subgroups, rules, notes.
    label : str
        Shown plainly at the top right: ``"synthetic data"``.
    """

    groups: tuple[ForestGroup, ...]
    summary: ForestSummary | None = None
    headers: tuple[str, ...] = ()
    effect_label: str = ""
    effect_short: str = ""
    interval_label: str = "95% CI"
    prediction_label: str = "95% prediction interval"
    study_header: str = "Study"
    weight_header: str = "Weight"
    no_effect: float | None = None
    log: bool = False
    percent: bool = False
    digits: int = 2
    favours: tuple[str, str] | None = None
    limits: tuple[float, float] | None = None
    footer: tuple[str, ...] = ()
    title: str = ""
    label: str = ""
