"""Read regimens from lines, compare printed doses, and draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthesist.errors import InvalidInput

if TYPE_CHECKING:
    from synthesist.trials import DoseRange, PrintedDose, RegimenQuantities


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimenAccount:
    """One regimen with what was asked of it."""

    quantities: RegimenQuantities
    window: tuple[int, int] | None = None
    dose: DoseRange | None = None
    printed: PrintedDose | None = None

    def summary(self) -> str:
        """Return it as lines of text."""
        lines = [self.quantities.summary()]
        if self.window is not None and self.dose is not None:
            first, last = self.window
            lines.append(f"  Days {first} to {last}: {self.dose}")
        if self.printed is not None:
            lines.append(f"  {self.printed.sentence()}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        window = None
        if self.window is not None and self.dose is not None:
            window = {
                "first": self.window[0],
                "last": self.window[1],
                "low": self.dose.low,
                "high": self.dose.high,
                "unit": self.dose.unit,
                "why": self.dose.why or None,
            }
        return {
            **self.quantities.to_dict(),
            "window": window,
            "printed": self.printed.to_dict() if self.printed else None,
        }


def account_for(
    lines: Sequence[str],
    *,
    unit: str | None = None,
    weight: float | None = None,
    height: float | None = None,
    surface: float | None = None,
    formula: str = "mosteller",
    product: str = "native",
    conversion: str = "",
    window: tuple[int, int] | None = None,
    printed: str = "",
    output: Sequence[Path] = (),
    weeks: int = 12,
) -> tuple[RegimenAccount, ...]:
    """Return the quantities of regimens, and draw them where a file is named.

    Raises
    ------
    InvalidInput
        If a line, unit or number cannot be read.
    NotEstimable
        If a dose cannot be converted.
    """
    from synthesist.trials import Body, check_printed_dose, regimen

    if output:
        from synthesist.actions.plot import check_formats

        check_formats(tuple(output))
    body = Body(weight=weight, height=height, surface=surface, formula=formula)
    about: dict[str, Any] = {"body": body, "product": product, "conversion": conversion}
    read = [regimen(line) for line in lines]
    if printed and len(read) != 1:
        raise InvalidInput(
            "A printed dose belongs to one regimen.", remedy="give one line with it"
        )
    found = tuple(
        RegimenAccount(
            quantities=one.quantities(unit=unit, **about),
            window=window,
            dose=one.dose(*window, unit=unit, **about) if window else None,
            printed=check_printed_dose(one, printed, **about) if printed else None,
        )
        for one in read
    )
    if output:
        from synthesist.actions.plot import save_figure
        from synthesist.trials import draw_regimens

        named = {one.line(): one for one in read}
        save_figure(
            draw_regimens(named, unit=unit, body=body, weeks=weeks), tuple(output)
        )
    return found
