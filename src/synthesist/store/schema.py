"""The review folder as data: every file, column and key, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from synthesist.review import evidence, protocol, records
from synthesist.store.fields import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvFile:
    """A CSV file of the folder: one row of it becomes one `row_type`.

    `part` is the review's attribute that takes the rows, `key` the columns that
    no two rows may share; with `extra`, columns of the user's own are kept.
    """

    name: str
    meaning: str
    part: str
    row_type: Callable[..., Any]
    fields: tuple[Field, ...]
    key: tuple[str, ...] = ()
    extra: bool = False
    printed: bool = False

    def field(self, name: str) -> Field | None:
        """Return a column by its name."""
        return next((f for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of review.toml, or an array of tables where `many` is set."""

    name: str
    meaning: str
    row_type: Callable[..., Any]
    fields: tuple[Field, ...]
    many: bool = False


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
            Field("id", "short name, unique", required=True),
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
            Field("id", "short name, unique; used in the CSV files", required=True),
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
            Field("id", "short name, unique; used in results.csv", required=True),
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
            Field("id", "short name, unique; used in arms.csv", required=True),
            Field("label", "the regimen in words, as printed in tables", required=True),
            Field("drug", "name of the drug"),
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
        name="analyses",
        many=True,
        meaning="planned analyses",
        row_type=protocol.PlannedAnalysis,
        fields=(
            Field("id", "short name, unique; also used in reported.csv", required=True),
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
            ),
            Field(
                "subgroup",
                "a column of studies.csv or arms.csv, timepoint or population, by which results are also pooled apart",
                to="column",
            ),
            Field("favours", "what lies left and what lies right of no effect", "list"),
            Field(
                "whole",
                "subtraction: name in reported.csv of the result with all studies",
                to="reported",
            ),
            Field(
                "part",
                "subtraction: name in reported.csv of the result to be removed",
                to="reported",
            ),
            Field("note", "printed with the result"),
        ),
    ),
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

CSV_FILES = (
    CsvFile(
        name="records.csv",
        meaning="references as imported, one row each",
        part="records",
        row_type=records.Record,
        key=("record",),
        fields=(
            Field(
                "record",
                "`r` and 12 hex digits of SHA-256 of file name, ordinal and raw bytes",
                "record",
                required=True,
            ),
            Field(
                "file", "name of the export in searches/ it came from", required=True
            ),
            Field(
                "ordinal",
                "its place in that file, from 1",
                "count",
                required=True,
                low=1,
            ),
            Field(
                "report",
                "the publication it stands for; duplicates point to the same one; empty: a publication of its own",
            ),
            Field("type", "kind of publication"),
            Field("title", "title"),
            Field("authors", "authors"),
            Field("year", "year of publication, as printed"),
            Field("journal", "journal or book"),
            Field("volume", "volume"),
            Field("issue", "issue"),
            Field("pages", "pages"),
            Field("doi", "DOI"),
            Field("pmid", "PubMed's number"),
            Field("accession", "number in the source it came from"),
            Field("language", "language"),
            Field("abstract", "abstract"),
            Field("keywords", "keywords"),
            Field("url", "address"),
            Field("note", "anything else"),
        ),
    ),
    CsvFile(
        name="duplicates.csv",
        meaning="answers on pairs of records, appended and never changed; the last answer on a pair counts",
        part="duplicates",
        row_type=records.DuplicateAnswer,
        fields=(
            Field("record_a", "one record", "record", required=True, to="record"),
            Field("record_b", "the other record", "record", required=True, to="record"),
            Field(
                "answer",
                "undo takes the last answer back",
                required=True,
                choices=records.DUPLICATE_ANSWERS,
            ),
            Field("by", "who or what answered", required=True),
            Field("time", "when, in UTC", "time", required=True),
            Field("reason", "why"),
        ),
    ),
    CsvFile(
        name="screening.csv",
        meaning="verdicts, appended and never changed; the last one of a reviewer on a record and stage counts",
        part="decisions",
        row_type=records.Decision,
        fields=(
            Field("record", "which record", "record", required=True, to="record"),
            Field(
                "stage", "when in the process", required=True, choices=records.STAGES
            ),
            Field(
                "reviewer", "who, as named in review.toml", required=True, to="reviewer"
            ),
            Field(
                "verdict",
                "include, exclude or maybe; at retrieval include (obtained) or not-retrieved",
                required=True,
                choices=("include", "exclude", "maybe", "not-retrieved"),
            ),
            Field(
                "reason",
                "one of the protocol's exclusion reasons; needed for an exclusion at full text",
                to="reason",
            ),
            Field("time", "when, in UTC", "time", required=True),
            Field("note", "anything else"),
        ),
    ),
    CsvFile(
        name="studies.csv",
        meaning="studies; columns of your own may be added and serve as subgroups",
        part="studies",
        row_type=evidence.Study,
        key=("study",),
        extra=True,
        fields=(
            Field("study", "name of the study, unique, e.g. He 2020", required=True),
            Field("label", "name as printed, where it differs"),
            Field(
                "design",
                "randomised, controlled but not randomised, one arm, or single cases",
                required=True,
                choices=evidence.DESIGNS,
            ),
            Field(
                "reports", "its publications, as in records.csv", "list", to="report"
            ),
            Field("registrations", "registry numbers", "list"),
            Field("year", "year of its main publication", "count"),
            Field("country", "where it was done"),
            Field("note", "anything a reader must know"),
        ),
    ),
    CsvFile(
        name="arms.csv",
        meaning="groups of the studies; columns of your own may be added and serve as subgroups",
        part="arms",
        row_type=evidence.Arm,
        key=("study", "arm"),
        extra=True,
        fields=(
            Field("study", "which study", required=True, to="study"),
            Field("arm", "name of the arm, unique within its study", required=True),
            Field(
                "role",
                "treated and control are compared; single is the arm of a study without control",
                required=True,
                choices=evidence.ARM_ROLES,
            ),
            Field("label", "name as printed, where it differs"),
            Field("regimen", "what it received, as named in review.toml", to="regimen"),
            Field("n", "people in the arm (randomised or enrolled)", "count"),
            Field("note", "anything a reader must know"),
        ),
    ),
    CsvFile(
        name="results.csv",
        meaning="what reports print, one row for each arm, outcome, time point and population; empty means not reported, never zero",
        part="results",
        row_type=evidence.Result,
        key=("study", "arm", "comparator", "outcome", "timepoint", "population"),
        printed=True,
        fields=(
            Field("study", "which study", required=True, to="study"),
            Field("arm", "which arm", required=True, to="arm"),
            Field(
                "comparator",
                "the other arm, only where the row compares two (hr, o_minus_e, p between arms)",
                to="arm",
            ),
            Field(
                "outcome",
                "which outcome, as named in review.toml",
                required=True,
                to="outcome",
            ),
            Field(
                "timepoint", "when measured, in words; the same words for the same time"
            ),
            Field(
                "population",
                "who is counted, e.g. ITT; the same words for the same people",
            ),
            Field("n", "people analysed", "count"),
            Field("events", "people with the event", "count"),
            Field("mean", "mean", "number"),
            Field("sd", "standard deviation", "number", low=0),
            Field(
                "se", "standard error of the mean, or of the contrast", "number", low=0
            ),
            Field("median", "median", "number"),
            Field("q1", "lower quartile", "number"),
            Field("q3", "upper quartile", "number"),
            Field("min", "smallest value", "number"),
            Field("max", "largest value", "number"),
            Field("mean_change", "mean change from baseline", "number"),
            Field("sd_change", "standard deviation of the change", "number", low=0),
            Field(
                "r", "correlation between before and after", "number", low=-1, high=1
            ),
            Field(
                "hr",
                "hazard ratio of arm against comparator",
                "number",
                low=0,
                above=True,
            ),
            Field("ci_low", "lower limit of the printed interval", "number"),
            Field("ci_high", "upper limit of the printed interval", "number"),
            Field(
                "ci_level",
                "its level, e.g. 0.95; empty means 0.95",
                "number",
                low=0,
                high=1,
                above=True,
            ),
            Field("p", "P value as printed, e.g. <0.001", "p"),
            Field("o_minus_e", "observed minus expected events in the arm", "number"),
            Field("v", "variance of o_minus_e", "number", low=0, above=True),
            Field("person_time", "person-time at risk", "number", low=0, above=True),
            Field(
                "surv_percent",
                "per cent without the event at the time point, as a survival curve gives it",
                "number",
                low=0,
                high=100,
            ),
            Field("source", "which publication prints it", required=True),
            Field("place", "page, table or figure"),
            Field("extracted_by", "who typed it", to="reviewer"),
            Field("verified_by", "who checked it against the source", to="reviewer"),
            Field("note", "anything a reader must know, e.g. how a number was derived"),
        ),
    ),
    CsvFile(
        name="reported.csv",
        meaning="pooled results and flow counts as others printed them",
        part="reported",
        row_type=evidence.Reported,
        printed=True,
        fields=(
            Field(
                "analysis",
                "id of a planned analysis, `flow` for a count of the flow diagram, or a name of its own",
                required=True,
            ),
            Field("quantity", "what it is, e.g. RR, SMD, I2, screened", required=True),
            Field("value", "the number, on the printed scale", "number"),
            Field("low", "lower limit of its interval", "number"),
            Field("high", "upper limit of its interval", "number"),
            Field(
                "level",
                "level of the interval, e.g. 0.95",
                "number",
                low=0,
                high=1,
                above=True,
            ),
            Field("p", "P value as printed", "p"),
            Field("studies", "how many studies it rests on", "count"),
            Field("participants", "how many people it rests on", "count"),
            Field("source", "who printed it, and where", required=True),
            Field("note", "anything a reader must know"),
        ),
    ),
    CsvFile(
        name="appraisal.csv",
        meaning="answers of appraisal tools, such as risk of bias",
        part="judgements",
        row_type=evidence.Judgement,
        key=("study", "outcome", "tool", "item", "assessor"),
        fields=(
            Field("study", "which study", required=True, to="study"),
            Field(
                "outcome", "which outcome, where the tool asks by outcome", to="outcome"
            ),
            Field("tool", "name of the tool", required=True),
            Field("version", "its version"),
            Field("item", "which item or domain", required=True),
            Field("answer", "the answer", required=True),
            Field("support", "the text that supports it"),
            Field("assessor", "who answered"),
        ),
    ),
    CsvFile(
        name="claims.csv",
        meaning="statements of the review, and the studies they rest on",
        part="claims",
        row_type=evidence.Claim,
        key=("claim",),
        fields=(
            Field("claim", "the statement", required=True),
            Field("studies", "studies it rests on", "list", to="study"),
            Field("direction", "which way the evidence points"),
            Field("size", "how large the effect is"),
            Field("certainty", "how certain the evidence is"),
            Field("note", "anything a reader must know"),
        ),
    ),
)
