"""Body surface by a stated formula, and what is assumed of a patient's body."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from synthesist.errors import InvalidInput


def du_bois(weight: float, height: float) -> float:
    """Return the body surface in m2 from kg and cm: ``0.007184 w^0.425 h^0.725``.

    References
    ----------
    Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863.
    doi:10.1001/archinte.1916.00080130010002
    """
    return 0.007184 * weight**0.425 * height**0.725


def mosteller(weight: float, height: float) -> float:
    """Return the body surface in m2 from kg and cm: ``sqrt(w h / 3600)``.

    References
    ----------
    Mosteller RD. N Engl J Med 1987;317:1098. doi:10.1056/NEJM198710223171717
    """
    return (weight * height / 3600) ** 0.5


@dataclass(frozen=True, slots=True)
class SurfaceFormula:
    """A way from weight and height to body surface."""

    code: str
    label: str
    compute: Callable[[float, float], float]


SURFACE_FORMULAS = {
    f.code: f
    for f in (
        SurfaceFormula("du-bois", "Du Bois", du_bois),
        SurfaceFormula("mosteller", "Mosteller", mosteller),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is assumed of a patient, shown wherever a dose rests on it.

    Attributes
    ----------
    weight : float, optional
        kg.
    height : float, optional
        cm.
    surface : float, optional
        m2; from weight and height by `formula` where it is not given.
    formula : str
        A code of `SURFACE_FORMULAS`.
    source : str
        Where weight or surface come from, in words.

    Raises
    ------
    InvalidInput
        If a number cannot be a person's, or there is no such formula.
    """

    weight: float | None = None
    height: float | None = None
    surface: float | None = None
    formula: str = "mosteller"
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what no person weighs or measures, most often another unit."""
        limits = (("weight", 0.4, 400, "kg"), ("height", 20, 260, "cm"), ("surface", 0.1, 4, "m2"))  # fmt: skip
        for name, low, high, unit in limits:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise InvalidInput(
                    f"A {name} of {value:g} {unit} is not a person's.",
                    remedy=f"give the {name} in {unit}",
                )
        if self.formula not in SURFACE_FORMULAS:
            raise InvalidInput(
                f"There is no formula '{self.formula}' for body surface.",
                remedy=f"choose {' or '.join(SURFACE_FORMULAS)}",
            )

    def area(self) -> float | None:
        """Return the body surface in m2, None where nothing gives it."""
        if self.surface is not None:
            return self.surface
        if self.weight is None or self.height is None:
            return None
        return SURFACE_FORMULAS[self.formula].compute(self.weight, self.height)

    def words(self, size: str) -> str:
        """Say what is assumed: ``a body surface of 1.61 m2 (Table S1)``."""
        source = f" ({self.source})" if self.source else " (assumed)"
        if size == "kg":
            return f"a weight of {self.weight:g} kg{source}"
        if self.surface is not None:
            return f"a body surface of {self.surface:g} m2{source}"
        label = SURFACE_FORMULAS[self.formula].label
        return f"a body surface of {self.area():.3g} m2 by {label} from {self.weight:g} kg and {self.height:g} cm{source}"
