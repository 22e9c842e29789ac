"""Pool by the rules of another program, unless a rule is asked for by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthesist.effects import EffectTable, find_profile
from synthesist.effects.profiles import PROFILES, Profile
from synthesist.effects.work import DEFAULTS, PROFILED
from synthesist.pooling.fit import PooledFit

__all__ = ["PROFILES", "Profile", "printed", "rules_of"]

#: Rules of which a result says more than one thing, so that they choose nothing.
SHOWN = ("i2",)


def rules_of(profile: str | None, asked: Mapping[str, str | None]) -> dict[str, str]:
    """Return the rules of pooling that are chosen: by name, else by the profile.

    Raises
    ------
    InvalidInput
        If there is no such profile.
    """
    named = {rule: code for rule, code in asked.items() if code is not None}
    if profile is None:
        return named
    theirs = find_profile(profile).pooling
    return {rule: code for rule, code in theirs.items() if rule not in SHOWN} | named


def printed(fit: PooledFit, profile: str, asked: Mapping[str, str | None]) -> PooledFit:
    """Return a fit whose rules say the profile, and what took the place of its rules."""
    theirs = find_profile(profile)
    others = overrides(fit.effects, theirs, asked)
    rules = {
        "profile": theirs.label,
        **fit.rules,
        **{rule: theirs.pooling[rule] for rule in SHOWN if rule in theirs.pooling},
    }
    if others:
        rules["instead of the profile's"] = ", ".join(others)
    return replace(fit, rules=rules)


def overrides(
    effects: EffectTable, profile: Profile, asked: Mapping[str, str | None]
) -> list[str]:
    """Return every rule that was asked for by name and is not the profile's."""
    theirs = profile.for_measure(effects.measure.code)
    found = [
        f"{rule} {getattr(effects.choices, rule)} for {usual}"
        for rule in PROFILED
        if rule in effects.asked
        and getattr(effects.choices, rule)
        != (usual := theirs.get(rule, getattr(DEFAULTS, rule)))
    ]
    found += [
        f"{rule} {code} for {profile.pooling[rule]}"
        for rule, code in asked.items()
        if code is not None and profile.pooling.get(rule, code) != code
    ]
    return found
