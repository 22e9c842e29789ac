"""Every reasonable analysis of the same studies in one call."""

from synthesist.pooling.multiverse.result import Multiverse
from synthesist.pooling.multiverse.run import multiverse

__all__ = ["Multiverse", "multiverse"]
