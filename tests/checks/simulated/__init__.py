"""Reports of simulated data, rounded as journals print them, one maker a check.

Each maker returns what is given and what is printed. Statistics come from
scipy.stats or from the data themselves, not from the program.
"""

from checks.simulated import estimates_and_counts, summaries_and_pools, tests_of_groups
from checks.simulated.corruption import corrupted
from checks.simulated.making import MAKERS

__all__ = [
    "MAKERS",
    "corrupted",
    "estimates_and_counts",
    "summaries_and_pools",
    "tests_of_groups",
]
