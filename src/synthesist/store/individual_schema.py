"""The keys of review.toml and the file that speak of individual data."""

from __future__ import annotations

from synthesist.review import individual, protocol
from synthesist.store.fields import Field
from synthesist.store.schema import CsvFile, Section

DATA = Section(
    name="ipd",
    meaning="how the files of individual data in ipd/ are read, after any mapping beside them",
    row_type=individual.IndividualData,
    fields=(
        Field(
            "arm",
            "column of the arm, needed: 1 treated and 0 control, or two labels",
            "name",
        ),
        Field("treated", "the label of the treated arm, where there are labels"),
        Field(
            "trial",
            "column of the study, where a file holds several; else each file is one, named by its mapping or its file",
            "name",
        ),
        Field(
            "identifier",
            "column that tells patients apart; used to find doubles, never shown",
            "name",
        ),
        Field(
            "randomised",
            "column of the date of randomisation; used to check allocation, never shown",
            "name",
        ),
        Field(
            "covariates", "columns known at baseline, checked in every trial", "list"
        ),
        Field(
            "categories",
            "covariates that are categories although they are written as numbers",
            "list",
        ),
        Field(
            "unit",
            "unit of the times after mapping, which makes days; default days",
            choices=individual.TIME_UNITS,
        ),
        Field(
            "axis",
            "unit in which figures and tables show times; default that of unit",
            choices=individual.TIME_UNITS,
        ),
        Field("note", "printed where the data are described"),
    ),
)

ANALYSES = Section(
    name="ipd_analyses",
    many=True,
    meaning="planned analyses of individual data",
    row_type=individual.PatientAnalysis,
    fields=(
        Field(
            "id", "short name, unique; also used in reported.csv", "slug", required=True
        ),
        Field("title", "title as printed", required=True),
        Field("outcome", "which outcome", "name", required=True, to="outcome"),
        Field(
            "time", "column of the time to event or censoring", "name", required=True
        ),
        Field(
            "event", "column of the event: 1, and 0 for censored", "name", required=True
        ),
        Field("event_is", "the code of the event, where it is not 1"),
        Field("entry", "column of the time from which a patient was observed", "name"),
        Field(
            "role",
            "place in the report; default primary",
            choices=protocol.ANALYSIS_ROLES,
        ),
        Field("trials", "only these trials", "list", to="study"),
        Field("exclude", "not these trials", "list", to="study"),
        Field(
            "effect",
            "one effect in all trials, or one for each drawn from a normal distribution; default common",
            choices=individual.EFFECTS,
        ),
        Field(
            "method",
            "how each trial is analysed in two stages; default cox",
            choices=individual.METHODS,
        ),
        Field("adjust", "covariates beside the arm, such as age + sex"),
        Field(
            "ties",
            "how events at the same time are handled; default efron",
            choices=individual.TIES,
        ),
        Field("tau2", "two stages: estimator of tau², e.g. REML, or CE", to="tau2"),
        Field("interval", "two stages: kind of confidence interval", to="interval"),
        Field(
            "level",
            "confidence level; default 0.95",
            "number",
            low=0,
            high=1,
            above=True,
            below=True,
        ),
        Field(
            "interactions",
            "covariates of which the protocol says that the effect may differ with them",
            "list",
        ),
        Field(
            "splines",
            "those of them along which the effect may bend (restricted cubic spline, 3 knots)",
            "list",
        ),
        Field(
            "horizons",
            "times, in the unit shown, up to which restricted means are compared",
            "numbers",
            low=0,
            above=True,
        ),
        Field(
            "aggregate",
            "studies without individual data that enter by their hazard ratio in results.csv",
            "list",
            to="study",
        ),
        Field("timepoint", "aggregate: only results at this time point", "list"),
        Field("population", "aggregate: only results in this population", "list"),
        Field("favours", "what lies left and what lies right of no effect", "list"),
        Field("note", "printed with the result"),
    ),
)

REQUESTS = CsvFile(
    name="ipd.csv",
    meaning="individual data: of which studies they were asked for, and what came",
    part="requests",
    row_type=individual.DataRequest,
    key=("study",),
    fields=(
        Field("study", "which study", "name", required=True, to="study"),
        Field(
            "sought",
            "whether its individual data were asked for",
            required=True,
            choices=individual.YES_NO,
        ),
        Field("received", "whether they came", choices=individual.YES_NO),
        Field("date", "when they came", "date"),
        Field("n", "patients randomised, as published", "count"),
        Field(
            "median_follow_up",
            "median follow-up as published, in the unit shown",
            "number",
            low=0,
        ),
        Field("reason", "why they were not sought, or did not come"),
        Field("source", "which publication prints n and follow-up"),
        Field("note", "anything a reader must know"),
    ),
)
