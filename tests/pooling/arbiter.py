"""The definitions at fifty digits, by sums over studies and nothing clever."""

import mpmath as mp


class Sums:
    """Weighted sums of effects y with variances v at a given tau²."""

    def __init__(self, y, v, tau2=0):
        self.w = [1 / (mp.mpf(x) + mp.mpf(tau2)) for x in v]
        self.y = [mp.mpf(x) for x in y]
        self.total = mp.fsum(self.w)
        self.mean = mp.fsum(w * x for w, x in zip(self.w, self.y, strict=True)) / (
            self.total
        )
        self.residual = [x - self.mean for x in self.y]

    def power(self, n):
        return mp.fsum(w**n for w in self.w)

    @property
    def q(self):
        pairs = zip(self.w, self.residual, strict=True)
        return mp.fsum(w * r**2 for w, r in pairs)

    @property
    def push(self):
        pairs = zip(self.w, self.residual, strict=True)
        return mp.fsum((w * r) ** 2 for w, r in pairs)

    @property
    def trace(self):
        return self.total - self.power(2) / self.total


def dersimonian_laird(y, v):
    sums = Sums(y, v)
    return max(mp.mpf(0), (sums.q - (len(y) - 1)) / sums.trace)


def score(y, v, tau2, *, restricted):
    sums = Sums(y, v, tau2)
    return (sums.push - (sums.trace if restricted else sums.total)) / 2


def log_likelihood(y, v, tau2, *, restricted):
    sums = Sums(y, v, tau2)
    twice = mp.fsum(mp.log(mp.mpf(x) + mp.mpf(tau2)) for x in v) + sums.q
    return -(twice + (mp.log(sums.total) if restricted else 0)) / 2


def solve_near(function, guess):
    """Refine a root by the secant method, from our double-precision answer."""
    guess = mp.mpf(guess)
    return mp.findroot(function, (guess, guess * (1 + mp.mpf("1e-6"))))
