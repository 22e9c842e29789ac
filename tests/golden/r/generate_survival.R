# Rscript generate_survival.R : reference values of survival methods that generate_ipd.R has not,
# computed with R's survival at tight tolerances. Needs survival, jsonlite.
# data/gehan.csv is the table of Freireich 1963 as printed by Gehan 1965 (remission in weeks,
# treated = placebo); data/survival_made_up.csv is invented here, with ties, delayed entry,
# weights, three trials and a gap in a covariate.
suppressMessages(library(survival)); library(jsonlite)
num <- function(x) unname(as.numeric(x))
tight <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 60)
fit <- function(...) suppressWarnings(eval.parent(substitute(coxph(..., control = tight))))
cox <- function(f) { s <- summary(f); list(names = names(coef(f)), estimate = num(coef(f)), se = num(sqrt(diag(vcov(f)))),
  covariance = unname(apply(vcov(f), 1, as.numeric, simplify = FALSE)), loglik = num(f$loglik), wald = num(f$wald.test), score = num(f$score)) }

gehan <- data.frame(weeks = c(6,6,6,7,10,13,16,22,23,6,9,10,11,17,19,20,25,32,32,34,35, 1,1,2,2,3,4,4,5,5,8,8,8,8,11,11,12,12,15,17,22,23),
  event = c(rep(1, 9), rep(0, 12), rep(1, 21)), treated = rep(0:1, each = 21))
write.csv(gehan, "data/gehan.csv", row.names = FALSE)

set.seed(20240817); n <- 180
d <- data.frame(trial = sample(c("A", "B", "C"), n, TRUE, c(.5, .3, .2)), treated = rbinom(n, 1, .5), age = round(rnorm(n, 60, 9), 1),
  stage = sample(c("I", "II", "III"), n, TRUE), weight = sample(c(.5, 1, 1, 2, 3.25), n, TRUE), centre = sample(1:25, n, TRUE))
rate <- exp(-.4 * d$treated + .03 * (d$age - 60) + .5 * (d$stage == "III"))
life <- rexp(n, rate / 20); end <- runif(n, 5, 40)
d$entry <- ifelse(runif(n) < .4, floor(runif(n, 0, 6)), 0)
d$time <- pmax(ceiling(pmin(life, end)), d$entry + 1); d$event <- as.integer(life <= end)
d$biomarker <- round(d$age / 10 + rnorm(n), 2); d$biomarker[sample(n, 15)] <- NA
write.csv(d, "data/survival_made_up.csv", row.names = FALSE, na = "")
d$stage <- factor(d$stage)

ex <- list()
g <- function(ties) cox(fit(Surv(weeks, event) ~ treated, gehan, ties = ties))
ex[["gehan"]] <- list(breslow = g("breslow"), efron = g("efron"), discrete = g("exact"))
right <- Surv(d$time, d$event); late <- Surv(d$entry, d$time, d$event)
for (ties in c("efron", "breslow")) for (shape in c("right", "late")) for (w in c("plain", "weighted")) {
  S <- get(shape); wt <- if (w == "plain") rep(1, n) else d$weight
  f <- fit(S ~ treated + age + stage + strata(trial), data = d, ties = ties, weights = wt)
  rob <- fit(S ~ treated + age + stage + strata(trial), data = d, ties = ties, weights = wt, cluster = centre)
  a <- cox(f); a$robust_se <- num(sqrt(diag(vcov(rob))))
  for (type in c("martingale", "deviance")) a[[type]] <- num(head(residuals(f, type), 40))
  a$naive_se <- num(sqrt(diag(if (is.null(f$naive.var)) f$var else f$naive.var)))
  for (type in c("score", "dfbeta", "dfbetas")) { e <- residuals(f, type); a[[paste0(type, "_head")]] <- unname(apply(head(e, 12), 1, as.numeric, simplify = FALSE)); a[[paste0(type, "_squares")]] <- num(colSums(e^2)) }
  for (tr in c("km", "rank", "log", "identity")) {
    if (w == "weighted") next # cox.zph weighs the event times, too
    z <- cox.zph(f, transform = if (tr == "log") log else tr, terms = FALSE)$table; a[[paste0("zph_", tr)]] <- list(chisq = num(z[, 1]), p = num(z[, 3]))
  }
  if (w == "plain") { s <- residuals(f, "schoenfeld"); a$schoenfeld_sums <- num(colSums(s^2)); a$concordance <- num(f$concordance["concordance"])
    b <- basehaz(f, centered = FALSE); a$baseline_last <- num(tapply(b$hazard, b$strata, max)) }
  ex[[paste(shape, ties, w, sep = "/")]] <- a
}
f <- fit(right ~ treated + age + strata(trial), data = d, ties = "exact"); ex[["right/discrete/plain"]] <- cox(f)
# R lists every subset when there is delayed entry: the first patients only
h <- d[1:50, ]; f <- fit(Surv(entry, time, event) ~ treated + age + strata(trial), data = h, ties = "exact"); # R forgets the class of this fit
ex[["late/discrete/first 50"]] <- list(estimate = num(f$coefficients), se = num(sqrt(diag(f$var))), loglik = num(f$loglik))
f <- fit(right ~ treated * biomarker + strata(trial, stage), data = d); ex[["right/efron/gaps"]] <- c(cox(f), n = f$n)
at <- c(0, 3, 10, 10.5, 20, 30)
for (shape in c("right", "late")) for (type in c("plain", "log", "log-log")) {
  S <- get(shape); k <- survfit(S ~ treated, d, conf.type = type); a <- summary(k, times = at, extend = TRUE); q <- quantile(k, c(.25, .5, .75))
  ex[[paste("km", shape, type, sep = "/")]] <- list(arm = as.character(a$strata), time = a$time, survival = a$surv, se = a$std.err, lower = a$lower, upper = a$upper, n_risk = a$n.risk,
    cumhaz = a$cumhaz, cumhaz_se = a$std.chaz, quantiles = lapply(q, function(m) unname(apply(m, 1, as.numeric, simplify = FALSE))))
}
k <- survfit(Surv(time, 1 - event) ~ treated, d); a <- summary(k)$table; ex[["reverse"]] <- list(median = num(a[, "median"]), lower = num(a[, "0.95LCL"]), upper = num(a[, "0.95UCL"]))
r <- summary(survfit(right ~ treated, d), rmean = 24)$table; ex[["rmst_24"]] <- list(rmst = num(r[, "rmean"]), se = num(r[, "se(rmean)"]))
for (rho in c(0, 1, .5)) { l <- survdiff(right ~ treated + strata(trial), d, rho = rho)
  ex[[paste0("logrank/rho", rho)]] <- list(chisq = l$chisq, observed = unname(apply(l$obs, 1, as.numeric, simplify = FALSE)), expected = unname(apply(l$exp, 1, as.numeric, simplify = FALSE)), variance = num(l$var)) }
l <- survdiff(right ~ stage + strata(trial), d); ex[["logrank/stage"]] <- list(chisq = l$chisq, observed = num(rowSums(l$obs)), expected = num(rowSums(l$exp)), variance = num(l$var))
write_json(c(list(`_note` = "data/gehan.csv: Freireich EJ et al. Blood 1963;21:699, as printed by Gehan EA, Biometrika 1965;52:203. data/survival_made_up.csv: invented by generate_survival.R",
  `_software` = paste("R", getRversion(), "survival", packageVersion("survival"))), ex), "expected/survival.json", auto_unbox = TRUE, digits = 13, na = "null")
