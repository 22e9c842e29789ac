# Rscript generate_models.R : writes expected/models.json. Needs R with metafor and jsonlite.
# Models that are not random effects by inverse variance: IVhet, Henmi and Copas, multiplicative; and the exact
# permutation test of the mean with its interval.
suppressMessages({library(metafor); library(jsonlite)})
tight <- list(maxiter = 10000, threshold = 1e-12, tol = 1e-14)
num <- function(x) as.numeric(x)
out <- list(`_software` = paste("R", getRversion(), "metafor", packageVersion("metafor")),
  `_note` = "ivhet: rma with weights 1/vi and tau2 by DL. henmi_copas: hc(), whose inner integral has R's default tolerance. multiplicative: lm with weights 1/vi. permutation: all sign flips, permutest(exact = TRUE), by REML and z")
for (case in c("bcg/RR", "bcg/RD", "diuretics/OR", "catheters/OR", "head_neck/HR", "stroke_stay/MD", "asthma/SMD", "warfarin/IRR", "adherence/ZCOR")) {
  part <- strsplit(case, "/")[[1]]; e <- fromJSON(file.path("expected", paste0(part[1], ".json")))[[part[2]]]$effects
  ok <- !is.na(e$yi); y <- e$yi[ok]; v <- e$vi[ok]
  i <- rma(y, v, weights = 1 / v, method = "DL"); h <- hc(rma(y, v, method = "DL"), control = list(tol = 1e-14))
  m <- lm(y ~ 1, weights = 1 / v); s <- coef(summary(m)); ci <- confint(m)
  out[[case]] <- list(yi = y, vi = v,
    ivhet = list(estimate = num(i$beta), se = num(i$se), statistic = num(i$zval), p = num(i$pval), ci_lb = num(i$ci.lb), ci_ub = num(i$ci.ub), tau2 = num(i$tau2)),
    henmi_copas = list(estimate = num(h$beta), se = num(h$se), ci_lb = num(h$ci.lb), ci_ub = num(h$ci.ub), tau2 = num(h$tau2)),
    multiplicative = list(estimate = num(s[1]), se = num(s[2]), statistic = num(s[3]), p = num(s[4]), ci_lb = num(ci[1]), ci_ub = num(ci[2])))
}
for (case in c("diuretics/OR", "warfarin/IRR")) {
  y <- out[[case]]$yi; v <- out[[case]]$vi
  interval <- length(y) < 8
  p <- permutest(rma(y, v, method = "REML", control = tight), exact = TRUE, permci = interval, progbar = FALSE, control = list(tol = 1e-7))
  out[[case]]$permutation <- list(p = num(p$pval), ci_lb = if (interval) num(p$ci.lb) else NA, ci_ub = if (interval) num(p$ci.ub) else NA)
}
write_json(out, "expected/models.json", auto_unbox = TRUE, digits = 13, na = "null", pretty = TRUE)
