"""PET, PEESE and the choice between them: the effect where the standard error is zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from synthesist.effects import EffectTable
from synthesist.errors import InvalidInput
from synthesist.numerics.arrays import Indices, Vector
from synthesist.numerics.printing import p_value, percent
from synthesist.numerics.results import number, versions
from synthesist.pooling.bias.line import weighted_line
from synthesist.pooling.bias.sample import (
    AVERAGED,
    BY_ITSELF,
    Sample,
    cautions,
    check_share,
    counted,
    needs_spread,
    sample_of,
)
from synthesist.pooling.dependent.fit import DependentFit
from synthesist.pooling.pool import check_level
from synthesist.pooling.regression.core import fit_core
from synthesist.pooling.regression.inference import Coefficient
from synthesist.pooling.regression.regress import regression_method
from synthesist.pooling.regression.wording import signed
from synthesist.tables import give_back

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What effects are regressed on.
MODERATORS = {"PET": "standard error", "PEESE": "variance"}

LIMITS = (
    "The line is read where no study lies; it misleads with few studies, with large "
    "heterogeneity, and where no study is large (Stanley 2017)."
)
BEYOND = (
    "PET finds an effect of the opposite sign to that of the studies together: the line "
    "overshoots, and the adjusted answer should not be used."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """A regression of effects on standard errors or variances.

    `limit` is the effect where that is zero, `slope` how effects grow with it.
    """

    code: str
    limit: Coefficient
    slope: Coefficient
    tau2: float | None
    dispersion: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "limit": self.limit.to_dict(),
            "slope": self.slope.to_dict(),
            "tau2": number(self.tau2),
            "dispersion": number(self.dispersion),
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PetPeese:
    """The effect adjusted for small-study effects by PET, PEESE, and the rule.

    Attributes
    ----------
    pet, peese : EffectLine
        The regressions on standard error and on variance.
    chosen : {"PET", "PEESE"}
        PEESE if PET tells the effect from zero at `alpha`.
    adjusted : Coefficient
        The limit of the line that was chosen, on the analysis scale.
    clusters : int or None
        The number of clusters of robust tests.
    rows : (k,) array of int
        The rows of the studies among the effects.
    """

    effects: EffectTable
    k: int
    pet: EffectLine
    peese: EffectLine
    chosen: str
    alpha: float
    clusters: int | None
    rows: Indices = field(repr=False)
    rules: Mapping[str, str]
    notes: tuple[str, ...] = ()

    @property
    def adjusted(self) -> Coefficient:
        """Return the adjusted effect of the line that was chosen."""
        return (self.pet if self.chosen == "PET" else self.peese).limit

    def summary(self) -> str:
        """Return both lines, the choice and the notes as text."""
        lines = [f"PET-PEESE, {counted(self.k, self.clusters)}"]
        for line in (self.pet, self.peese):
            slope = line.slope
            lines += [
                f"  {line.code}: {self._effect(line.limit)}",
                (
                    f"    slope on {MODERATORS[line.code]} {signed(slope.estimate)}, "
                    f"{p_value(slope.p)}"
                ),
            ]
        rule = "above" if self.chosen == "PET" else "not above"
        lines.append(
            f"  Chosen: {self.chosen}, because the P value of PET is {rule} {self.alpha:g}"
        )
        lines.append("  Rules: " + ", ".join(f"{k} {v}" for k, v in self.rules.items()))
        return "\n".join([*lines, *(f"  Note: {note}" for note in self.notes)])

    def _effect(self, found: Coefficient) -> str:
        show = self.effects.measure.scale.show
        ends = found.interval
        text = show(found.estimate)
        if ends is not None:
            text += (
                f" ({percent(ends.level)} CI {show(ends.lower)} to {show(ends.upper)})"
            )
        return f"{text}, {p_value(found.p)}" if found.p is not None else text

    def to_dict(self) -> dict[str, Any]:
        """Return every number in full precision as JSON knows it."""
        return {
            "k": self.k,
            "pet": self.pet.to_dict(),
            "peese": self.peese.to_dict(),
            "chosen": self.chosen,
            "alpha": self.alpha,
            "adjusted": self.adjusted.to_dict(),
            "clusters": self.clusters,
            "measure": self.effects.measure.code,
            "rules": dict(self.rules),
            "notes": list(self.notes),
            "versions": versions(),
        }

    def to_frame(self, backend: str | None = None) -> Any:
        """Return one row a method, on the reading scale."""
        found = [self.pet, self.peese]
        ends = [line.limit.interval for line in found]
        back = self.effects.to_reading
        columns: dict[str, Any] = {
            "method": [line.code for line in found],
            "estimate": back([line.limit.estimate for line in found]),
            "ci_low": back([np.nan if e is None else e.lower for e in ends]),
            "ci_high": back([np.nan if e is None else e.upper for e in ends]),
            "p": [line.limit.p for line in found],
            "slope": [line.slope.estimate for line in found],
            "slope_p": [line.slope.p for line in found],
            "chosen": [line.code == self.chosen for line in found],
        }
        return give_back(columns, self.effects.native, backend)

    def plot(self, **options: Any) -> Figure:
        """Draw the funnel with both lines.

        `options` are passed on to `synthesist.figures.funnel`.
        """
        from synthesist.pooling.bias.drawing import draw_pet_peese

        return draw_pet_peese(self, options)


def pet_peese(
    effects: Any,
    *,
    alpha: float = 0.10,
    tau2: str | None = None,
    test: str | None = None,
    cluster: str | None = None,
    level: float = 0.95,
) -> PetPeese:
    """Read off the effect that studies without error would show.

    PET regresses effects on standard errors, PEESE on variances. PET is the better
    guide where there is no effect, PEESE where there is one, so that PET's test of
    the effect decides.

    Parameters
    ----------
    effects : EffectTable, PooledFit, DependentFit, path, frame or mapping of columns
        As for `pool`. To a model with dependent effects the moderators are added, and
        they are tested by the cluster-robust CR2.
    alpha : float
        The two-sided level at which PET tells the effect from zero; 0.10 is 5 per
        cent on one side.
    tau2, test : str, optional
        Codes of `REGRESSION_TAU2` and `REGRESSION_TESTS` for a model with tau² around
        the line, the test by default ``t``. Without them all variances are stretched
        by the scatter around the line, as in the source.
    cluster : str, optional
        The clusters of the robust tests, for a model with dependent effects only.
    level : float
        Confidence level of all intervals.

    Returns
    -------
    PetPeese

    Raises
    ------
    NotEstimable
        If there are fewer than three studies, or all variances are equal: there is
        no slope to estimate.
    InvalidInput
        If a choice is not known.

    References
    ----------
    Stanley TD, Doucouliagos H. Res Synth Methods 2014;5:60. doi:10.1002/jrsm.1095
    Stanley TD. Soc Psychol Personal Sci 2017;8:581. doi:10.1177/1948550617693062
    """
    check_level(level)
    check_share(alpha, "alpha")
    if test is not None and tau2 is None:
        raise InvalidInput(
            "The test belongs to a model with tau².", remedy="give tau2 as well"
        )
    if isinstance(effects, DependentFit):
        if tau2 is not None:
            raise InvalidInput(
                "A model with dependent effects has its own variances.",
                remedy="leave out tau2",
            )
        return _dependent(effects, alpha, cluster, level)
    if cluster is not None:
        raise InvalidInput(
            "Clusters belong to a model with dependent effects.",
            remedy="fit it with multilevel, and give the fit",
        )
    sample = sample_of(effects)
    needs_spread(sample.se, "variance")
    pet = _line("PET", sample, sample.se, tau2, test or "t", level)
    peese = _line("PEESE", sample, sample.v, tau2, test or "t", level)
    model = (
        {"tau2": "multiplicative"}
        if tau2 is None
        else {"tau2": tau2, "test": test or "t"}
    )
    return _chosen(
        sample.table,
        sample,
        pet,
        peese,
        alpha=alpha,
        rules={**sample.table.rules, **model, "level": f"{level:g}"},
    )


def _line(
    code: str, sample: Sample, x: Vector, tau2: str | None, test: str, level: float
) -> EffectLine:
    """Return one regression."""
    names = ("limit", MODERATORS[code])
    if tau2 is None:
        line = weighted_line(x, sample.y, 1 / sample.v)
        limit, slope = line.coefficients(names, level)
        return EffectLine(
            code=code, limit=limit, slope=slope, tau2=None, dispersion=line.dispersion
        )
    method = regression_method(tau2, test, "none", level)
    X = np.column_stack([np.ones(sample.k), x])
    core = fit_core(sample.y, sample.v, X, names, method)
    limit, slope = core.inference.coefficients(names, core.estimate, level)
    return EffectLine(
        code=code, limit=limit, slope=slope, tau2=core.tau2, dispersion=None
    )


def _dependent(
    fit: DependentFit, alpha: float, cluster: str | None, level: float
) -> PetPeese:
    """Return both lines with the variances of a model with dependent effects."""
    from synthesist.pooling.bias.dependent import sample_in, with_moderator

    sample = sample_in(fit)
    needs_spread(sample.se, "variance")
    added = {
        code: with_moderator(fit, x, MODERATORS[code], cluster, level)
        for code, x in (("PET", sample.se), ("PEESE", sample.v))
    }
    pet, peese = (
        EffectLine(
            code=code, limit=one.limit, slope=one.slope, tau2=None, dispersion=None
        )
        for code, one in added.items()
    )
    robust = added["PET"].robust
    averaged = (AVERAGED,) if fit.estimated.model.design.columns else ()
    return _chosen(
        fit.effects,
        sample,
        pet,
        peese,
        alpha=alpha,
        rules=dict(robust.rules),
        clusters=robust.clusters,
        more=(*averaged, *robust.notes),
    )


def _chosen(
    table: EffectTable,
    sample: Sample,
    pet: EffectLine,
    peese: EffectLine,
    *,
    alpha: float,
    rules: Mapping[str, str],
    clusters: int | None = None,
    more: tuple[str, ...] = (),
) -> PetPeese:
    """Choose between two lines by the test of PET."""
    p = pet.limit.p
    # A line without scatter has no P value: an effect that is not zero is one.
    told = pet.limit.estimate != 0 if p is None else p <= alpha
    w = 1 / sample.v
    mean = float(w @ sample.y)
    overshot = mean * pet.limit.estimate < 0 and told
    return PetPeese(
        effects=table,
        k=sample.k,
        pet=pet,
        peese=peese,
        chosen="PEESE" if told else "PET",
        alpha=alpha,
        clusters=clusters,
        rows=sample.rows,
        rules={**rules, "alpha": f"{alpha:g}"},
        notes=(
            *table.notes,
            *cautions(sample.y, sample.v, clusters=clusters),
            *((BY_ITSELF,) if table.measure.code in {"SMD", "SMDH", "OR"} else ()),
            *((BEYOND,) if overshot else ()),
            *more,
            LIMITS,
        ),
    )
