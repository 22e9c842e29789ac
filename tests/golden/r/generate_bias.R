# Rscript generate_bias.R : writes expected/bias.json beside this file.
# Needs R with metafor, metadat, clubSandwich, numDeriv and jsonlite. What metafor 3.8 has not is computed
# here from its definition by lm(), uniroot(), integrate() and numerical derivatives.
suppressMessages({library(metafor); library(clubSandwich); library(numDeriv); library(jsonlite)})
num <- function(x) as.numeric(x)
tight <- list(maxiter = 10000, threshold = 1e-13, tol = 1e-14)
read <- function(n) read.csv(file.path("data", paste0(n, ".csv")))
two <- function(m, d) escalc(m, ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, data = d)
means <- function(m, d) escalc(m, m1i = mean_t, sd1i = sd_t, n1i = n_t, m2i = mean_c, sd2i = sd_c, n2i = n_c, data = d)
data <- list(`bcg RR` = two("RR", read("bcg")), `bcg OR` = two("OR", read("bcg")), `bcg RD` = two("RD", read("bcg")), `catheters OR` = two("OR", read("catheters")),
             `catheters RR` = two("RR", read("catheters")), `asthma SMD` = means("SMD", read("asthma")), `asthma MD` = means("MD", read("asthma")))
d <- read("passive_smoking"); data[["passive_smoking GEN"]] <- escalc("GEN", yi = yi, vi = vi, data = d)
out <- list(`_note` = "Small-study effects, missing studies, excess significance, missing outcomes", `_software` = paste("R", getRversion(), "metafor", packageVersion("metafor"), "clubSandwich", packageVersion("clubSandwich"), "numDeriv", packageVersion("numDeriv")))
line <- function(y, x, w) {
  keep <- is.finite(y) & is.finite(x) & w > 0
  f <- lm(y ~ x, weights = w, subset = keep); s <- summary(f)$coefficients
  list(limit = s[1, 1], limit_se = s[1, 2], slope = s[2, 1], slope_se = s[2, 2], statistic = s[2, 3], df = f$df.residual, p = s[2, 4], limit_p = s[1, 4])
}
mixed <- function(y, v, x, method, test) {
  f <- rma(y, v, mods = ~ x, method = method, test = test, control = tight)
  list(limit = f$beta[1], limit_se = f$se[1], slope = f$beta[2], slope_se = f$se[2], statistic = f$zval[2], p = f$pval[2], tau2 = f$tau2)
}
for (n in names(data)) {
  e <- data[[n]]; y <- num(e$yi); v <- num(e$vi); se <- sqrt(v); k <- length(y); found <- list()
  r <- function(...) {x <- regtest(y, v, ...); list(statistic = num(x$zval), p = num(x$pval), limit = num(x$est))}
  found$tests <- list(egger = line(y, se, 1 / v), `egger regtest` = r(model = "lm"), `egger-mixed REML t` = mixed(y, v, se, "REML", "t"), `egger-mixed REML HK` = mixed(y, v, se, "REML", "knha"),
                      `thompson-sharp` = mixed(y, v, se, "DL", "t"))
  b <- suppressWarnings(ranktest(y, v)); found$tests$begg <- list(tau = num(b$tau), p = num(b$pval))
  if (!is.null(e$n_t)) {
    m1 <- num(e$n_t); m2 <- num(e$n_c); N <- m1 + m2; ess <- 4 * m1 * m2 / N
    found$tests$macaskill <- line(y, N, 1 / v)
    found$tests$deeks <- line(y, 1 / sqrt(ess), ess)
    w <- 1 / (1 / m1 + 1 / m2); found$tests$`pustejovsky-rodgers` <- line(y, 1 / sqrt(w), w)
  }
  if (!is.null(e$events_t)) {
    E <- num(e$events_t + e$events_c); w <- ifelse(E == 0 | E == N, 0, 1 / (1 / E + 1 / (N - E)))
    found$tests$peters <- line(y, 1 / N, w); found$tests$`macaskill-pooled` <- line(y, N, w)
    if (grepl("RR", n)) {Z <- (e$events_t * N - E * m1) / (N - E); V <- m1 * m2 * E / (N * (N - E))} else {Z <- e$events_t - E * m1 / N; V <- m1 * m2 * E * (N - E) / (N^2 * (N - 1))}
    found$tests$harbord <- line(Z / V, 1 / sqrt(V), ifelse(V > 0, V, 0))
  }
  found$trim_and_fill <- list()
  for (m in c("CE", "DL", "REML")) for (est in c("L0", "R0", "Q0")) for (side in c("", "left", "right")) {
    f <- rma(y, v, method = m, control = tight)
    t <- tryCatch(if (side == "") trimfill(f, estimator = est, control = tight) else trimfill(f, side = side, estimator = est, control = tight), error = function(e) NULL)
    if (!is.null(t)) found$trim_and_fill[[paste(m, est, side)]] <- list(k0 = t$k0, se_k0 = num(t$se.k0), p = num(t$p.k0), side = t$side, estimate = num(t$beta), se = num(t$se), tau2 = num(t$tau2), filled = num(t$yi[t$fill]))
  }
  p <- line(y, se, 1 / v); q <- line(y, v, 1 / v)
  found$pet_peese <- list(pet = p, peese = q, pet_REML = mixed(y, v, se, "REML", "t"), peese_REML = mixed(y, v, v, "REML", "t"))
  u <- summary(lm(y ~ 1, weights = 1 / v))$coefficients; a <- abs(u[1, 1]) / se >= qnorm(.975) + qnorm(.8)
  ua <- if (sum(a) > 1) summary(lm(y[a] ~ 1, weights = 1 / v[a]))$coefficients else matrix(NA, 1, 4)
  found$waap <- list(estimate = u[1, 1], se = u[1, 2], p = u[1, 4], adequate = sum(a), waap = ua[1, 1], waap_se = ua[1, 2], waap_p = ua[1, 4])
  # Limit meta-analysis, equations of Ruecker 2011 by lm()
  f <- rma(y, v, control = tight); s <- sqrt(v + f$tau2); g <- coef(lm(I(y / s) ~ I(1 / s))); lim <- g[[2]] + sqrt(f$tau2) / s * (y - g[[2]])
  gl <- lm(I(lim / se) ~ I(1 / se)); Q <- rma(y, v, method = "CE")$QE; res <- sum(resid(lm(I(y / se) ~ I(1 / se)))^2); slope_se <- 1 / (sd(1 / se) * sqrt(k - 1))
  found$limit <- list(tau2 = f$tau2, bias = g[[1]], slope = g[[2]], limit = lim, expectation = g[[2]] + sqrt(f$tau2) * g[[1]], expectation_se = slope_se, intercept = coef(gl)[[2]], intercept_se = slope_se,
                      mean = sum(lim / v) / sum(1 / v), mean_se = sum(1 / v)^-0.5, g2 = 100 * (1 - summary(gl)$r.squared), q_small = Q - res, q_rest = res)
  found$fail_safe <- list(Rosenthal = fsn(y, v)$fsnum, `Rosenthal 0.01` = fsn(y, v, alpha = .01)$fsnum, Rosenberg = fsn(y, v, type = "Rosenberg")$fsnum, `Rosenberg 0.01` = fsn(y, v, type = "Rosenberg", alpha = .01)$fsnum,
                          `Orwin 0.1` = fsn(y, v, type = "Orwin", target = .1)$fsnum, `Orwin-weighted 0.1` = fsn(y, v, type = "Orwin", target = .1, weighted = TRUE)$fsnum)
  # The random-effects model with tau2 kept, studies added one at a time until it is not significant
  p_with <- function(N, goal) {f2 <- rma(c(y, rep(0, N)), c(v, rep(1 / mean(1 / v), N)), tau2 = f$tau2); if (goal == "p") f2$pval else abs(f2$beta[1])}
  first <- function(goal, bound, most = 4000) {N <- 0; while (N <= most && (if (goal == "p") p_with(N, goal) < bound - 1e-12 else p_with(N, goal) > bound + 1e-12)) N <- N + 1; if (N > most) NA else N}
  found$fail_safe$general <- first("p", .05); found$fail_safe$`general 0.1` <- first("b", .1)
  ex <- function(...) {x <- suppressMessages(tes(y, v, progbar = FALSE, find.lim = FALSE, rel.tol = 1e-12, subdivisions = 10000L, ...)); list(observed = x$O, expected = num(x$E), p = num(x$pval), statistic = num(x$X2), theta = num(x$theta)[1])}
  found$excess <- list(chi2 = ex(test = "chi2"), binomial = ex(test = "binom"), `chi2 tau2` = ex(test = "chi2", tau2 = f$tau2), `chi2 alpha 0.01` = ex(test = "chi2", alpha = .01))
  if (k <= 20) {found$excess$exact <- ex(test = "exact"); x <- suppressMessages(tes(y, v, progbar = FALSE, test = "exact")); found$excess$exact$limit <- num(x$theta.lim)}
  out[[n]] <- found
}
# Effects in schools in districts: predictors as moderators of the multilevel model, CR2
s <- read("school_calendar"); s$se <- sqrt(s$vi); out$multilevel <- list()
for (x in c("se", "vi")) {
  f <- rma.mv(yi, vi, mods = as.formula(paste("~", x)), random = ~ 1 | district/school, data = s, control = list(optimizer = "optim", reltol = 1e-14))
  ct <- coef_test(f, vcov = "CR2", cluster = s$district)
  out$multilevel[[x]] <- list(estimate = num(f$beta), se = ct$SE, t = ct$tstat, df = ct$df_Satt, p = ct$p_Satt, sigma2 = f$sigma2)
}
# The standard error beside other moderators
e <- data[["bcg RR"]]; out$moderated <- list()
for (t in c("t", "knha")) {
  f <- rma(yi, vi, mods = ~ latitude + factor(allocation) + sqrt(vi), data = e, test = t, control = tight)
  out$moderated[[c(t = "t", knha = "HK")[[t]]]] <- list(estimate = num(f$beta), se = num(f$se), p = num(f$pval), tau2 = f$tau2)
}
# Missing outcomes: made-up counts; p over all patients, its variance by the delta method on the multinomial counts
d <- data.frame(study = paste("Made up", 1:6), events_t = c(29, 17, 12, 3, 10, 0), n_t = c(47, 18, 29, 12, 21, 25), missing_t = c(22, 11, 1, 0, 5, 3),
                events_c = c(20, 7, 2, 1, 3, 4), n_c = c(34, 11, 30, 12, 22, 26), missing_c = c(34, 18, 1, 2, 0, 4))
zero <- d$events_t == 0 | d$events_c == 0 | d$events_t == d$n_t | d$events_c == d$n_c
risk <- function(p, a, i) (1 - a) * p + a * (if (is.infinite(i)) 1 else p * i / (p * i + 1 - p))
effect <- list(RR = function(p, q) log(p / q), OR = function(p, q) qlogis(p) - qlogis(q), RD = function(p, q) p - q)
delta <- function(m, i, it, ic) {
  add <- .5 * zero[i]; n <- c(d$n_t[i], d$n_c[i]) + 2 * add; e <- c(d$events_t[i], d$events_c[i]) + add; miss <- c(d$missing_t[i], d$missing_c[i]); a <- miss / (n + miss); p <- e / n
  g <- function(z) effect[[m]](risk(z[1], z[3], it), risk(z[2], z[4], ic))
  J <- grad(g, c(p, a), method.args = list(eps = 1e-5, r = 6), side = NULL)
  edge <- miss == 0; J[3:4][edge] <- 0
  c(g(c(p, a)), sum(J^2 * c(p * (1 - p) / n, a * (1 - a) / (n + miss))))
}
out$missing <- list(data = d, strategies = list())
cases <- list(available = c(1, 1), none = c(0, 0), all = c(Inf, Inf), best = c(0, Inf), worst = c(Inf, 0), `IMOR 2` = c(2, 2), `IMOR 1/3, 4` = c(1/3, 4))
for (m in names(effect)) for (c1 in names(cases)) {
  r <- sapply(seq_len(nrow(d)), function(i) delta(m, i, cases[[c1]][1], cases[[c1]][2]))
  out$missing$strategies[[paste(m, c1)]] <- list(yi = r[1, ], vi = r[2, ])
}
# Uncertain odds ratios: both logarithms normal around log 2 and log 1/2, sd 0.7 and 0.4, correlation 0.5, integrated by brute force
grid <- seq(-8, 8, length.out = 321); h <- diff(grid[1:2]); W <- outer(dnorm(grid), dnorm(grid)) * h^2; W <- W / sum(W)
for (m in names(effect)) {
  r <- sapply(1:3, function(i) {
    n <- c(d$n_t[i], d$n_c[i]); e <- c(d$events_t[i], d$events_c[i]); miss <- c(d$missing_t[i], d$missing_c[i]); a <- miss / (n + miss); p <- e / n; if (zero[i]) stop("zero")
    var_p <- function(j, im) {r1 <- p[j] * im / (p[j] * im + 1 - p[j]); p[j] * (1 - p[j]) / n[j] * (1 - a[j] + a[j] * im / (p[j] * im + 1 - p[j])^2)^2 + a[j] * (1 - a[j]) / (n[j] + miss[j]) * (r1 - p[j])^2}
    It <- exp(log(2) + .7 * grid); Ic <- function(x) exp(log(.5) + .4 * (.5 * x + sqrt(.75) * grid))
    Y <- V <- matrix(0, length(grid), length(grid))
    for (u in seq_along(grid)) {
      pt <- risk(p[1], a[1], It[u]); ic <- Ic(grid[u]); pc <- (1 - a[2]) * p[2] + a[2] * p[2] * ic / (p[2] * ic + 1 - p[2]); vt <- var_p(1, It[u]); vc <- var_p(2, ic)
      Y[u, ] <- effect[[m]](pt, pc)
      V[u, ] <- switch(m, RR = vt / pt^2 + vc / pc^2, OR = vt / (pt * (1 - pt))^2 + vc / (pc * (1 - pc))^2, RD = vt + vc)
    }
    mean <- sum(W * Y); c(mean, sum(W * V) + sum(W * (Y - mean)^2))
  })
  out$missing$uncertain[[m]] <- list(yi = r[1, ], vi = r[2, ])
}
# Gamble and Hollis: limits of worst and best case by escalc, which adds 1/2 to the cells of a table with a zero
gh <- function(m) {
  base <- escalc(m, ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, data = d)
  keep <- !zero & !(d$events_c + d$missing_c == d$n_c + d$missing_c) & d$events_t > 0
  low <- escalc(m, ai = events_t, n1i = n_t + missing_t, ci = events_c + missing_c, n2i = n_c + missing_c, data = d); high <- escalc(m, ai = events_t + missing_t, n1i = n_t + missing_t, ci = events_c, n2i = n_c + missing_c, data = d)
  z <- qnorm(.975); se <- ((high$yi + z * sqrt(high$vi)) - (low$yi - z * sqrt(low$vi))) / (2 * z); list(rows = which(keep) - 1, yi = num(base$yi)[keep], vi = num(se^2)[keep])
}
out$missing$gamble_hollis <- lapply(c(RR = "RR", OR = "OR", RD = "RD"), gh)
# E-values: the risk ratio of a confounder with exposure and outcome whose bias factor is the ratio to be explained
e <- function(rr) {rr <- max(rr, 1 / rr); if (rr == 1) 1 else uniroot(function(x) x * x / (2 * x - 1) - rr, c(rr, 4 * rr), tol = 1e-14)$root}
rr <- list(`RR 3.9` = 3.9, `RR 1.8` = 1.8, `RR 0.8` = .8, `RR 0.91` = .91, `OR 2.5 common` = sqrt(2.5), `OR 2.5 rare` = 2.5, `HR 0.56 common` = (1 - .5^sqrt(.56)) / (1 - .5^sqrt(1 / .56)), `SMD 0.42` = exp(.91 * .42), `RR 2.5 to 1.5` = 2.5 / 1.5)
out$e_values <- lapply(rr, e)
write_json(out, "expected/bias.json", auto_unbox = TRUE, digits = 14, na = "null", pretty = TRUE)
