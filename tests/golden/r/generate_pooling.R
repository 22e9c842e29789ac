# Rscript generate_pooling.R : writes expected/heterogeneity.json. Needs R with metafor and jsonlite.
# What generate.R does not ask for: further estimators of tau2, intervals of tau2, Kenward-Roger. Where metafor has no
# such method the formula is written out with full matrices, which shares nothing with a program that works in sums.
suppressMessages({library(metafor); library(jsonlite)})
tight <- list(maxiter = 10000, threshold = 1e-12, tol = 1e-14, tau2.max = 1e6)

# P(Q > q) of a weighted sum of chi-squared variables on 1 df, as a mixture of chi-squared distributions whose weights
# are positive and add up to 1 (Ruben 1962, doi:10.1214/aoms/1177704580); summed until 1e-14 of the weight is left
weighted_chisq <- function(q, lambda) {
  b <- min(lambda); r <- 1 - b / lambda; n <- length(lambda); c <- exp(0.5 * sum(log(b / lambda))); g <- numeric(0); m <- 0
  while (1 - sum(c) > 1e-14 && m < 40000) { m <- m + 1; g[m] <- 0.5 * sum(r^m); c[m + 1] <- sum(g[m:1] * c[1:m]) / m }
  sum(c * pchisq(q / b, n + 2 * (0:m), lower.tail = FALSE)) + (1 - sum(c))
}
# Interval of tau2 from generalised Q with fixed weights a (Jackson 2013, doi:10.1002/jrsm.1081)
generalised <- function(y, v, a, level = 0.95) {
  k <- length(y); A <- diag(a) - outer(a, a) / sum(a); q <- drop(t(y) %*% A %*% y)
  upper <- function(t) { S <- diag(sqrt(v + t)); e <- eigen(S %*% A %*% S, symmetric = TRUE, only.values = TRUE)$values; weighted_chisq(q, e[1:(k - 1)]) }
  root <- function(p) if (upper(0) > p) 0 else { top <- var(y); while (upper(top) < p) top <- 2 * top; uniroot(function(t) upper(t) - p, c(0, top), tol = 1e-13)$root }
  c(root((1 - level) / 2), root((1 + level) / 2))
}
# Kenward and Roger 1997 (doi:10.2307/2533558) for one mean and one variance, REML, by matrices
kenward_roger <- function(y, v, tau2) {
  k <- length(y); X <- matrix(1, k); W <- diag(1 / (v + tau2)); Phi <- solve(t(X) %*% W %*% X)
  P1 <- -t(X) %*% W %*% W %*% X; Q11 <- t(X) %*% W %*% W %*% W %*% X; P <- W - W %*% X %*% Phi %*% t(X) %*% W
  v2 <- 1 / (0.5 * sum(diag(P %*% P)))
  A <- Phi + 2 * Phi %*% (v2 * (Q11 - P1 %*% Phi %*% P1)) %*% Phi
  mu <- drop(Phi %*% t(X) %*% W %*% y); df <- drop(2 / (v2 * (Phi %*% P1)^2)); se <- drop(sqrt(A))
  list(estimate = mu, se = se, df = df, ci_lb = mu - qt(.975, df) * se, ci_ub = mu + qt(.975, df) * se, p = 2 * pt(-abs(mu / se), df))
}
tau2_of <- function(y, v, method, ...) rma(y, v, method = method, control = tight, ...)$tau2
profile_limits <- function(y, v, method) {
  m <- rma(y, v, method = method, control = tight)
  ll <- function(t) as.numeric(logLik(rma(y, v, method = method, tau2 = t)))
  drop <- function(t) ll(t) - ll(m$tau2) + qchisq(.95, 1) / 2
  top <- m$tau2 + 1; while (drop(top) > 0) top <- 2 * top
  c(if (drop(0) > 0) 0 else uniroot(drop, c(0, m$tau2), tol = 1e-14)$root, uniroot(drop, c(m$tau2, top), tol = 1e-13)$root)
}
wald <- function(y, v, method) { m <- rma(y, v, method = method, control = tight); pmax(0, m$tau2 + c(-1, 1) * qnorm(.975) * m$se.tau2) }
# Limits of the mean from the profile likelihood (Hardy and Thompson 1996): the best tau2 at every mean
mean_limits <- function(y, v) {
  best <- function(mu) { f <- function(t) sum(dnorm(y, mu, sqrt(v + t), log = TRUE)); top <- 4 * max((y - mu)^2) + max(v); g <- seq(0, sqrt(top), length.out = 400)^2
    i <- which.max(sapply(g, f)); o <- optimize(f, g[c(max(1, i - 1), min(400, i + 1))], maximum = TRUE, tol = 1e-12); max(o$objective, f(0)) }
  m <- rma(y, v, method = "ML", control = tight); mu <- as.numeric(m$beta); top <- best(mu)
  drop <- function(x) best(x) - top + qchisq(.95, 1) / 2; s <- 20 * m$se
  c(uniroot(drop, c(mu - s, mu), tol = 1e-13)$root, uniroot(drop, c(mu, mu + s), tol = 1e-13)$root)
}

out <- list(`_software` = paste("R", getRversion(), "metafor", packageVersion("metafor")),
  `_note` = "GENQ: weights 1/sqrt(vi). DL2, HE2: generalised method of moments with weights 1/(vi + tau2 of DL or HE). Intervals at 95%: profile likelihood (ML, REML), Wald (ML, REML, cut at 0), generalised Q with weights 1/sqrt(vi) (Jackson) and 1/vi (Biggerstaff-Jackson). Kenward-Roger with REML. mean_profile: limits of the mean by its profile likelihood")
for (case in c("bcg/RR", "bcg/RD", "diuretics/OR", "catheters/OR", "head_neck/HR", "stroke_stay/MD", "asthma/SMD", "warfarin/IRR", "adherence/ZCOR")) {
  part <- strsplit(case, "/")[[1]]; e <- fromJSON(file.path("expected", paste0(part[1], ".json")))[[part[2]]]$effects
  ok <- !is.na(e$yi); y <- e$yi[ok]; v <- e$vi[ok]
  reml <- tau2_of(y, v, "REML")
  out[[case]] <- list(yi = y, vi = v, tau2 = list(HSk = tau2_of(y, v, "HSk"), PMM = tau2_of(y, v, "PMM"), GENQ = tau2_of(y, v, "GENQ", weights = 1 / sqrt(v)),
      DL2 = tau2_of(y, v, "GENQ", weights = 1 / (v + tau2_of(y, v, "DL"))), HE2 = tau2_of(y, v, "GENQ", weights = 1 / (v + tau2_of(y, v, "HE")))),
    tau2_interval = list(profile_ML = profile_limits(y, v, "ML"), profile_REML = profile_limits(y, v, "REML"), wald_ML = wald(y, v, "ML"), wald_REML = wald(y, v, "REML"),
      jackson = generalised(y, v, 1 / sqrt(v)), biggerstaff_jackson = generalised(y, v, 1 / v)),
    kenward_roger = kenward_roger(y, v, reml), mean_profile = mean_limits(y, v))
}
write_json(out, "expected/heterogeneity.json", auto_unbox = TRUE, digits = 13, na = "null", pretty = TRUE)
