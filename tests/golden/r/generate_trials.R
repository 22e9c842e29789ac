# Rscript generate_trials.R : reference values of single trials, computed with base R,
# nlme and (for one posterior) R's integrate. Needs nlme, jsonlite.
# data/markers_made_up.csv is invented here: a marker of 24 people at four visits, some missing.
library(jsonlite); suppressMessages(library(nlme))
ex <- list()

counts <- list(c(6, 17), c(2, 17), c(0, 18), c(6, 18), c(13, 38), c(1, 1), c(18, 18), c(1, 100), c(37, 412))
midp <- function(x, n, a) {
  f <- function(p) pbinom(x - 1, n, p) + .5 * dbinom(x, n, p)
  root <- function(v) uniroot(function(p) f(p) - v, c(0, 1), tol = 1e-16, maxiter = 10000)$root
  c(if (x == 0) 0 else root(1 - a / 2), if (x == n) 1 else root(a / 2))
}
wilson <- function(x, n, l) { e <- suppressWarnings(prop.test(x, n, conf.level = l, correct = FALSE))$conf.int; c(if (x == 0) 0 else e[1], if (x == n) 1 else e[2]) }
jeffreys <- function(x, n, a) c(if (x == 0) 0 else qbeta(a / 2, x + .5, n - x + .5), if (x == n) 1 else qbeta(1 - a / 2, x + .5, n - x + .5))
ex$proportions <- unlist(lapply(c(.95, .9), function(l) lapply(counts, function(k) { x <- k[1]; n <- k[2]
  list(events = x, n = n, level = l, "clopper-pearson" = as.numeric(binom.test(x, n, conf.level = l)$conf.int), "mid-p" = midp(x, n, 1 - l),
       wilson = wilson(x, n, l), jeffreys = jeffreys(x, n, 1 - l), above = 1 - (1 - l)^(1 / n)) })), recursive = FALSE)

ex$rates <- lapply(list(c(0, 12.5), c(3, 40), c(51, 7.25)), function(k) list(events = k[1], time = k[2], interval = as.numeric(poisson.test(k[1], k[2])$conf.int)))

# A two-stage design, its exact errors by enumeration.
design <- function(p, r1, n1, r, n) { x <- (r1 + 1):n1; sum(dbinom(x, n1, p) * pbinom(r - x, n - n1, p, lower.tail = FALSE)) }
ex$designs <- lapply(list(c(.05, .25, 0, 9, 2, 17), c(.2, .4, 3, 13, 12, 43), c(.3, .5, 5, 15, 18, 46)), function(d) {
  pet <- pbinom(d[3], d[4], d[1])
  list(p0 = d[1], p1 = d[2], n = c(d[4], d[6]), futility = c(d[3], d[5]), alpha = design(d[1], d[3], d[4], d[5], d[6]),
       power = design(d[2], d[3], d[4], d[5], d[6]), early_stop = pet, expected_n = d[4] + (1 - pet) * (d[6] - d[4])) })

# Predictive probability of success; the first line is the example that Lee & Liu 2008 print as 0.5656.
ex$predictive <- lapply(list(c(16, 23, 40, .6, .4, .6, .9), c(3, 12, 30, .5, .5, .2, .95)), function(k) {
  a <- k[4] + k[1]; b <- k[5] + k[2] - k[1]; m <- k[3] - k[2]; y <- 0:m
  chance <- exp(lchoose(m, y) + lbeta(a + y, b + m - y) - lbeta(a, b))
  ends <- pbeta(k[6], a + y, b + m - y, lower.tail = FALSE)
  list(events = k[1], n = k[2], n_max = k[3], prior = k[4:5], target = k[6], success = k[7], predictive = sum(chance[ends > k[7]]),
       above = pbeta(k[6], a, b, lower.tail = FALSE), low = qbeta(.025, a, b), high = qbeta(.975, a, b)) })

set.seed(20260211)
people <- 24; visits <- c("before", "day 14", "day 28", "day 56"); effect <- c(0, .9, .6, .3)
d <- expand.grid(person = 1:people, visit = visits); d$value <- NA
base <- rnorm(people, log(120), .5)
d$value <- round(exp(base[d$person] + effect[match(d$visit, visits)] + rnorm(nrow(d), 0, .35)), 1)
d$value[sample(nrow(d), 11)] <- NA
write.csv(d, "data/markers_made_up.csv", row.names = FALSE, na = "")
w <- reshape(d, idvar = "person", timevar = "visit", direction = "wide")
before <- w[["value.before"]]; during <- w[["value.day 14"]]; ok <- !is.na(before) & !is.na(during)
lt <- t.test(log(during[ok]), log(before[ok]), paired = TRUE); pt <- t.test(during[ok], before[ok], paired = TRUE)
wx <- function(x) list(statistic = unname(wilcox.test(x)$statistic), p = wilcox.test(x)$p.value)
ex$change <- list(n = sum(ok), fold = exp(unname(lt$estimate)), fold_interval = exp(as.numeric(lt$conf.int)), fold_p = lt$p.value,
  difference = unname(pt$estimate), difference_interval = as.numeric(pt$conf.int), difference_p = pt$p.value,
  rank_fold = wx(log(during[ok]) - log(before[ok])), rank_difference = wx(during[ok] - before[ok]),
  rank_ties = suppressWarnings(wx(c(1, 1, -2, 3, 3, 3, 5, -1, 4, 0))), rank_many = wx(seq(-20, 60, length.out = 61) + .123))
d$visit <- factor(d$visit, visits); d$y <- log(d$value)
m <- lme(y ~ visit, random = ~ 1 | person, data = d, na.action = na.omit, control = lmeControl(opt = "nlminb", tolerance = 1e-14, msTol = 1e-14, apVar = FALSE, msMaxIter = 500, niterEM = 200))
ex$visits <- list(estimate = unname(fixef(m)), se = unname(sqrt(diag(vcov(m)))), between = sqrt(as.numeric(getVarCov(m)[1, 1])), within = m$sigma, df = unname(summary(m)$tTable[-1, "DF"])[1], p = unname(summary(m)$tTable[-1, "p-value"]), loglik = as.numeric(logLik(m)))

# The power model, posterior by integrate; prior sd sqrt(1.34) as in common programs.
crm <- function(skeleton, target, level, toxic, sd) {
  like <- function(b) vapply(b, function(v) prod(ifelse(toxic == 1, skeleton[level]^exp(v), 1 - skeleton[level]^exp(v))), 0) * dnorm(b, 0, sd)
  int <- function(g) integrate(g, -10, 10, rel.tol = 1e-13, abs.tol = 0, subdivisions = 4000)$value
  c0 <- int(like); b <- int(function(v) v * like(v)) / c0; s2 <- int(function(v) (v - b)^2 * like(v)) / c0
  mean <- vapply(seq_along(skeleton), function(k) int(function(v) skeleton[k]^exp(v) * like(v)) / c0, 0)
  above <- vapply(seq_along(skeleton), function(k) integrate(like, -10, log(log(target) / log(skeleton[k])), rel.tol = 1e-13, abs.tol = 0, subdivisions = 4000)$value / c0, 0)
  list(skeleton = skeleton, target = target, level = level, toxic = toxic, prior_sd = sd, parameter = b, spread = sqrt(s2),
       at_mean = skeleton^exp(b), mean = mean, above = above)
}
ex$crm <- list(crm(c(.05, .1, .2, .35, .5, .7), .2, c(3, 4, 4, 3, 3, 4, 3, 2, 2, 2), c(0, 0, 1, 0, 0, 1, 1, 0, 0, 0), sqrt(1.34)),
               crm(c(.05, .1, .25, .4, .6), .25, c(3, 5, 5, 3, 4), c(0, 0, 1, 0, 0), 1))
ex$isotonic <- list(list(events = c(0, 1, 0, 2, 3), n = c(3, 6, 6, 6, 4)), list(events = c(1, 0, 2), n = c(3, 3, 6)))
pava <- function(x, n) { y <- x / n; w <- n; k <- rep(1, length(y)); i <- 1
  while (i < length(y)) if (y[i] >= y[i + 1]) { y[i] <- (w[i] * y[i] + w[i + 1] * y[i + 1]) / (w[i] + w[i + 1]); w[i] <- w[i] + w[i + 1]; k[i] <- k[i] + k[i + 1]
    y <- y[-(i + 1)]; w <- w[-(i + 1)]; k <- k[-(i + 1)]; i <- max(1, i - 1) } else i <- i + 1
  rep(y, k) }
ex$isotonic <- lapply(ex$isotonic, function(e) c(e, list(rates = pava(e$events, e$n))))
ex$surface <- list(list(weight = 70, height = 170, "du-bois" = 0.007184 * 70^.425 * 170^.725, mosteller = sqrt(70 * 170 / 3600)))
ex[["_source"]] <- list(r = R.version.string, nlme = as.character(packageVersion("nlme")), script = "generate_trials.R")
write_json(ex, "expected/trials.json", auto_unbox = TRUE, digits = NA, pretty = TRUE)
