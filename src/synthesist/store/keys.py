"""The keys of review.toml, and what they mean."""

from __future__ import annotations

from synthesist.review import evidence, protocol
from synthesist.store.fields import Field
from synthesist.store.individual_schema import ANALYSES, DATA
from synthesist.store.schema import Section

TOP = (
    Field("format", "version of this folder format; 1", "count", required=True),
    Field("title", "title of the review", required=True),
    Field("authors", "names, as they shall be printed", "list"),
    Field("registration", "where the protocol is registered, e.g. a PROSPERO number"),
    Field("date", "day of the data lock, printed as the report's date", "date"),
    Field(
        "reviewers_per_record",
        "how many reviewers must judge each record; default 2, or 1 where only one reviewer is named",
        "count",
        low=1,
    ),
    Field(
        "synthetic",
        "parts of the review that are invented; page and flow say so",
        "list",
        choices=protocol.SYNTHETIC_PARTS,
    ),
    Field(
        "dose_unit",
        "the unit in which regimens stand beside each other, e.g. MIU/m2; default that of the first line",
    ),
    Field("note", "printed below the title"),
)

SECTIONS = (
    Section(
        name="question",
        meaning="what the review asks",
        row_type=protocol.Question,
        fields=(
            Field("text", "the question in one sentence"),
            Field("population", "who"),
            Field("intervention", "what is given"),
            Field("comparator", "against what"),
            Field("outcome", "what shall change"),
        ),
    ),
    Section(
        name="eligibility",
        meaning="what is let in and what is left out",
        row_type=protocol.Eligibility,
        fields=(
            Field("include", "criteria for inclusion", "list"),
            Field("exclude", "criteria for exclusion", "list"),
            Field(
                "exclusion_reasons",
                "the reasons that screening.csv may give, in the order of the flow diagram",
                "list",
            ),
        ),
    ),
    Section(
        name="sources",
        many=True,
        meaning="places that were searched",
        row_type=protocol.SearchSource,
        fields=(
            Field("id", "short name, unique", "name", required=True),
            Field("name", "name as printed", required=True),
            Field(
                "kind",
                "database and register are PRISMA's left column, previous is an earlier version of this review, the rest are other methods; default database",
                choices=protocol.SOURCE_KINDS,
            ),
            Field("platform", "the interface that was used"),
            Field("date", "day of the search", "date"),
            Field("languages", "languages searched or restricted to", "list"),
            Field("strategy", "the search as it was typed"),
            Field("hits", "number of records found, as the source said", "count"),
            Field(
                "files", "names of its exports in searches/, as in records.csv", "list"
            ),
            Field("note", "anything a reader must know"),
        ),
    ),
    Section(
        name="reviewers",
        many=True,
        meaning="people who screen and extract",
        row_type=protocol.Reviewer,
        fields=(
            Field(
                "id", "short name, unique; used in the CSV files", "name", required=True
            ),
            Field("name", "name as printed"),
            Field(
                "role",
                "a consensus decision settles a disagreement; default reviewer",
                choices=protocol.REVIEWER_ROLES,
            ),
        ),
    ),
    Section(
        name="outcomes",
        many=True,
        meaning="what was measured",
        row_type=protocol.Outcome,
        fields=(
            Field(
                "id", "short name, unique; used in results.csv", "name", required=True
            ),
            Field("label", "name as printed", required=True),
            Field(
                "kind", "what kind of quantity it is", choices=protocol.OUTCOME_KINDS
            ),
            Field("unit", "unit of measurement"),
            Field(
                "better",
                "which direction helps the patient",
                choices=protocol.DIRECTIONS,
            ),
            Field(
                "role",
                "place in the account of each trial on its own, with exact intervals: response, marker, harm or duration",
                choices=protocol.OUTCOME_ROLES,
            ),
            Field(
                "within",
                "the outcome that everyone with this one has, too, such as disease control of objective response",
                "name",
                to="outcome",
            ),
            Field("definition", "how it is defined"),
            Field("note", "anything a reader must know"),
        ),
    ),
    Section(
        name="regimens",
        many=True,
        meaning="what the arms received",
        row_type=protocol.Regimen,
        fields=(
            Field("id", "short name, unique; used in arms.csv", "name", required=True),
            Field("label", "the regimen in words, as printed in tables", required=True),
            Field("drug", "name of the drug"),
            Field(
                "line",
                "dose and schedule as one line, parts apart by `;`, e.g. `1 MIU SC every other day for 2 weeks; every 4 weeks for 3 cycles`; doses a day, week, cycle and course follow from it, and serve as subgroups and moderators",
            ),
            Field(
                "product",
                "kind of molecule; the mass of a changed one is no activity; default native",
                choices=protocol.PRODUCTS,
            ),
            Field("conversion", "what the product's unit is, e.g. `1 mg = 16.4 MIU`"),
            Field(
                "printed_dose",
                "a dose as the report prints it, e.g. `24 MIU/m2 per month`; it is compared with the line",
            ),
            Field(
                "received_dose",
                "the dose that patients received on average, e.g. `84 MIU/m2 per course`; it is given as a share of the planned one",
            ),
            Field(
                "weight",
                "the patients' weight in kg, as reported",
                "number",
                low=0,
                above=True,
            ),
            Field("height", "their height in cm", "number", low=0, above=True),
            Field("surface", "their body surface in m2", "number", low=0, above=True),
            Field("body_source", "where weight, height or surface are printed"),
            Field("dose", "one dose; left out when it is not known", "number", low=0),
            Field("dose_unit", "unit of the dose, e.g. MIU or MIU/m2"),
            Field("route", "how it is given"),
            Field("schedule", "when it is given"),
            Field("duration", "for how long"),
            Field("source", "where the regimen is printed"),
            Field("note", "anything a reader must know"),
        ),
    ),
    Section(
        name="body",
        meaning="what is assumed of the patients where a regimen does not say; shown beside every dose that rests on it",
        row_type=protocol.AssumedBody,
        fields=(
            Field("weight", "weight in kg", "number", low=0, above=True),
            Field("height", "height in cm", "number", low=0, above=True),
            Field("surface", "body surface in m2", "number", low=0, above=True),
            Field(
                "formula",
                "way from weight and height to surface; default mosteller",
                choices=protocol.SURFACE_FORMULAS,
            ),
            Field("source", "where they come from, or that they are assumed"),
        ),
    ),
    Section(
        name="analyses",
        many=True,
        meaning="planned analyses",
        row_type=protocol.PlannedAnalysis,
        fields=(
            Field(
                "id",
                "short name, unique; also used in reported.csv",
                "slug",
                required=True,
            ),
            Field("title", "title as printed", required=True),
            Field(
                "measure",
                "effect measure, a code such as RR; `synthesist measures` lists them",
                required=True,
                to="measure",
            ),
            Field(
                "outcome",
                "which outcome; needed by every pooled analysis",
                "name",
                to="outcome",
            ),
            Field(
                "kind",
                "subtraction removes a part from a whole that others printed; default pool",
                choices=protocol.ANALYSIS_KINDS,
            ),
            Field(
                "role",
                "place in the report; default primary",
                choices=protocol.ANALYSIS_ROLES,
            ),
            Field(
                "timepoint",
                "only results at this time point, or one of several",
                "list",
            ),
            Field(
                "population",
                "only results in this population, or one of several",
                "list",
            ),
            Field(
                "designs",
                "only studies of these designs",
                "list",
                choices=evidence.DESIGNS,
            ),
            Field("studies", "only these studies", "list", to="study"),
            Field("exclude", "not these studies", "list", to="study"),
            Field(
                "arms",
                "only these arms, by role or by name; names the treated arm of a study with several",
                "list",
                to="arm",
            ),
            Field(
                "baseline",
                "time point before treatment, for changes computed from two means",
                "name",
            ),
            Field(
                "values",
                "for two groups: their means at the end (mean, sd) or the changes since baseline (mean_change, sd_change); default final",
                choices=protocol.VALUES,
            ),
            Field(
                "r",
                "correlation between before and after, where it was not printed",
                "number",
                low=-1,
                high=1,
            ),
            Field(
                "model", "how studies are combined, e.g. iv, mh, peto, glmm", to="model"
            ),
            Field(
                "tau2",
                "estimator of tau², e.g. REML, DL, PM, or CE for a common effect",
                to="tau2",
            ),
            Field(
                "interval",
                "kind of confidence interval, e.g. HK-guarded",
                to="interval",
            ),
            Field(
                "prediction", "kind of prediction interval, e.g. k-1", to="prediction"
            ),
            Field(
                "zero_cells",
                "what happens to tables with a zero, e.g. only-zero",
                to="zero_cells",
            ),
            Field(
                "medians",
                "how medians with quartiles or range become means and SDs, e.g. luo-wan-shi; default no",
                to="medians",
            ),
            Field(
                "missing_sd",
                "which SD of the other studies stands in for one not reported, e.g. pooled; default no",
                to="missing_sd",
            ),
            Field(
                "profile",
                "a named rule set of another program, e.g. revman5",
                to="profile",
            ),
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
                "subgroup",
                "a column of studies.csv or arms.csv, timepoint, population, or a quantity of the regimens such as dose_week, by which results are also pooled apart",
                "name",
                to="column",
            ),
            Field(
                "moderators",
                "columns of studies.csv or arms.csv, or quantities of the regimens such as dose_week, on which the effects are also regressed",
                "list",
                to="column",
            ),
            Field("favours", "what lies left and what lies right of no effect", "list"),
            Field(
                "whole",
                "subtraction: name in reported.csv of the result with all studies",
                "name",
                to="reported",
            ),
            Field(
                "part",
                "subtraction: name in reported.csv of the result to be removed",
                "name",
                to="reported",
            ),
            Field("note", "printed with the result"),
        ),
    ),
    DATA,
    ANALYSES,
    Section(
        name="deviations",
        many=True,
        meaning="departures from the protocol",
        row_type=protocol.Deviation,
        fields=(
            Field("date", "when it was decided", "date", required=True),
            Field("change", "what was changed", required=True),
            Field("reason", "why", required=True),
        ),
    ),
)
