# Rscript simulate_variances.R : how far large-sample variances are true, by simulation in R alone.
# Writes expected/simulated.json: for each measure the role columns at the true values (as a study of that size would
# print them on average), and the mean and variance of the estimator over many simulated studies. Needs jsonlite.
suppressMessages(library(jsonlite)); set.seed(20240501); runs <- 200000
J <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)
out <- list()
keep <- function(measure, roles, est) out[[measure]] <<- list(roles = roles, mean = mean(est), variance = var(est), runs = length(est))

# Two correlated normal measurements of n patients: means and covariance drawn from their exact distributions.
draw <- function(n, mu, S, runs) {
  L <- t(chol(S)); z <- matrix(rnorm(2 * runs), 2); m <- mu + (L %*% z) / sqrt(n)
  # Wishart by Bartlett
  a <- sqrt(rchisq(runs, n - 1)); b <- rnorm(runs); c <- sqrt(rchisq(runs, n - 2))
  x11 <- L[1, 1] * a; x21 <- L[2, 1] * a + L[2, 2] * b; x22 <- L[2, 2] * c
  list(pre = m[1, ], post = m[2, ], v1 = x11^2 / (n - 1), v2 = (x21^2 + x22^2) / (n - 1), v12 = x11 * x21 / (n - 1))
}
n <- 60; r <- 0.6; s <- c(1, 1.2); mu <- c(10, 10.8); S <- matrix(c(s[1]^2, r * s[1] * s[2], r * s[1] * s[2], s[2]^2), 2)
x <- draw(n, mu, S, runs)
roles <- list(mean_pre = 10, sd_pre = 1, mean_post = 10.8, sd_post = 1.2, n = n, r = r)
keep("SMCRP", roles, J(2 * (n - 1) / (1 + r^2)) * (x$post - x$pre) / sqrt((x$v1 + x$v2) / 2))
keep("SMCRH", roles, J(n - 1) * (x$post - x$pre) / sqrt(x$v1))
keep("ROMC", roles, log(x$post / x$pre))
keep("VRC", roles, log(sqrt(x$v2 / x$v1)))
c0 <- draw(50, c(10, 10.1), S, runs)
both <- c(setNames(roles, paste0(names(roles), "_t")), list(mean_pre_c = 10, sd_pre_c = 1, mean_post_c = 10.1, sd_post_c = 1.2, n_c = 50, r_c = r))
keep("DSMCRP", both, J(2 * (n - 1) / (1 + r^2)) * (x$post - x$pre) / sqrt((x$v1 + x$v2) / 2) - J(2 * 49 / (1 + r^2)) * (c0$post - c0$pre) / sqrt((c0$v1 + c0$v2) / 2))
S1 <- matrix(c(1, r, r, 1), 2); x <- draw(n, c(10, 10.8), S1, runs); c0 <- draw(50, c(10, 10.1), S1, runs); m <- n + 50 - 2
both <- list(mean_pre_t = 10, sd_pre_t = 1, mean_post_t = 10.8, sd_post_t = 1, n_t = n, r_t = r, mean_pre_c = 10, sd_pre_c = 1, mean_post_c = 10.1, sd_post_c = 1, n_c = 50, r_c = r)
keep("DPPC2", both, J(m) * (x$post - x$pre - c0$post + c0$pre) / sqrt(((n - 1) * x$v1 + 49 * c0$v1) / m))

n1 <- 50; n2 <- 70; m1 <- 0.7 + rnorm(runs) * 1.5 / sqrt(n1); m2 <- rnorm(runs) / sqrt(n2)
v1 <- 1.5^2 * rchisq(runs, n1 - 1) / (n1 - 1); v2 <- rchisq(runs, n2 - 1) / (n2 - 1)
roles <- list(mean_t = 0.7, sd_t = 1.5, n_t = n1, mean_c = 0, sd_c = 1, n_c = n2)
keep("CLES", roles, pnorm((m1 - m2) / sqrt(v1 + v2)))

# Exponential ratings, for which the formula of Hanley and McNeil is exact: P(X > Y) = rate_y / (rate_x + rate_y).
area <- 0.8; n1 <- 40; n2 <- 55
keep("AUC", list(auc = area, n_t = n1, n_c = n2), replicate(20000, { x <- rexp(n1, (1 - area) / area); y <- rexp(n2); (sum(rank(c(x, y))[1:n1]) - n1 * (n1 + 1) / 2) / (n1 * n2) }))

# R squared of three independent normal predictors, each study simulated in full.
n <- 300; k <- 20000; beta <- c(0.4, 0.3, 0.2); pop <- sum(beta^2) / (sum(beta^2) + 1)
r2 <- replicate(k, { X <- matrix(rnorm(3 * n), n); y <- X %*% beta + rnorm(n); f <- .lm.fit(cbind(1, X), y); 1 - sum(f$residuals^2) / sum((y - mean(y))^2) })
keep("R2", list(r2 = pop, n = n, m = 3), r2); keep("ZR2", list(r2 = pop, n = n, m = 3), atanh(sqrt(r2)))
write_json(c(list(`_software` = paste("R", getRversion()), `_seed` = 20240501), out), "expected/simulated.json", auto_unbox = TRUE, digits = 10)
