# Rscript generate_checks.R : writes expected/checks.json. Base R only (stats) and jsonlite.
# Tests and limits by which printed numbers are checked, at full precision.
suppressMessages(library(jsonlite))
tables <- list(c(14, 29, 4, 29), c(13, 29, 2, 29), c(0, 30, 5, 30), c(19, 29, 11, 30), c(6, 18, 12, 17), c(90, 120, 60, 130), c(1, 9, 8, 9))
two <- lapply(tables, function(t) {
  m <- matrix(c(t[1], t[2] - t[1], t[3], t[4] - t[3]), 2, byrow = TRUE)
  f <- fisher.test(m)$p.value; less <- fisher.test(m, alternative = "less")$p.value; more <- fisher.test(m, alternative = "greater")$p.value
  k <- seq(max(0, t[1] + t[3] - t[4]), min(t[2], t[1] + t[3])); d <- dhyper(k, t[2], t[4], t[1] + t[3]); h <- dhyper(t[1], t[2], t[4], t[1] + t[3])
  same <- abs(d / h - 1) < 1e-7
  p <- t[1] / t[2]; q <- t[3] / t[4]
  list(table = t, fisher = f, less = less, greater = more, doubled = min(1, 2 * min(less, more)), mid_p = sum(d[d < h & !same]) + sum(d[same]) / 2,
    chi2 = suppressWarnings(chisq.test(m, correct = FALSE))$p.value, yates = suppressWarnings(chisq.test(m))$p.value,
    chi2_statistic = unname(suppressWarnings(chisq.test(m, correct = FALSE))$statistic))
})
pairs <- lapply(list(c(9, 2), c(12, 1), c(0, 5), c(30, 18), c(7, 7), c(1200, 1100)), function(x) {
  m <- matrix(c(21, x[2], x[1], 12), 2)
  n <- sum(x); k <- min(x)
  list(pair = x, exact = binom.test(x[1], n)$p.value, chi2 = mcnemar.test(m, correct = FALSE)$p.value, corrected = mcnemar.test(m)$p.value,
    mid_p = min(1, 2 * pbinom(k, n, 0.5) - dbinom(k, n, 0.5)))
})
means <- lapply(list(c(31.58, 9.25, 30, 29.83, 9.72, 30), c(1.57, 0.14, 30, 1.62, 0.13, 30), c(10.2, 3.1, 8, 6.9, 1.2, 21)), function(x) {
  d <- x[1] - x[4]; df <- x[3] + x[6] - 2
  s <- sqrt(((x[3] - 1) * x[2]^2 + (x[6] - 1) * x[5]^2) / df); se <- s * sqrt(1 / x[3] + 1 / x[6])
  a <- x[2]^2 / x[3]; b <- x[5]^2 / x[6]; w <- (a + b)^2 / (a^2 / (x[3] - 1) + b^2 / (x[6] - 1))
  list(groups = x, student = 2 * pt(-abs(d / se), df), welch = 2 * pt(-abs(d) / sqrt(a + b), w), welch_df = w)
})
# Of data, so that R's own t.test is the witness of both formulas.
x <- c(5.1, 4.2, 6.8, 7.7, 3.9, 5.5, 6.1); y <- c(4.4, 3.1, 5.9, 8.8, 2.2, 4.1, 5.0)
data <- list(x = x, y = y, student = t.test(x, y, var.equal = TRUE)$p.value, welch = t.test(x, y)$p.value, paired = t.test(x, y, paired = TRUE)$p.value,
  correlation = cor(x, y), correlation_p = cor.test(x, y)$p.value, correlation_ci = as.numeric(cor.test(x, y)$conf.int))
u <- lapply(list(c(12, 5, 9), c(3, 8, 8), c(110, 20, 15), c(700, 40, 45), c(0, 4, 4)), function(v) list(u = v, exact = min(1, 2 * min(pwilcox(v[1], v[2], v[3]), 1 - pwilcox(v[1] - 1, v[2], v[3])))))
v <- lapply(list(c(9, 10), c(3, 8), c(200, 35), c(500, 49), c(0, 6)), function(w) list(v = w, exact = min(1, 2 * min(psignrank(w[1], w[2]), 1 - psignrank(w[1] - 1, w[2])))))
ci <- lapply(list(c(6, 17, .95), c(2, 17, .95), c(0, 18, .95), c(18, 18, .9), c(13, 38, .99), c(431, 1207, .95)), function(x)
  list(events = x[1], n = x[2], level = x[3], exact = as.numeric(binom.test(x[1], x[2], conf.level = x[3])$conf.int),
    wilson = as.numeric(suppressWarnings(prop.test(x[1], x[2], conf.level = x[3], correct = FALSE))$conf.int)))
tails <- list(z = 2 * pnorm(-2.345), t = 2 * pt(-2.345, 17.5), f = pf(3.21, 3, 44, lower.tail = FALSE), chi2 = pchisq(7.89, 4, lower.tail = FALSE), small = 2 * pnorm(-9.5),
  z_of_p = qnorm(1e-12 / 2, lower.tail = FALSE), t_of_p = qt(1e-6 / 2, 9, lower.tail = FALSE))
write_json(list(`_software` = paste("R", getRversion(), "stats"), `_note` = "fisher.test, chisq.test, mcnemar.test, binom.test, prop.test, t.test, cor.test, pwilcox, psignrank; mid-P and doubled tails from dhyper and one-sided tests",
  two_by_two = two, pairs = pairs, means = means, data = data, mann_whitney = u, signed_rank = v, proportions = ci, tails = tails),
  "expected/checks.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
