"""Choose how the marginal covariance of a model is handled."""

from __future__ import annotations

import numpy as np

from synthesist.numerics.arrays import Indices
from synthesist.pooling.dependent.blocks import stack_blocks
from synthesist.pooling.dependent.low_rank import low_rank
from synthesist.pooling.dependent.overall import overall_layout
from synthesist.pooling.dependent.sampling import SamplingCovariance
from synthesist.pooling.dependent.solved import Layout
from synthesist.pooling.dependent.terms import Term, components
from synthesist.pooling.dependent.tree import grow

#: Blocks up to this many rows are handled as they are, even when crossed.
DENSE = 120


def choose_layout(
    terms: tuple[Term, ...],
    V: SamplingCovariance,
    *,
    dense: bool = False,
    overall: bool = False,
) -> Layout:
    """Return the layout that takes the least time and memory.

    Nested groups with independent errors are climbed as a tree. Else rows that have
    anything in common form blocks; where these are large, because groups cross, the
    shared effects are taken out of them. `dense` asks for blocks in any case,
    `overall` for one correlation of true effects and sampling errors together.
    """
    if overall:
        return overall_layout(terms[0], V)
    tree = grow(terms, V.v) if V.diagonal and not dense else None
    if tree is not None:
        return tree
    n = len(V)
    codes = [term.outer for term in terms]
    if not V.diagonal:
        codes.append(np.unique(V.cluster, return_inverse=True)[1].reshape(-1))
    whole = components(codes, n)
    known = any(term.dense for term in terms)
    if dense or known or int(np.bincount(whole).max()) <= DENSE:
        return stack_blocks(terms, V, whole)
    own = tuple(i for i, term in enumerate(terms) if term.single)
    shared = tuple(i for i, term in enumerate(terms) if not term.single)
    base: list[Indices] = [terms[i].outer for i in own]
    if not V.diagonal:
        base.append(codes[-1])
    blocks = components(base, n) if base else np.arange(n)
    part = stack_blocks(tuple(terms[i] for i in own), V, blocks)
    return low_rank(terms, part, own, shared)
