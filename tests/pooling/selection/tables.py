"""The tables that models of selection are tested on."""

import golden
import synthesist as sy

SMOKING = golden.data("passive_smoking")


def smoking():
    """Return 37 log odds ratios of lung cancer (Hackshaw 1998)."""
    return sy.effect_table(SMOKING, "GEN")


def published(name):
    """Return one of the tables that R's answers come with."""
    rows = golden.load("selection")["data"][name]
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    return sy.effect_table(columns, "GEN")
