# Rscript generate_selection_others.R : writes expected/selection_others.json beside this file.
# Needs R with jsonlite. Methods that no package of this R has, written down from their papers: the Copas
# model (Copas & Shi 2001, section 3), p-curve for z tests (Simonsohn 2014 and 2015, with R's noncentral
# chi-squared), p-uniform (van Assen 2015) and p-uniform* (van Aert & van Assen), by R's optimisers.
suppressMessages(library(jsonlite))
smoking <- read.csv("data/passive_smoking.csv"); y <- smoking$yi; s <- sqrt(smoking$vi)
other <- fromJSON("expected/selection.json")$data$counselling
out <- list(`_note` = "data/passive_smoking.csv, and the table counselling (Baskerville 2012) of selection.json", `_software` = paste("R", getRversion()))
climb <- function(f, start) {
  best <- NULL
  for (i in 1:6) {r <- optim(start, f, method = "BFGS", control = list(reltol = 1e-15, maxit = 5000, parscale = pmax(abs(start), .05))); start <- r$par; r <- optim(start, f, control = list(reltol = 1e-15, maxit = 20000)); start <- r$par; best <- r}
  best
}
# Copas: y is seen where gamma0 + gamma1 / s + d > 0, with cor(error of y, d) = rho, not below zero; s estimates the deviation of what is seen.
copas <- function(y, s, g0, g1, slope = FALSE) {
  u <- g0 + g1 / s; l <- dnorm(u) / pnorm(u); c2 <- l * (u + l)
  f <- function(p) {
    rho <- plogis(p[3]); t2 <- exp(p[2]); s2 <- s^2 / (1 - c2 * rho^2); V <- t2 + s2
    m <- p[1] + if (slope) p[4] * s else 0
    r <- rho * sqrt(s2) / sqrt(V); v <- (u + r * (y - m) / sqrt(V)) / sqrt(1 - r^2)
    -sum(dnorm(y, m, sqrt(V), log = TRUE) + pnorm(v, log.p = TRUE) - pnorm(u, log.p = TRUE))
  }
  best <- NULL
  for (r0 in c(-2, 0, 2)) {b <- climb(f, c(mean(y) / 2, log(.03), r0, if (slope) 0)); if (is.null(best) || b$value < best$value) best <- b}
  list(estimate = best$par[1], tau2 = exp(best$par[2]), rho = plogis(best$par[3]), log_likelihood = -best$value, unpublished = sum((1 - pnorm(u)) / pnorm(u)), slope = if (slope) best$par[4] else NA)
}
out$copas <- list()
for (g in list(c(-.5, .2), c(0, .1), c(-1, .3), c(.5, .05))) {
  key <- paste(g, collapse = "|")
  out$copas[[key]] <- c(copas(y, s, g[1], g[2]), list(with_slope = copas(y, s, g[1], g[2], TRUE)$log_likelihood))
}
# p-curve of z tests
pcurve <- function(z) {
  x <- z^2; p <- pchisq(x, 1, lower.tail = FALSE); x <- x[p < .05]; p <- p[p < .05]; k <- length(p); half <- p < .025
  power <- function(ncp, alpha) pchisq(qchisq(alpha, 1, lower.tail = FALSE), 1, ncp, lower.tail = FALSE)
  ncp_of <- function(w) uniroot(function(n) power(n, .05) - w, c(0, 200), tol = 1e-13)$root
  st <- function(pp) {z <- sum(qnorm(pp)) / sqrt(length(pp)); list(z = z, p = pnorm(z))}
  n33 <- ncp_of(1 / 3); h33 <- power(n33, .025)
  at <- function(w) sum(qnorm((pchisq(x, 1, ncp_of(w)) - (1 - w)) / w)) / sqrt(k)
  solve_at <- function(target) tryCatch(uniroot(function(w) at(w) - target, c(.0501, .999999), tol = 1e-12)$root, error = function(e) NA)
  list(k = length(z), significant = k, half = sum(half), skew_full = st(p / .05), skew_half = st(p[half] / .025), skew_binomial = pbinom(sum(half) - 1, k, .5, lower.tail = FALSE),
       flat_full = st(3 * (pchisq(x, 1, n33) - 2 / 3)), flat_half = st((pchisq(x[half], 1, n33) - (1 - h33)) / h33), flat_binomial = pbinom(sum(half), k, 3 * h33),
       power = solve_at(0), power_low = solve_at(qnorm(.95)), power_high = solve_at(qnorm(.05)))
}
out$p_curve <- list(passive_smoking = pcurve(y / s), counselling = pcurve(other$yi / sqrt(other$vi)))
# p-uniform: the sum of conditional P values is its expectation, k / 2; limits at the quantiles of the sum of k uniforms.
irwin_hall <- function(x, k) {j <- 0:floor(x); sum((-1)^j * choose(k, j) * (x - j)^k) / factorial(k)}
puniform <- function(y, s) {
  cut <- s * qnorm(.975); keep <- y > cut; y <- y[keep]; s <- s[keep]; cut <- cut[keep]; k <- length(y)
  q <- function(m) exp(pnorm(y, m, s, FALSE, TRUE) - pnorm(cut, m, s, FALSE, TRUE))
  root <- function(target) uniroot(function(m) sum(q(m)) - target, c(-20, 5), tol = 1e-13)$root
  quantile <- function(a) uniroot(function(x) irwin_hall(x, k) - a, c(0, k), tol = 1e-12)$root
  list(k = k, estimate = root(k / 2), ci_low = root(quantile(.025)), ci_high = root(quantile(.975)), statistic = sum(q(0)), p = irwin_hall(sum(q(0)), k))
}
out$p_uniform <- list(passive_smoking = puniform(y, s), counselling = puniform(other$yi, sqrt(other$vi)))
star <- function(y, s) {
  cut <- s * qnorm(.975); sig <- y > cut
  ll <- function(m, t2) {sd <- sqrt(s^2 + t2); sum(dnorm(y, m, sd, TRUE) - ifelse(sig, pnorm(cut, m, sd, FALSE, TRUE), pnorm(cut, m, sd, TRUE, TRUE)))}
  b <- climb(function(p) -ll(p[1], exp(p[2])), c(.1, log(.03))); zero <- optimize(function(m) ll(m, 0), c(-3, 3), maximum = TRUE, tol = 1e-12)
  m <- b$par[1]; t2 <- exp(b$par[2]); top <- -b$value
  if (zero$objective >= top) {m <- zero$maximum; t2 <- 0; top <- zero$objective}
  over_t <- function(m) max(ll(m, 0), optimize(function(l) ll(m, exp(l)), c(-25, 6), maximum = TRUE, tol = 1e-12)$objective)
  over_m <- function(t2) optimize(function(m) ll(m, t2), c(-8, 8), maximum = TRUE, tol = 1e-12)$objective
  d <- qchisq(.95, 1) / 2
  low <- if (zero$objective > top - d) 0 else uniroot(function(t) over_m(t) - top + d, c(0, t2), tol = 1e-12)$root
  list(estimate = m, tau2 = t2, log_likelihood = top, ci_low = uniroot(function(m) over_t(m) - top + d, c(m - 3, m), tol = 1e-11)$root, ci_high = uniroot(function(m) over_t(m) - top + d, c(m, m + 3), tol = 1e-11)$root,
       tau2_low = low, tau2_high = uniroot(function(t) over_m(t) - top + d, c(t2, t2 + 3), tol = 1e-12)$root, test_effect = 2 * (top - over_t(0)), test_tau2 = 2 * (top - zero$objective))
}
out$p_uniform_star <- list(passive_smoking = star(y, s), counselling = star(other$yi, sqrt(other$vi)))
write_json(out, "expected/selection_others.json", auto_unbox = TRUE, digits = 14, na = "null", pretty = TRUE)
