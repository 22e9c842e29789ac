# Rscript generate_selection.R : writes expected/selection.json beside this file.
# Needs R with metafor, metadat, robumeta, clubSandwich and jsonlite. Weight functions are integrated
# to a relative tolerance of 1e-6 and fitted by BFGS;
# where that stops with an error, by its looser defaults.
suppressMessages({library(metafor); library(metadat); library(robumeta); library(clubSandwich); library(jsonlite)})
num <- function(x) as.numeric(x)
control <- function(type) if (type == "stepfun") list(reltol = 1e-14, maxit = 1000) else list(reltol = 1e-11, maxit = 500, intCtrl = list(rel.tol = 1e-6, subdivisions = 1000))
out <- list(`_note` = "Selection models of published tables: passive_smoking (Hackshaw 1998), counselling (Baskerville 2012, smd and se), diarrhoea (Hahn 2001, log odds ratios), ratings (Cohen 1981, z of correlations), all from metadat; bcg (Colditz 1994) for worst-case bias by robumeta and clubSandwich",
            `_software` = paste("R", getRversion(), "metafor", packageVersion("metafor"), "robumeta", packageVersion("robumeta"), "clubSandwich", packageVersion("clubSandwich")))
smoking <- read.csv("data/passive_smoking.csv")
counselling <- data.frame(yi = dat.baskerville2012$smd, vi = dat.baskerville2012$se^2, blind = dat.baskerville2012$blind)
diarrhoea <- escalc("OR", ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = dat.hahn2001, drop00 = TRUE)
diarrhoea <- data.frame(yi = num(diarrhoea$yi), vi = num(diarrhoea$vi)); diarrhoea <- diarrhoea[!is.na(diarrhoea$yi), ]
ratings <- escalc("ZCOR", ri = ri, ni = ni, data = dat.cohen1981); ratings <- data.frame(yi = num(ratings$yi), vi = num(ratings$vi))
sets <- list(passive_smoking = smoking[, c("yi", "vi")], counselling = counselling, diarrhoea = diarrhoea, ratings = ratings)
out$data <- sets
describe <- function(s) list(estimate = num(s$beta), se = num(s$se), tau2 = num(s$tau2), se_tau2 = num(s$se.tau2), delta = num(s$delta), se_delta = num(s$se.delta),
  log_likelihood = num(s$ll), null = num(s$ll0), lrt = num(s$LRT), lrt_df = num(s$LRTdf), lrt_p = num(s$LRTp), lrt_tau2 = num(s$LRT.tau2), aic = num(s$fit.stats["AIC", "ML"]), aicc = num(s$fit.stats["AICc", "ML"]), bic = num(s$fit.stats["BIC", "ML"]))
cases <- list(
  `passive_smoking|step` = list(type = "stepfun", steps = .025),
  `passive_smoking|step four` = list(type = "stepfun", steps = c(.025, .10, .50, 1)),
  `passive_smoking|step two-sided` = list(type = "stepfun", steps = .05, alternative = "two.sided"),
  `passive_smoking|step common` = list(type = "stepfun", steps = .025, .method = "EE"),
  `passive_smoking|beta` = list(type = "beta"),
  `passive_smoking|halfnorm` = list(type = "halfnorm"), `passive_smoking|negexp` = list(type = "negexp"), `passive_smoking|logistic` = list(type = "logistic"), `passive_smoking|power` = list(type = "power"),
  `counselling|beta` = list(type = "beta"),
  `counselling|beta mods` = list(type = "beta", .mods = ~ blind),
  `counselling|step mods` = list(type = "stepfun", steps = .025, .mods = ~ blind),
  `counselling|halfnorm two-sided` = list(type = "halfnorm", alternative = "two.sided"),
  `counselling|negexp threshold` = list(type = "negexp", steps = .025),
  `counselling|power threshold` = list(type = "power", steps = .05),
  `diarrhoea|step less` = list(type = "stepfun", steps = .5, alternative = "less"))
for (t in c("halfnorm", "negexp", "logistic", "power")) {
  cases[[paste0("diarrhoea|", t, " less common")]] <- list(type = t, alternative = "less", .method = "EE")
  cases[[paste0("diarrhoea|", t, " less precision")]] <- list(type = t, alternative = "less", .method = "EE", prec = "sei")
}
steps <- c(0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995, 1)
woods <- list(moderate_one = c(1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50),
  severe_one = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10),
  moderate_two = c(1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1.00),
  severe_two = c(1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1.00))
for (w in names(woods)) cases[[paste0("ratings|", w)]] <- list(type = "stepfun", steps = steps, delta = woods[[w]])
out$fits <- list()
for (name in names(cases)) {
  a <- cases[[name]]; d <- sets[[strsplit(name, "|", fixed = TRUE)[[1]][1]]]
  method <- if (is.null(a$.method)) "ML" else a$.method
  f <- if (is.null(a$.mods)) rma(yi, vi, data = d, method = method, control = list(threshold = 1e-13, maxiter = 10000)) else rma(yi, vi, mods = a$.mods, data = d, method = method, control = list(threshold = 1e-13, maxiter = 10000))
  a$.method <- a$.mods <- NULL
  s <- tryCatch(suppressWarnings(do.call(selmodel, c(list(f), a, list(control = control(a$type))))), error = function(e) NULL)
  if (is.null(s)) {cat(name, "only at R's default tolerances\n"); s <- suppressWarnings(do.call(selmodel, c(list(f), a)))}
  if (!is.null(s)) out$fits[[name]] <- describe(s)
  message(name)
}
# Worst-case bias: inverse-variance weights times the selection ratio for studies that are not affirmative, robust to clusters.
# robumeta takes the sampling variances for the working ones, averaged in clusters; clubSandwich adds tau2.
bcg <- escalc("RR", ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, data = read.csv("data/bcg.csv"))
bcg <- data.frame(yi = num(bcg$yi), vi = num(bcg$vi), allocation = bcg$allocation)
robust <- function(d, sign, eta, cluster, small) {
  t2 <- rma(yi, vi, data = d, control = list(threshold = 1e-13, maxiter = 10000))$tau2
  affirm <- sign * d$yi / sqrt(d$vi) > qnorm(.975)
  d$w <- ifelse(affirm, 1, eta) / (d$vi + t2); d$cluster <- cluster; d$vi <- d$vi; d$yi <- d$yi
  f <- rma(yi, vi, weights = w, tau2 = t2, data = d); cs <- coef_test(f, vcov = "CR2", cluster = cluster)
  r <- robu(yi ~ 1, studynum = cluster, data = d, userweights = w, var.eff.size = vi, small = small)
  list(estimate = num(r$reg_table$b.r), se = num(r$reg_table$SE), df = num(r$reg_table$dfs), ci_low = num(r$reg_table$CI.L), ci_high = num(r$reg_table$CI.U), p = num(r$reg_table$prob),
       club_se = num(cs$SE), club_df = num(cs$df_Satt), tau2 = t2)
}
years <- paste0("c", (seq_len(nrow(smoking)) - 1) %/% 3)
out$worst_case <- list()
for (eta in c(1, 5, 30)) for (small in c(TRUE, FALSE)) {
  key <- paste0(eta, if (small) "|small" else "|large")
  out$worst_case[[paste0("bcg|", key)]] <- robust(bcg, -1, eta, seq_len(nrow(bcg)), small)
  out$worst_case[[paste0("passive_smoking|", key)]] <- robust(smoking, 1, eta, seq_len(nrow(smoking)), small)
  out$worst_case[[paste0("passive_smoking by threes|", key)]] <- robust(smoking, 1, eta, years, small)
}
write_json(out, "expected/selection.json", auto_unbox = TRUE, digits = 14, na = "null", pretty = TRUE)
