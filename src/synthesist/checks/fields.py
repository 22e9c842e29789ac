"""The printed quantities that several checks share, each by its name and its other names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from synthesist.checks import reading
from synthesist.checks.kind import Field

#: Names of measures that say on which scale an effect is analysed.
RATIOS = ("hr", "or", "rr", "irr", "rom", "ratio", "sir", "smr", "dor", "log",
          "hazard_ratio", "odds_ratio", "risk_ratio", "rate_ratio", "relative_risk")  # fmt: skip
DIFFERENCES = ("md", "smd", "rd", "mean_difference", "risk_difference", "difference",
               "wmd", "ird", "linear", "identity", "beta", "d", "g", "mean", "hedges_g",
               "cohen_d")  # fmt: skip
PROPORTIONS = ("pr", "proportion", "percentage", "percent", "rate", "survival", "%")
CORRELATIONS = ("cor", "zcor", "correlation", "pearson", "r")


def word(text: Any) -> str:
    """Keep a word as it is."""
    return str(text)


def several(field: Field) -> Field:
    """Let a field be given as ``name_1``, ``name_2`` and so on."""
    return replace(field, several=True)


def numbers(given: Any) -> tuple[Any, ...]:
    """Read a list of rounded numbers."""
    return tuple(reading.number(text) for text in reading.texts(given))


def counts(given: Any) -> tuple[Any, ...]:
    """Read a list of counts."""
    return tuple(reading.count(text) for text in reading.texts(given))


def p_values(given: Any) -> tuple[Any, ...]:
    """Read a list of P values."""
    return tuple(reading.p_value(text) for text in reading.texts(given))


ESTIMATE = Field("estimate", "the effect, a ratio not as its logarithm", reading.number,
                 ("est", "effect", "point", "point_estimate", "value", *RATIOS, *DIFFERENCES))  # fmt: skip
CI_LOW = Field("ci_low", "lower limit of the interval", reading.number,
               ("low", "lower", "ci_lower", "low95", "lcl", "lower_limit", "ci_lo", "lo"))  # fmt: skip
CI_HIGH = Field("ci_high", "upper limit of the interval", reading.number,
                ("high", "upper", "ci_upper", "high95", "ucl", "upper_limit", "ci_hi", "hi"))  # fmt: skip
LEVEL = Field(
    "level", "level of the interval, 95 unless given", reading.level,
    ("ci_level", "confidence", "conf_level"),
)  # fmt: skip
SE = Field(
    "se", "standard error, of a ratio that of its logarithm", reading.number,
    ("sei", "standard_error", "se_log", "se_log_hr", "se_loghr"),
)  # fmt: skip
P = Field(
    "p", "P value as printed, <0.001 too", reading.p_value,
    ("p_value", "pvalue", "p_val", "printed_p"),
)  # fmt: skip
MEASURE = Field(
    "measure", "HR OR RR IRR ROM, or MD SMD RD, or PR, COR", word,
    ("scale", "effect_measure", "type"),
)  # fmt: skip
DF = Field("df", "degrees of freedom, where t was used", reading.amount, ("dof",))
N = Field(
    "n",
    "number of participants",
    reading.count,
    ("size", "total_n", "sample_size", "total", "participants", "patients"),
)
EVENTS = Field("events", "number with the event", reading.count,
               ("count", "x", "k", "r", "e", "responders", "cases", "events_t", "event"))  # fmt: skip
MEAN = Field("mean", "mean", reading.number, ("m", "average"))
SD = Field("sd", "standard deviation", reading.number, ("s", "standard_deviation"))
MEDIAN = Field("median", "median", reading.number, ("med",))
Q1 = Field("q1", "lower quartile", reading.number, ("lower_quartile", "p25", "iqr_low"))
Q3 = Field(
    "q3", "upper quartile", reading.number, ("upper_quartile", "p75", "iqr_high")
)
MIN = Field("min", "smallest value", reading.number, ("minimum", "range_low", "range_min", "low", "lowest"))  # fmt: skip
MAX = Field("max", "largest value", reading.number, ("maximum", "range_high", "range_max", "high", "highest"))  # fmt: skip
R = Field(
    "r", "correlation of before and after", reading.number, ("correlation", "corr")
)


def group(field: Field, number: int, *more: str) -> Field:
    """Return a field of one of two groups."""
    letters = "tc" if number == 1 else "ct"
    arms = ("treated", "treatment", "intervention") if number == 1 else ("control",)
    base = field.name
    names = (
        f"{base}{number}",
        f"{base}_{letters[0]}",
        *(f"{base}_{arm}" for arm in arms),
        *(f"{short}_{number}" for short in field.synonyms),
        *(f"{short}{number}" for short in field.synonyms if len(short) < 3),
        *more,
    )
    return Field(
        f"{base}_{number}", f"{field.meaning}, group {number}", field.read, names
    )


MEAN_1, MEAN_2 = (
    group(MEAN, 1, "mean_post", "mean_after"),
    group(MEAN, 2, "mean_pre", "mean_before"),
)
SD_1, SD_2 = (
    group(SD, 1, "sd_post", "sd_after"),
    group(SD, 2, "sd_pre", "sd_before"),
)
N_1, N_2 = group(N, 1, "n_post", "n_after"), group(N, 2, "n_pre", "n_before")
EVENTS_1, EVENTS_2 = group(EVENTS, 1), group(EVENTS, 2)
CELLS = tuple(
    Field(f"cell_{letter}", f"{what}, group {number}", reading.count, (letter,))
    for letter, what, number in (
        ("a", "with the event", 1),
        ("b", "without the event", 1),
        ("c", "with the event", 2),
        ("d", "without the event", 2),
    )
)
TABLE = Field(
    "table", "events and participants of both groups, as 14/29 v 4/29", reading.tables,
    ("tables", "counts"),
)  # fmt: skip
