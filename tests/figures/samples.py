"""Small figures that several tests draw."""

from synthesist.figures import (
    FlowCount,
    FlowCounts,
    FlowOther,
    FlowPrevious,
    ForestGroup,
    ForestPlot,
    ForestRow,
    ForestSummary,
)

FOREST = ForestPlot(
    title="Response at 12 weeks",
    label="synthetic data",
    headers=("Treated n/N", "Control n/N"),
    effect_label="Risk ratio",
    effect_short="RR",
    no_effect=1,
    log=True,
    favours=("favours control", "favours treatment"),
    groups=(
        ForestGroup(
            title="Low dose",
            rows=(
                ForestRow(
                    label="Müller 2019",
                    cells=("12/50", "20/52"),
                    estimate=0.62,
                    low=0.34,
                    high=1.14,
                    weight=40,
                    link="#study-a",
                ),
                ForestRow(
                    label="Хохлова 2018",
                    cells=("3/20", "2/21"),
                    estimate=1.58,
                    low=0.29,
                    high=8.5,
                    weight=10,
                    link="https://example.org/b",
                ),
                ForestRow(label="赵明 2019", cells=("", "")),
            ),
            summary=ForestSummary(
                label="Subtotal",
                estimate=0.7,
                low=0.4,
                high=1.2,
                prediction=(0.1, 4.4),
                text=("τ² = 0.02; I² = 12%",),
            ),
        ),
    ),
    footer=("REML.",),
)

FLOW = FlowCounts(
    databases=(FlowCount(label="PubMed", n=1200), FlowCount(label="Embase", n=48)),
    registers=(FlowCount(label="ChiCTR 中国临床试验注册中心", n=3),),
    duplicates=60,
    screened=1191,
    excluded=1150,
    sought=41,
    not_retrieved=None,
    assessed=38,
    reasons=(FlowCount(label="Wrong design", n=10), FlowCount(label="Other", n=0)),
    studies=24,
    reports=28,
    other=FlowOther(
        identified=(FlowCount(label="Citation searching", n=4),),
        sought=4,
        not_retrieved=0,
        assessed=4,
        excluded=None,
    ),
    previous=FlowPrevious(studies=5, reports=None),
    total_studies=29,
    total_reports=None,
    label="synthetic records",
)
