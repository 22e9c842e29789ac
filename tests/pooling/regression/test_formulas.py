"""What formulas mean: ours and formulaic's are the same where both can read them."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import synthesist as sy
from synthesist.pooling.regression.design import read_formula
from synthesist.pooling.regression.formulas import read_by_formulaic

K = 9
VALUES = {
    "dose": np.linspace(1, 5, K),
    "year": np.arange(1990.0, 1990 + K),
    "design": [("open", "blind", "cluster")[i % 3] for i in range(K)],
    "two words": np.arange(K) % 2.0,
}


@pytest.mark.parametrize(
    "formula",
    ["dose", "dose + design", "design + year + dose", "1 + dose", "`two words` + dose"],
)
def test_sums_are_coded_as_formulaic_codes_them(formula):
    ours = read_formula(formula).build(VALUES, K)
    theirs = read_by_formulaic(formula).build(VALUES, K)
    assert ours.names == theirs.names
    assert dict(ours.terms) == dict(theirs.terms)
    assert_array_equal(ours.X, theirs.X)


@pytest.mark.parametrize(
    ("formula", "columns"),
    [
        ("~ dose * design", 6),
        ("~ bs(dose, df=4)", 5),
        ("~ cr(dose, df=3)", 4),
        ("~ poly(dose, 2)", 3),
        ("~ C(design, contr.sum)", 3),
        ("~ C(design, contr.treatment('open'))", 3),
        ("~ log(dose) + I(year - 2000)", 3),
        ("~ 0 + design", 3),
        ("~ (dose + design) ** 2", 6),
    ],
)
def test_further_rows_are_coded_as_the_studies_are(formula, columns):
    design = read_formula(formula).build(VALUES, K)
    assert design.X.shape == (K, columns)
    some = {name: column[2:4] for name, column in VALUES.items()}
    assert_array_equal(design.rows(some, 2), design.X[2:4])
    covered = sorted(i for place in design.terms.values() for i in place)
    assert covered == list(range(columns))


def test_names_can_be_given_as_a_list():
    asked = read_formula(["dose", "two words"])
    assert asked.columns == ("dose", "two words")
    assert asked.build(VALUES, K).names == ("Intercept", "dose", "two words")


def test_the_constant_alone_is_a_formula():
    for text in ("", "~", "1", "~ 1"):
        assert read_formula(text).build({}, K).names == ("Intercept",)


@pytest.mark.parametrize(
    "formula",
    [
        "np.exp(dose)",
        "open('x')",
        "dose.__class__",
        "(lambda: 1)()",
        "C(design, contr.__init__)",
        "I([x for x in dose])",
        "I(dose.sum())",
    ],
)
def test_a_formula_cannot_run_programs(formula):
    data = {"yi": VALUES["dose"], "vi": VALUES["dose"], **VALUES}
    # What formulaic takes for names are columns, and there are none of these names.
    with pytest.raises((sy.InvalidInput, sy.NotFound)):
        sy.regress(data, formula)
