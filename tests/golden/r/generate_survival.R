# Rscript generate_survival.R : survival of one group at a time point, and its median, by R's survival package on data/colon.csv.
# Writes expected/single_survival.json. Needs survival, jsonlite.
suppressMessages({library(survival); library(jsonlite)})
d <- read.csv("data/colon.csv"); out <- list()
for (arm in 0:1) {
  g <- d[d$treated == arm, ]
  for (type in c("log-log", "logit")) {
    s <- summary(survfit(Surv(days, event) ~ 1, g, conf.type = type), times = 1000)
    out[[paste(arm, type, sep = "/")]] <- list(surv = 100 * s$surv, se_surv = 100 * s$std.err, ci_low = 100 * s$lower, ci_high = 100 * s$upper)
  }
  f <- survreg(Surv(days, event) ~ 1, g, dist = "exponential"); s <- summary(f)
  out[[paste(arm, "exponential", sep = "/")]] <- list(log_median = as.numeric(coef(f)) + log(log(2)), se = as.numeric(s$table[1, 2]), events = sum(g$event))
}
write_json(c(list(`_software` = paste("R", getRversion(), "survival", packageVersion("survival"))), out), "expected/single_survival.json", auto_unbox = TRUE, digits = 14)
