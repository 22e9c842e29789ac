# Rscript generate_dependent.R : writes data/made_up_levels.csv and expected/dependent.json beside this file.
# Needs R with metafor, metadat, clubSandwich and jsonlite.
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
num <- function(x) as.numeric(x)
out <- list(`_note` = "school: data/school_calendar.csv; teeth: data/periodontal.csv; levels: data/made_up_levels.csv, invented by this script",
            `_software` = paste("R", getRversion(), "metafor", packageVersion("metafor"), "clubSandwich", packageVersion("clubSandwich")))
# R's optimisers stop early or fail; of several attempts the one with the highest likelihood is kept.
attempts <- list(list(optimizer = "nlminb", rel.tol = 1e-12), list(optimizer = "nlminb"), list(optimizer = "BFGS", reltol = 1e-15, maxit = 1000), list(optimizer = "Nelder-Mead", reltol = 1e-15, maxit = 10000))
mv <- function(...) {
  call <- match.call(); call[[1]] <- quote(rma.mv); where <- parent.frame()
  fits <- lapply(attempts, function(a) {call$control <- a; tryCatch(eval(call, where), error = function(e) NULL)})
  fits <- Filter(Negate(is.null), fits); fits[[which.max(sapply(fits, logLik))]]
}
describe <- function(f) list(estimate = num(f$beta), se = num(f$se), p = num(f$pval), ci_low = num(f$ci.lb), ci_high = num(f$ci.ub), df = num(f$ddf), sigma2 = num(f$sigma2), tau2 = num(f$tau2), rho = num(f$rho),
  log_likelihood = num(logLik(f)), q = num(f$QE), qm = num(f$QM), qm_p = num(f$QMp), ml = num(f$fit.stats[c(1, 3, 4, 5), "ML"]), reml = num(f$fit.stats[c(1, 3, 4, 5), "REML"]))

# Invented rows: 14 studies crossed with 5 laboratories, 4 times, correlated errors within a study
set.seed(20240607)
study <- rep(1:14, times = c(3, 4, 2, 5, 4, 3, 4, 6, 2, 4, 3, 5, 4, 1)); n <- length(study)
time <- unlist(lapply(split(seq_len(n), study), function(i) sort(sample(c(1, 2, 4, 7), length(i), replace = length(i) > 4))))
lab <- sample(letters[1:5], n, replace = TRUE); dose <- round(rnorm(n), 2); vi <- round(runif(n, 0.02, 0.15), 4)
yi <- round(0.3 + 0.2 * dose + rnorm(14, 0, 0.3)[study] + rnorm(5, 0, 0.2)[match(lab, letters[1:5])] + rnorm(n, 0, 0.2) + rnorm(n, 0, sqrt(vi)), 4)
d <- data.frame(study, lab, time, dose, yi, vi); d$kind <- c("a", "b", "c")[1 + (seq_len(n) %% 3)]
rm(study, time, lab, dose, yi, vi); write.csv(d, "data/made_up_levels.csv", row.names = FALSE)
d$row <- seq_len(n); V <- vcalc(vi, cluster = study, obs = row, rho = 0.5, data = d)
species <- c("a", "b", "c", "d", "e"); R <- 0.6^abs(outer(1:5, 1:5, "-")); dimnames(R) <- list(species, species)
o <- list()
for (m in c("REML", "ML")) {
  o[[paste0("study/row|", m)]] <- describe(mv(yi, vi, mods = ~ dose, random = ~ 1 | study/row, data = d, method = m))
  o[[paste0("crossed|", m)]] <- describe(mv(yi, vi, mods = ~ dose, random = list(~ 1 | study, ~ 1 | lab, ~ 1 | row), data = d, method = m))
  o[[paste0("correlated errors|", m)]] <- describe(mv(yi, V, mods = ~ dose, random = ~ 1 | study/row, data = d, method = m))
}
o$`known correlation` <- describe(mv(yi, vi, random = list(~ 1 | lab, ~ 1 | row), R = list(lab = R), data = d))
for (s in c("CS", "HCS", "UN", "ID", "DIAG")) o[[paste0("kind|", s)]] <- describe(mv(yi, V, mods = ~ kind - 1, random = ~ kind | study, struct = s, data = d))
for (s in c("CAR")) o[[paste0("time|", s)]] <- describe(mv(yi, V, mods = ~ dose, random = ~ time | study, struct = s, data = d))
d$step <- match(d$time, c(1, 2, 4, 7))
for (s in c("AR", "HAR")) o[[paste0("step|", s)]] <- describe(mv(yi, V, mods = ~ dose, random = ~ step | study, struct = s, data = d))
contain <- mv(yi, vi, mods = ~ dose, random = ~ 1 | study/row, data = d, test = "t", dfs = "contain")
o$`study/row|contain` <- describe(contain)
# With the components held, everything else is a closed formula.
o$`held|study/row` <- describe(rma.mv(yi, vi, mods = ~ dose, random = ~ 1 | study/row, sigma2 = c(0.09, 0.04), data = d))
o$`held|crossed` <- describe(rma.mv(yi, vi, mods = ~ dose, random = list(~ 1 | study, ~ 1 | lab, ~ 1 | row), sigma2 = c(0.09, 0.02, 0.04), data = d))
o$`held|correlated errors` <- describe(rma.mv(yi, V, mods = ~ dose, random = ~ 1 | study/row, sigma2 = c(0.09, 0.04), data = d))
o$`held|kind|CS` <- describe(rma.mv(yi, V, mods = ~ kind - 1, random = ~ kind | study, struct = "CS", tau2 = 0.1, rho = 0.4, data = d))
o$`held|kind|HCS` <- describe(rma.mv(yi, V, mods = ~ kind - 1, random = ~ kind | study, struct = "HCS", tau2 = c(0.1, 0.2, 0.05), rho = 0.4, data = d))
o$`held|kind|UN` <- describe(rma.mv(yi, V, mods = ~ kind - 1, random = ~ kind | study, struct = "UN", tau2 = c(0.1, 0.2, 0.05), rho = c(0.4, -0.2, 0.3), data = d))
o$`held|kind|DIAG` <- describe(rma.mv(yi, V, mods = ~ kind - 1, random = ~ kind | study, struct = "DIAG", tau2 = c(0.1, 0.2, 0.05), data = d))
o$`held|time|CAR` <- describe(rma.mv(yi, V, mods = ~ dose, random = ~ time | study, struct = "CAR", tau2 = 0.1, rho = 0.6, data = d))
o$`held|step|AR` <- describe(rma.mv(yi, V, mods = ~ dose, random = ~ step | study, struct = "AR", tau2 = 0.1, rho = -0.5, data = d))
o$`held|step|HAR` <- describe(rma.mv(yi, V, mods = ~ dose, random = ~ step | study, struct = "HAR", tau2 = c(0.1, 0.2, 0.05, 0.3), rho = 0.6, data = d))
out$levels <- o

k <- read.csv("data/school_calendar.csv"); k$yc <- k$year - mean(k$year)
f <- mv(yi, vi, mods = ~ yc, random = ~ 1 | district/school, data = k)
f0 <- rma.mv(yi, vi, mods = ~ yc, random = ~ 1 | district/school, data = k) # what R fits again must have been fitted by its defaults
r <- ranef(f); p <- predict(f, newmods = c(-5, 0, 5))
cl <- list(cook = num(cooks.distance(f0, cluster = district)), dfbetas = lapply(dfbetas(f0, cluster = district), num), residual = rstudent(f0, cluster = district)$cluster$X2, hat = num(hatvalues(f)), order = num(rstudent(f0, cluster = district)$cluster$slab))
ci <- function(f, ...) {c <- suppressWarnings(confint(f, ..., control = list(tol = 1e-8))); num(c$random[1, 2:3])}
robust_of <- function(f, cluster, cons) lapply(setNames(c("CR0", "CR1", "CR1p", "CR2"), c("CR0", "CR1", "CR1p", "CR2")), function(t) {
  v <- vcovCR(f, cluster = cluster, type = t); ct <- coef_test(f, vcov = v, test = "Satterthwaite"); w <- Wald_test(f, constraints = constrain_zero(cons), vcov = v, test = "HTZ")
  list(se = num(ct$SE), df = num(ct$df_Satt), p = num(ct$p_Satt), f = num(w$Fstat), df2 = num(w$df_denom), f_p = num(w$p_val), vcov = as.matrix(v)[, ])})
W <- diag(1 / k$vi); X <- model.matrix(f); P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W
s2 <- (f$k - f$p) / sum(diag(P))
out$school <- c(describe(f), list(ranef_district = list(estimate = r$district$intrcpt, se = r$district$se, names = num(rownames(r$district))), ranef_school = list(estimate = r[[2]]$intrcpt, se = r[[2]]$se),
  predict = list(estimate = num(p$pred), se = num(p$se), ci_low = num(p$ci.lb), ci_high = num(p$ci.ub), pi_low = num(p$pi.lb), pi_high = num(p$pi.ub)), cluster = cl,
  profile = list(ci(f0, sigma2 = 1), ci(f0, sigma2 = 2)), robust = robust_of(f, k$district, 1:2), i2 = 100 * f$sigma2 / (sum(f$sigma2) + s2), weights = num(weights(mv(yi, vi, random = ~ 1 | district/school, data = k), type = "rowsum"))))
# Studies as clusters of a regression with independent effects
g <- rma(yi, vi, mods = ~ yc, data = k, control = list(threshold = 1e-13, maxiter = 1000))
out$school_regression <- list(se = num(g$se), robust = robust_of(g, k$district, 1:2))

b <- read.csv("data/periodontal.csv"); Vb <- vcalc(vi = 1, cluster = author, rvars = c(v1i, v2i), data = b)
f <- mv(yi, Vb, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "UN", data = b)
f0 <- rma.mv(yi, Vb, mods = ~ outcome - 1, random = ~ outcome | trial, struct = "UN", data = b)
r <- ranef(f)[[1]]; W <- solve(Vb); X <- model.matrix(f); P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W
i2 <- sapply(1:2, function(j) {s <- b$outcome == c("AL", "PD")[j]; 100 * f$tau2[j] / (f$tau2[j] + (sum(s) - 1) / sum(diag(P)[s]))})
out$teeth <- c(describe(f), list(profile = list(ci(f0, tau2 = 1), ci(f0, tau2 = 2), ci(f0, rho = 1)), i2 = i2, ranef = list(names = rownames(r), estimate = r$intrcpt, se = r$se), robust = robust_of(f, b$trial, 1:2),
  cluster = list(cook = num(cooks.distance(f0, cluster = trial)), residual = rstudent(f0, cluster = trial)$cluster$X2)))
# Riley, Thompson and Abrams 2008: one overall correlation, maximised directly
nll <- function(t, reml = TRUE) {
  M <- matrix(0, 10, 10); for (s in unique(b$trial)) {i <- which(b$trial == s); v <- b$vi[i] + exp(t[ifelse(b$outcome[i] == "AL", 1, 2)]); M[i, i] <- tanh(t[3]) * sqrt(outer(v, v)); diag(M)[i] <- v}
  Mi <- solve(M); A <- t(X) %*% Mi %*% X; e <- b$yi - X %*% solve(A, t(X) %*% Mi %*% b$yi)
  0.5 * (8 * log(2 * pi) + c(determinant(M)$modulus) + c(determinant(A)$modulus) - c(determinant(t(X) %*% X)$modulus) + c(t(e) %*% Mi %*% e))
}
best <- optim(c(-3.4, -4.5, 0.5), nll, method = "BFGS", control = list(reltol = 1e-16, maxit = 2000)); best <- optim(best$par, nll, method = "Nelder-Mead", control = list(reltol = 1e-16, maxit = 5000))
out$riley <- list(tau2 = exp(best$par[1:2]), rho = tanh(best$par[3]), log_likelihood = -best$value)

d <- read.csv("data/bcg.csv"); a <- to.long(measure = "OR", ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, data = d); a <- escalc(measure = "PLO", xi = out1, mi = out2, data = a)
out$baseline <- lapply(list(ML = "ML", REML = "REML"), function(m) {f <- mv(yi, vi, mods = ~ group - 1, random = ~ group | study, struct = "UN", data = a, method = m); list(means = num(f$beta), covariance = f$G, log_likelihood = num(logLik(f)))})
write_json(out, "expected/dependent.json", auto_unbox = TRUE, digits = 14, na = "null", pretty = TRUE)
