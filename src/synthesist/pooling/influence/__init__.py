"""What single studies do to an answer: leave-one-out, cumulative, influence, subsets."""

from synthesist.pooling.influence.all_subsets import Gosh, gosh
from synthesist.pooling.influence.contributions import Baujat, baujat
from synthesist.pooling.influence.measures import Influence, Measures, influence
from synthesist.pooling.influence.refits import Refits, cumulative, leave_one_out

__all__ = [
    "Baujat",
    "Gosh",
    "Influence",
    "Measures",
    "Refits",
    "baujat",
    "cumulative",
    "gosh",
    "influence",
    "leave_one_out",
]
