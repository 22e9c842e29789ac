# Rscript generate_rare_events.R : writes expected/rare_events.json. Needs R with metafor, lme4, survival, numDeriv, jsonlite.
# Two kinds of values: metafor's fits with as many nodes as lme4 allows, and likelihoods written down here
# from their definitions (integrate() over the normal effects), maximised with optim().
suppressMessages({library(metafor); library(jsonlite); library(numDeriv); library(survival)})
read <- function(name) read.csv(file.path("data", paste0(name, ".csv")))
num <- function(x) if (is.null(x) || length(x) == 0) NA else as.numeric(x)
short <- function(f) list(k = f$k, estimate = num(f$beta), se = num(f$se), tau2 = num(f$tau2), sigma2 = num(f$sigma2))
out <- list(`_note` = "mixed models of counts, beta-binomial models, and conditional likelihoods by brute force",
            `_software` = paste("R", getRversion(), "metafor", packageVersion("metafor"), "lme4", packageVersion("lme4")))

fit <- function(...) tryCatch(suppressWarnings(short(rma.glmm(..., nAGQ = 50))), error = function(e) NULL)
for (name in c("catheters", "bcg", "diuretics")) {
  d <- read(name)
  arms <- list(measure = "OR", ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c)
  for (model in c("UM.FS", "CM.AL")) for (coding in if (model == "UM.FS") c(0.5, 1) else 0.5)
    out[[paste(name, model, coding, sep = "/")]] <- do.call(fit, c(arms, list(model = model, coding = coding)))
  for (model in c("UM.FS", "CM.AL", "CM.EL"))
    out[[paste(name, model, "CE", sep = "/")]] <- tryCatch(suppressWarnings(short(do.call(rma.glmm, c(arms, list(model = model, method = "EE"))))), error = function(e) NULL)
}
d <- read("warfarin")
rates <- list(measure = "IRR", x1i = d$events_t, t1i = d$time_t, x2i = d$events_c, t2i = d$time_c)
for (model in c("UM.FS", "CM.EL")) {
  out[[paste("warfarin", model, sep = "/")]] <- do.call(fit, c(rates, list(model = model)))
  out[[paste("warfarin", model, "CE", sep = "/")]] <- tryCatch(suppressWarnings(short(do.call(rma.glmm, c(rates, list(model = model, method = "EE"))))), error = function(e) NULL)
}
out[["warfarin/IRLN"]] <- fit(measure = "IRLN", xi = d$events_c, ti = d$time_c)

# Exact conditional likelihood by integrate(), its maximum and profile limits.
log_sum <- function(x) max(x) + log(sum(exp(x - max(x))))
hypergeometric <- function(a, n1, m, n2, theta) {
  x <- max(0, m - n2):min(m, n1)
  w <- lchoose(n1, x) + lchoose(n2, m - x)
  sapply(theta, function(t) lchoose(n1, a) + lchoose(n2, m - a) + a * t - log_sum(w + x * t))
}
conditional <- function(d) {
  d <- d[d$events_t + d$events_c > 0, ]
  function(p) {
    tau <- abs(p[2])
    sum(sapply(seq_len(nrow(d)), function(i) with(d[i, ], {
      h <- function(z) hypergeometric(events_t, n_t, events_t + events_c, n_c, p[1] + tau * z)
      if (tau == 0) return(h(0))
      log(integrate(function(z) exp(h(z)) * dnorm(z), -12, 12, rel.tol = 1e-11, subdivisions = 2000L)$value)
    })))
  }
}
for (name in c("catheters", "diuretics")) {
  ll <- conditional(read(name))
  best <- optim(c(-1, 0.7), function(p) -ll(p), method = "BFGS", control = list(reltol = 1e-14))
  cut <- -best$value - qchisq(0.95, 1) / 2
  mu_profile <- function(mu) optimize(function(tau) ll(c(mu, tau)), c(0, 4), maximum = TRUE, tol = 1e-9)$objective
  tau_profile <- function(tau) optimize(function(mu) ll(c(mu, tau)), c(-4, 3), maximum = TRUE, tol = 1e-9)$objective
  root <- function(f, range) uniroot(function(x) f(x) - cut, range, tol = 1e-9)$root
  lower_tau <- if (tau_profile(0) > cut) 0 else root(tau_profile, c(0, best$par[2]))
  out[[paste(name, "CM.EL/exact", sep = "/")]] <- list(
    estimate = best$par[1], tau = abs(best$par[2]), loglik = -best$value, se = sqrt(solve(hessian(function(p) -ll(p), best$par))[1, 1]),
    mu_limits = c(root(mu_profile, c(best$par[1] - 3, best$par[1])), root(mu_profile, c(best$par[1], best$par[1] + 3))),
    tau_limits = c(lower_tau, root(tau_profile, c(best$par[2], 4))))
}

# Beta-binomial with the density in terms of lbeta().
beta_binomial <- function(d) {
  d <- d[!is.na(d$events_t), ]
  one <- function(x, n, p, rho) { a <- p * (1 - rho) / rho; b <- (1 - p) * (1 - rho) / rho; sum(lchoose(n, x) + lbeta(x + a, n - x + b) - lbeta(a, b)) }
  nll <- function(q) -one(d$events_t, d$n_t, plogis(q[1] + q[2]), plogis(q[3])) - one(d$events_c, d$n_c, plogis(q[1]), plogis(q[3]))
  best <- optim(c(-3, 0, -3), nll, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))
  v <- solve(hessian(nll, best$par)); p <- plogis(best$par[1] + c(best$par[2], 0)); g <- p * (1 - p)
  se <- function(gradient) sqrt(drop(gradient %*% v[1:2, 1:2] %*% gradient))
  list(loglik = -best$value, rho = plogis(best$par[3]), risks = p,
       OR = list(estimate = best$par[2], se = sqrt(v[2, 2])),
       RR = list(estimate = log(p[1] / p[2]), se = se(c(g[1] / p[1] - g[2] / p[2], g[1] / p[1]))),
       RD = list(estimate = p[1] - p[2], se = se(c(g[1] - g[2], g[1]))))
}
for (name in c("catheters", "diuretics", "beta_blockers")) out[[paste(name, "beta-binomial", sep = "/")]] <- beta_binomial(read(name))

# The common odds ratio as conditional logistic regression of one person a row.
d <- read("diuretics")[c(1, 4, 5), ]
people <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) with(d[i, ], data.frame(trial = i, treated = rep(1:0, c(n_t, n_c)), event = c(rep(1:0, c(events_t, n_t - events_t)), rep(1:0, c(events_c, n_c - events_c)))))))
f <- clogit(event ~ treated + strata(trial), people, method = "exact")
out[["diuretics/clogit"]] <- list(rows = c(0, 3, 4), estimate = num(coef(f)), se = sqrt(num(vcov(f))))

write_json(out, "expected/rare_events.json", auto_unbox = TRUE, digits = 12, na = "null", pretty = TRUE)
