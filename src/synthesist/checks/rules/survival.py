"""Survival: landmark percentages, events, hazard ratio and P value, each from the others."""

from __future__ import annotations

import math

from synthesist.checks import fields as f
from synthesist.checks import reading
from synthesist.checks.kind import (
    CONSISTENT,
    INCONSISTENT,
    UNDECIDABLE,
    Field,
    Given,
    Impossible,
    Kind,
    Lacking,
    Outcome,
)
from synthesist.checks.ranges import (
    Span,
    around,
    error_behind,
    exact,
    join,
    p_span,
    ratio,
    reach,
    statistic_of,
    times,
)

GROUP = "Survival"

#: The information of a Cox model is a quarter of the events at most, so that its
#: standard error is no smaller than 2 / sqrt(events); a log-rank P can fall a little
#: below. With arms of the same size and no strong effect it is hardly larger.
FEWEST, MOST = 0.9, 1.3


def _share(g: Given, name: str) -> Span:
    """Return a percentage alive, or a fraction, as a fraction.

    Raises
    ------
    Impossible
        If it lies outside 0 to 100 per cent.
    """
    span = g.span(name)
    others = [n for n in ("survival_1", "survival_2") if n in g]
    whole = 1.0 if all(g.number(n).value <= 1 and "%" not in "".join(g.printed.values()) for n in others) else 100.0  # fmt: skip
    found = Span(span.low / whole, span.high / whole)
    if found.low > 1 or found.high < 0:
        raise Impossible("A percentage alive lies between 0 and 100.")
    return found.clipped(0, 1)


def landmark(g: Given) -> Outcome:
    """Return the hazard ratio of two percentages at one time."""
    one, two = _share(g, "survival_1"), _share(g, "survival_2")
    hazard_1, hazard_2 = _hazard(one), _hazard(two)
    return Outcome(
        implied={"hr": ratio(hazard_1, hazard_2)},
        caution="With proportional hazards; rough, as only one time is looked at.",
    )


def _hazard(share: Span) -> Span:
    """Return the cumulative hazard."""
    return Span(-math.log(share.high), -math.log(share.low) if share.low > 0 else math.inf)  # fmt: skip


def landmark_test(g: Given) -> Outcome:
    """Compare hazard ratio and P with what percentages at one time and n imply.

    Everybody is taken to be followed to the landmark, which makes the standard
    errors the smallest that they can be.
    """
    one, two = _share(g, "survival_1"), _share(g, "survival_2")
    hr = ratio(_hazard(one), _hazard(two))
    deaths = Span(
        g.whole("n_1") * (1 - one.high) + g.whole("n_2") * (1 - two.high),
        g.whole("n_1") * (1 - one.low) + g.whole("n_2") * (1 - two.low),
    )
    if deaths.low <= 0:
        raise Lacking("The percentages leave open whether anybody had an event.")
    se = Span(2 / math.sqrt(deaths.high), 2 / math.sqrt(deaths.low))
    implied = {
        "hr": hr,
        "se": se,
        "p": p_span(ratio(hr.log().size(), se)),
        "events": deaths,
    }
    if "hr" not in g:
        return _landmark_p(g, implied)
    given = g.span("hr").log()
    # Four standard errors: further apart is no matter of chance.
    far = 4 * se.high
    near = Span(hr.log().low - far, hr.log().high + far)
    if not given.meets(near):
        return Outcome(implied=implied, verdict=INCONSISTENT, reason="The hazard ratio lies further from the percentages than chance brings it.")  # fmt: skip
    return Outcome(implied=implied, verdict=CONSISTENT)


def _landmark_p(g: Given, implied: dict[str, Span]) -> Outcome:
    """Compare a log-rank P, which looks at whole curves, with that of one time."""
    if "p" not in g:
        return Outcome(implied=implied, verdict=UNDECIDABLE, reason="Neither hazard ratio nor P value is given.")  # fmt: skip
    if g.span("p").meets(implied["p"]):
        return Outcome(implied=implied, verdict=CONSISTENT)
    return Outcome(implied=implied, verdict=UNDECIDABLE, reason="The printed P is not that of these percentages; a log-rank test looks at the whole curves, which may differ elsewhere.")  # fmt: skip


def se_from_events(g: Given) -> Outcome:
    """Return the standard error of a log hazard ratio with so many events."""
    if "events" in g:
        d = g.span("events")
        if d.high <= 0:
            raise Impossible("Without events there is no hazard ratio.")
        return Outcome(implied={"se": _falling(d, _factor(g))})
    if "survival_1" in g:
        found = events_at(g).implied
        if "se" not in found:
            raise Lacking("The percentages leave open whether anybody had an event.")
        return Outcome(implied={"se": found["se"], "events": found["events"]})
    a, b = g.span("events_1"), g.span("events_2")
    if min(a.high, b.high) <= 0:
        raise Impossible("A group without events has no hazard ratio.")
    low = math.sqrt(1 / a.high + 1 / b.high)
    high = math.sqrt(1 / a.low + 1 / b.low) if min(a.low, b.low) > 0 else math.inf
    total = Span(a.low + b.low, a.high + b.high)
    whole = _falling(total, 2.0)
    return Outcome(
        implied={"se": Span(low, high), "se_total": whole},
        routes=({"se": Span(low, high)}, {"se": whole}),
    )


def _factor(g: Given) -> float:
    """Return what is divided by the root of the events, 2 with arms of one size."""
    share = g.value("allocation", 1.0)
    if share <= 0:
        raise Impossible("Participants are allocated by a ratio above zero.")
    return (1 + share) / math.sqrt(share)


def _falling(d: Span, factor: float) -> Span:
    return Span(factor / math.sqrt(d.high), factor / math.sqrt(d.low) if d.low > 0 else math.inf)  # fmt: skip


def events_from_se(g: Given) -> Outcome:
    """Return the events behind the standard error of a log hazard ratio."""
    if "se" in g:
        se = g.span("se").clipped(0)
    else:
        low, high = g.span("ci_low").log(), g.span("ci_high").log()
        se = error_behind(low, high, reach(g.value("level", 0.95)))
    if se.high == 0:
        raise Impossible("The interval has no width.")
    return Outcome(implied={"events": Span(4 / se.high**2, 4 / se.low**2 if se.low > 0 else math.inf)})  # fmt: skip


def hr_p_events(g: Given) -> Outcome:
    """Compare the standard errors behind P, events and interval of a hazard ratio."""
    y = g.span("estimate")
    if y.high <= 0:
        raise Impossible("A hazard ratio lies above zero.")
    size, by = y.log().size(), reach(g.value("level", 0.95))
    stat = statistic_of(g.span("p"))
    low = 0.0 if math.isinf(stat.high) or not stat.high else size.low / stat.high
    by_p = Span(low, size.high / stat.low if stat.low else math.inf)
    d = g.span("events")
    if d.high <= 0:
        raise Impossible("Without events there is no hazard ratio.")
    by_events = _falling(d, _factor(g))
    likely = Span(by_events.low * FEWEST, by_events.high * MOST)
    implied: dict[str, Span] = {}
    ends = around(y.log(), by_events, by)
    implied["ci_low"], implied["ci_high"] = (end.exp() for end in ends)
    implied |= {"se_from_p": by_p, "se_from_events": by_events}
    fits, reason = by_p.meets(likely), ""
    if not fits:
        fewer = by_p.high < likely.low
        reason = f"The P value asks for {'more' if fewer else 'fewer'} events than were printed."
    elif "ci_low" in g and "ci_high" in g:
        a, b = g.span("ci_low").log(), g.span("ci_high").log()
        width = error_behind(a, b, by)
        rough = Span(by_p.low * FEWEST, by_p.high / FEWEST)
        fits = width.meets(likely) and width.meets(rough) and join((a, b)).meets(y.log())  # fmt: skip
        reason = "" if fits else "The interval fits neither events nor P value."
    return Outcome(
        implied=implied,
        verdict=CONSISTENT if fits else INCONSISTENT,
        reason=reason,
        caution="Arms of similar size are assumed unless an allocation is given.",
    )


def events_at(g: Given) -> Outcome:
    """Return the events among `n` of whom a percentage is alive, all followed."""
    found = [Span(0.0, 0.0)]
    for i in ("1", "2"):
        if f"survival_{i}" in g and f"n_{i}" in g:
            alive, n = _share(g, f"survival_{i}"), g.whole(f"n_{i}")
            found.append(Span(n * (1 - alive.high), n * (1 - alive.low)))
    total = Span(math.fsum(s.low for s in found), math.fsum(s.high for s in found))
    implied = {"events": total}
    if total.low > 0:
        implied["se"] = Span(2 / math.sqrt(total.high), 2 / math.sqrt(total.low))
    return Outcome(implied=implied, caution="With everybody followed so far.")


def from_log_rank(g: Given) -> Outcome:
    """Return the hazard ratio of a log-rank test's O - E and V."""
    score, v = g.span("o_minus_e"), g.span("v").clipped(0)
    if v.low <= 0:
        raise Lacking("The variance is printed so coarsely that it may be zero.")
    log = Span(min(score.low / v.low, score.low / v.high), max(score.high / v.low, score.high / v.high))  # fmt: skip
    se = Span(v.high**-0.5, v.low**-0.5)
    by = reach(g.value("level", 0.95))
    # A limit is (O - E) / V ± z / sqrt(V): its extremes in V are looked for.
    ends = {
        name: _log_rank_limit(score, v, z) for name, z in (("ci_low", [-x for x in by]), ("ci_high", [*by]))
    }  # fmt: skip
    p = p_span(Span(score.size().low / math.sqrt(v.high), score.size().high / math.sqrt(v.low)))  # fmt: skip
    return Outcome(implied={"hr": log.exp(), **ends, "p": p, "se": se})


def _log_rank_limit(score: Span, v: Span, by: list[float]) -> Span:
    """Return a limit of the hazard ratio over all roundings."""
    values = [s / w + z / math.sqrt(w) for s in score for w in v for z in by]
    # In V it turns where V = (2 (O - E) / z)².
    turns = [((2 * s / z) ** 2, s, z) for s in score for z in by if s * z < 0]
    values += [s / w + z / math.sqrt(w) for w, s, z in turns if v.low < w < v.high]
    return Span(min(values), max(values)).exp()


def person_time(g: Given) -> Outcome:
    """Return a rate from events and person-time."""
    time = g.span("time")
    if time.high <= 0:
        raise Impossible("Without time there is no rate.")
    per = g.value("per", 1.0)
    events = exact(float(g.whole("events")))
    return Outcome(implied={"rate": times(ratio(events, time.clipped(0)), per)})


ALIVE_1 = Field("survival_1", "per cent without the event, treated", reading.number,
                ("survival_t", "survival_treated", "s1", "s_1", "surv_1", "surv_percent_1", "landmark_1", "treated", "survival1", "s_t", "pct_1", "percent_1", "percentage_1", "surv_t", "s_treated", "treated_percent", "percent_treated", "surv_treated", "survival_experimental"))  # fmt: skip
ALIVE_2 = Field("survival_2", "per cent without the event, control", reading.number,
                ("survival_c", "survival_control", "s2", "s_2", "surv_2", "surv_percent_2", "landmark_2", "control", "survival2", "s_c", "pct_2", "percent_2", "percentage_2", "surv_c", "s_control", "control_percent", "percent_control", "surv_control"))  # fmt: skip
D = Field("events", "events in both groups, a computed number too", reading.amount, ("d", "deaths", "n_events", "total_events"))  # fmt: skip
D1 = Field("events_1", "events, treated", reading.amount, ("events_t", "d1", "deaths_1"))  # fmt: skip
D2 = Field("events_2", "events, control", reading.amount, ("events_c", "d2", "deaths_2"))  # fmt: skip
SHARE = Field("allocation", "participants of one group for one of the other, 1 unless given", reading.nominal, ("allocation_ratio",))  # fmt: skip
HR = Field("hr", "hazard ratio as printed", reading.number, ("estimate", "hazard_ratio"))  # fmt: skip
TIERNEY = "Tierney JF et al. Practical methods for incorporating summary time-to-event data into meta-analysis. Trials 2007;8:16. doi:10.1186/1745-6215-8-16"
PARMAR = "Parmar MKB, Torri V, Stewart L. Extracting summary statistics to perform meta-analyses of the published literature for survival endpoints. Stat Med 1998;17:2815. doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8"
ASK = "What are hazard ratio, interval, P value with its test, and the events in each group?"

KINDS = (
    Kind(code="landmark_log_ratio", label="Hazard ratio from percentages at one time", group=GROUP, rule="HR = ln S1 / ln S2",
         fields=(ALIVE_1, ALIVE_2), needs=(("survival_1", "survival_2"),), gives=("hr",), answer=landmark, source=PARMAR, ask=ASK,
         synonyms=("landmark_hr", "hr_from_landmark", "landmark", "landmark_hazard_ratio", "landmark_to_hr", "hr_from_survival", "landmark_percentages", "landmark_percentages_to_hr", "landmark_to_hazard_ratio")),
    Kind(code="landmark_test", label="Percentages at one time, hazard ratio and P", group=GROUP,
         rule="HR = ln S1 / ln S2, se = 2 / sqrt(events), events = n (1 - S)",
         fields=(ALIVE_1, ALIVE_2, f.N_1, f.N_2, HR, f.P), needs=(("survival_1", "survival_2", "n_1", "n_2"),), gives=("events", "se"), prints="p",
         answer=landmark_test, source=PARMAR, ask=ASK, synonyms=("landmark_vs_hr", "landmark_p")),
    Kind(code="se_from_events", label="Standard error from events", group=GROUP, rule="se = 2 / sqrt(D), or sqrt(1/D1 + 1/D2)",
         fields=(D, D1, D2, SHARE, ALIVE_1, ALIVE_2, f.N_1, f.N_2), needs=(("events",), ("events_1", "events_2"), ("survival_1", "n_1", "survival_2", "n_2")), gives=("se",), answer=se_from_events, source=TIERNEY, ask=ASK),
    Kind(code="events_from_se", label="Events behind a standard error", group=GROUP, rule="D = 4 / se²",
         fields=(f.SE, f.CI_LOW, f.CI_HIGH, f.LEVEL), needs=(("se",), ("ci_low", "ci_high")), gives=("events",), answer=events_from_se,
         source=TIERNEY, ask=ASK, synonyms=("events_from_ci",)),
    Kind(code="hr_p_events", label="Hazard ratio, P and events", group=GROUP,
         rule="se = |log HR| / z(P) lies between 0.9 and 1.3 times 2 / sqrt(D)",
         fields=(f.ESTIMATE, f.P, D, f.CI_LOW, f.CI_HIGH, f.LEVEL, SHARE), needs=(("estimate", "p", "events"),), gives=("se_from_p", "se_from_events"),
         prints="p", answer=hr_p_events, source=TIERNEY, ask=ASK, synonyms=("hr_p_events_to_ci", "ci_from_hr_p_events", "hazard_ratio_p_events", "hr_from_p_events", "hr_events_p", "hr_ci_from_p_events")),
    Kind(code="events_from_survival", label="Events behind percentages alive", group=GROUP, rule="D = sum of n (1 - S)",
         fields=(ALIVE_1, ALIVE_2, f.N_1, f.N_2), needs=(("survival_1", "n_1"),), gives=("events", "se"), answer=events_at, source=PARMAR, ask=ASK),
    Kind(code="log_rank", label="Hazard ratio from O - E and V", group=GROUP, rule="log HR = (O - E) / V, se = 1 / sqrt(V)",
         fields=(Field("o_minus_e", "observed less expected events", reading.number, ("oe", "o_e")), Field("v", "its variance", reading.number, ("variance", "var")), f.LEVEL),
         needs=(("o_minus_e", "v"),), gives=("hr", "ci_low", "ci_high", "p", "se"), answer=from_log_rank, source=TIERNEY, ask=ASK,
         synonyms=("hr_from_o_minus_e", "peto_hr", "o_minus_e")),
    Kind(code="rate_from_person_time", label="Rate per person-time", group=GROUP, rule="events / time",
         fields=(f.EVENTS, Field("time", "person-time", reading.number, ("person_time", "person_years")), Field("per", "per so much time", reading.nominal)),
         needs=(("events", "time"),), gives=("rate",), answer=person_time, source=TIERNEY, ask="Over which person-time were the events counted?",
         synonyms=("incidence_rate",)),
)  # fmt: skip
