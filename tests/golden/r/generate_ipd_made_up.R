# Rscript generate_ipd_made_up.R : reference values for individual data of several trials whose
# effects differ. data/ipd_made_up.csv is invented here. R fits the Cox models; the mixed model
# is worked from R's partial likelihood of each trial by optimize() and integrate().
suppressMessages({library(survival); library(metafor)}); library(jsonlite)
num <- function(x) unname(as.numeric(x))
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
set.seed(5); k <- 8; size <- c(60, 44, 80, 36, 52, 70, 40, 58); effect <- -.3 + .45 * as.numeric(scale(rnorm(k)))
d <- do.call(rbind, lapply(1:k, function(j) { n <- size[j]; treated <- sample(rep(0:1, length.out = n)); age <- round(rnorm(n, 50 + 2 * j, 8))
  ps <- rbinom(n, 2, .4); male <- rbinom(n, 1, .5)
  rate <- exp(effect[j] * treated + .02 * (age - 55) + .3 * ps + .025 * treated * (age - 50 - 2 * j))
  life <- rexp(n, rate / 30); end <- runif(n, 10, 80)
  data.frame(trial = paste0("T", j), treated, age, ps, male, months = pmax(.1, round(pmin(life, end), 1)), died = as.integer(life <= end)) }))
d$ps[d$trial %in% c("T2", "T7")] <- NA
write.csv(d, "data/ipd_made_up.csv", row.names = FALSE, na = "", quote = FALSE)

ex <- list(); S <- function(x) Surv(x$months, x$died)
per <- lapply(split(d, d$trial), function(x) { f <- coxph(S(x) ~ treated, x, control = tight); g <- survdiff(S(x) ~ treated, x)
  list(trial = x$trial[1], log_hr = num(coef(f)), se = num(sqrt(vcov(f))), o_minus_e = num(g$obs[2] - g$exp[2]), v = num(g$var[2, 2]), loglik = f$loglik[2]) })
ex$per_trial <- unname(per); y <- sapply(per, `[[`, "log_hr"); v <- sapply(per, `[[`, "se")^2
f0 <- coxph(S(d) ~ treated + strata(trial), d, control = tight)
ex$one_stage <- list(log_hr = num(coef(f0)), se = num(sqrt(vcov(f0))), loglik = f0$loglik[2])
stat <- 2 * (sum(sapply(per, `[[`, "loglik")) - f0$loglik[2]); ex$heterogeneity <- list(statistic = stat, df = k - 1, p = pchisq(stat, k - 1, lower.tail = FALSE))
re <- rma(y, v, method = "REML", test = "knha", control = list(threshold = 1e-12, maxiter = 1000)); ex$two_stage <- list(log_hr = num(re$beta), se = re$se, tau2 = re$tau2, q = re$QE)
a1 <- coxph(S(d) ~ treated + age + male + strata(trial), d, control = tight); ex$adjusted <- list(log_hr = num(coef(a1)[1]), se = num(sqrt(vcov(a1)[1, 1])), age = num(coef(a1)[2]))
b0 <- coxph(S(d) ~ age + male + strata(trial) + treated:factor(trial), d, control = tight); b1 <- 2 * (b0$loglik[2] - a1$loglik[2]); ex$adjusted_heterogeneity <- b1

# partial log-likelihood of a trial at theta (Efron), and its information, from the counts at its event times
trial <- lapply(split(d, d$trial), function(x) { t <- sort(unique(x$months[x$died == 1]))
  n1 <- sapply(t, function(u) sum(x$months >= u & x$treated == 1)); n0 <- sapply(t, function(u) sum(x$months >= u & x$treated == 0))
  d1 <- sapply(t, function(u) sum(x$months == u & x$died & x$treated == 1)); d0 <- sapply(t, function(u) sum(x$months == u & x$died & x$treated == 0))
  at <- rep(seq_along(t), d1 + d0); left <- sequence(d1 + d0) - 1; left <- 1 - left / (d1 + d0)[at] - 1
  l <- function(theta) { a <- exp(theta) * (n1[at] + left * d1[at]); b <- n0[at] + left * d0[at]; p <- a / (a + b); c(sum(d1) * theta - sum(log(a + b)), sum(p * (1 - p))) }
  f <- coxph(S(x) ~ treated, x, init = .3, control = coxph.control(iter.max = 0)); stopifnot(abs(l(.3) - c(f$loglik[1], 1 / vcov(f))) < 1e-9); l })
lap <- function(tau2) { # Laplace: climb in beta and all theta, each theta on its own given beta
  own <- function(beta) sapply(trial, function(l) optimize(function(t) l(t)[1] - (t - beta)^2 / (2 * tau2), c(-6, 6), maximum = TRUE, tol = 1e-10)$maximum)
  pen <- function(beta) { t <- own(beta); sum(mapply(function(l, t) l(t)[1], trial, t)) - sum((t - beta)^2) / (2 * tau2) }
  beta <- optimize(pen, c(-3, 3), maximum = TRUE, tol = 1e-10)$maximum; t <- own(beta)
  info <- mapply(function(l, t) l(t)[2], trial, t)
  c(pen(beta) - sum(log(1 + tau2 * info)) / 2, beta, 1 / sum(1 / (tau2 + 1 / info))) }
best <- optimize(function(s) lap(s)[1], c(.01, 1.5), maximum = TRUE, tol = 1e-8); at <- lap(best$maximum)
cut <- at[1] - qchisq(.95, 1) / 2; zero <- f0$loglik[2]
low <- if (zero > cut) 0 else uniroot(function(s) lap(s)[1] - cut, c(1e-4, best$maximum), tol = 1e-9)$root
high <- uniroot(function(s) lap(s)[1] - cut, c(best$maximum, 5), tol = 1e-8)$root
ex$mixed_laplace <- list(log_hr = at[2], se = sqrt(at[3]), tau2 = best$maximum, loglik = at[1], tau2_low = low, tau2_high = high, statistic = 2 * (at[1] - zero))
full <- function(beta, tau2) sum(sapply(trial, function(l) { top <- l(0)[1]; g <- function(t) sapply(t, function(u) exp(l(u)[1] - top) * dnorm(u, beta, sqrt(tau2))); top + log(integrate(g, beta - 8 * sqrt(tau2), beta + 8 * sqrt(tau2), rel.tol = 1e-9)$value) }))
m <- optim(c(at[2], log(best$maximum)), function(q) -full(q[1], exp(q[2])), control = list(reltol = 1e-12)); ex$mixed_exact <- list(log_hr = m$par[1], tau2 = exp(m$par[2]), loglik = -m$value)

# interactions with age: each trial on its own, pooled; and one stage with the trial's mean apart
it <- lapply(split(d, d$trial), function(x) { f <- coxph(S(x) ~ treated * age, x, control = tight); list(trial = x$trial[1], estimate = num(coef(f)[3]), se = num(sqrt(vcov(f)[3, 3]))) })
ex$interaction_per_trial <- unname(it); iy <- sapply(it, `[[`, "estimate"); iv <- sapply(it, `[[`, "se")^2; fe <- rma(iy, iv, method = "FE"); ex$interaction_fixed <- list(estimate = num(fe$beta), se = fe$se, q = fe$QE)
d$mean <- ave(d$age, d$trial); d$within <- d$treated * (d$age - d$mean); d$across <- d$treated * (d$mean - mean(tapply(d$age, d$trial, mean)))
h <- coxph(S(d) ~ treated + within + across + age:factor(trial) + strata(trial), d, control = tight)
ex$interaction_one_stage <- list(within = num(coef(h)["within"]), within_se = num(sqrt(vcov(h)["within", "within"])), across = num(coef(h)["across"]), across_se = num(sqrt(vcov(h)["across", "across"])))
write_json(c(list(`_note` = "data/ipd_made_up.csv: invented by generate_ipd_made_up.R", `_software` = paste("R", getRversion(), "survival", packageVersion("survival"), "metafor", packageVersion("metafor"))), ex), "expected/ipd_made_up.json", auto_unbox = TRUE, digits = 13, na = "null", pretty = TRUE)
