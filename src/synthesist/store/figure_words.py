"""Check the words that figures print: that fonts can show them and sides face rightly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from synthesist.review import PlannedAnalysis, Review
from synthesist.store.faults import Faults
from synthesist.store.fields import shown

REMEDY = "write it with Latin, Greek, Cyrillic or simplified Chinese characters"

#: What figures print of the entries of review.toml, by section.
TOML_WORDS = {
    "sources": ("name",),
    "outcomes": ("label",),
    "regimens": ("label",),
    "analyses": ("title", "favours"),
}


def check_figure_words(review: Review, faults: Faults) -> None:
    """Report characters without a glyph, and sides of a plot that are exchanged.

    A review without planned analyses draws no studies.
    """
    for section, index, key, text in _toml_words(review):
        if lacking := _without_glyph(text):
            faults.key(section, index, key, _message(lacking, text), REMEDY)
    drawn = bool(review.protocol.analyses)
    rows = [("studies.csv", study) for study in review.studies]
    rows += [("arms.csv", arm) for arm in review.arms]
    for file, row in rows if drawn else ():
        column = "label" if row.label else file.removesuffix("s.csv")
        column = "study" if column == "studie" else column
        if lacking := _without_glyph(row.name):
            faults.cell(file, row.row, column, _message(lacking, row.name), REMEDY)
    for index, analysis in enumerate(review.protocol.analyses):
        _check_sides(analysis, index, review, faults)


def _toml_words(review: Review) -> Iterator[tuple[str, int, str, str]]:
    """Give the texts of review.toml that figures print, with their places."""
    protocol = review.protocol
    yield (
        "eligibility",
        0,
        "exclusion_reasons",
        " ".join(protocol.eligibility.exclusion_reasons),
    )
    for section, keys in TOML_WORDS.items():
        for index, entry in enumerate(getattr(protocol, section)):
            for key in keys:
                value: str | Iterable[str] = getattr(entry, key) or ""
                text = value if isinstance(value, str) else " ".join(value)
                yield section, index, key, text


def _without_glyph(text: str) -> list[str]:
    """Return the characters that the figures' fonts lack."""
    from synthesist.figures.typeface import clean, missing_glyphs

    return missing_glyphs(clean(text))


def _message(lacking: list[str], text: str) -> str:
    names = ", ".join(f"“{c}” (U+{ord(c):04X})" for c in lacking)
    return f"The figures' fonts cannot show {names} in “{shown(text)}”"


def _check_sides(
    analysis: PlannedAnalysis, index: int, review: Review, faults: Faults
) -> None:
    """Report a plot whose left side is said to favour what its right side does.

    More than no effect lies right. Where `better` says that more is better, the
    right side favours the treated arms; where less is, the left one does.
    """
    outcomes = {outcome.id: outcome for outcome in review.protocol.outcomes}
    outcome = outcomes.get(analysis.outcome)
    sides = analysis.favours
    if outcome is None or not outcome.better or sides is None or len(sides) != 2:
        return
    left, right = (_favoured(side, review) for side in sides)
    treated_right = outcome.better == "higher"
    expected = ("control", "treated") if treated_right else ("treated", "control")
    exchanged = {left, right} - {""} and all(
        found in ("", other)
        for found, other in zip((left, right), reversed(expected), strict=True)
    )
    if exchanged:
        faults.key(
            "analyses",
            index,
            "favours",
            f"The sides are exchanged: {outcome.better} is better for outcome '{shown(outcome.id)}', so what lies right of no effect favours the {expected[1]} arm",
            f'write favours = ["{sides[1]}", "{sides[0]}"], or correct better of the outcome',
        )


def _favoured(side: str, review: Review) -> str:
    """Tell whether a text names the treated or the control arms, empty where neither."""
    regimens = {regimen.id: regimen for regimen in review.protocol.regimens}
    named: dict[str, set[str]] = {"treated": set(), "control": set()}
    for arm in review.arms:
        if arm.role in named:
            regimen = regimens.get(arm.regimen)
            words = (arm.arm, arm.label, regimen.drug if regimen else "")
            named[arm.role].update(word.casefold() for word in words if word)
    named["control"] |= {"control"}
    named["treated"] |= {"treatment"}
    only = {
        role: words - named["control" if role == "treated" else "treated"]
        for role, words in named.items()
    }
    said = side.casefold()
    found = [
        role for role, words in only.items() if any(word in said for word in words)
    ]
    return found[0] if len(found) == 1 else ""
