"""The CSV files of a review folder, their columns, and what they mean."""

from __future__ import annotations

from synthesist.review import evidence, records
from synthesist.store.fields import Field
from synthesist.store.schema import CsvFile

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
            Field("study", "name of the study, unique, e.g. Smith 2020", required=True),
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
