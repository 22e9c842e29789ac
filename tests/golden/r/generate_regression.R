# Rscript generate_regression.R : writes expected/regression.json beside this file.
# Needs R with metafor, jsonlite and the splines that come with R.
suppressMessages({library(metafor); library(jsonlite); library(splines)})
num <- function(x) as.numeric(x)
tight <- list(maxiter = 10000, threshold = 1e-13, tol = 1e-14)
d <- read.csv("data/bcg.csv")
es <- escalc("RR", ai = events_t, n1i = n_t, ci = events_c, n2i = n_c, data = d)
out <- list(`_note` = "data/bcg.csv, log risk ratios", `_software` = paste("R", getRversion(), "metafor", packageVersion("metafor")))
describe <- function(f) {
  s <- f$fit.stats
  list(estimate = num(f$beta), se = num(f$se), statistic = num(f$zval), p = num(f$pval), ci_low = num(f$ci.lb), ci_high = num(f$ci.ub),
       tau2 = num(f$tau2), i2 = num(f$I2), h2 = num(f$H2), q = num(f$QE), q_p = num(f$QEp), qm = num(f$QM), qm_p = num(f$QMp), r2 = num(f$R2),
       ml = unname(s[c(1, 3, 4, 5), "ML"]), reml = unname(s[c(1, 3, 4, 5), "REML"]))
}
formulas <- list(`~ latitude + allocation` = ~ latitude + allocation, `~ latitude * allocation` = ~ latitude * allocation, `~ 0 + allocation` = ~ 0 + allocation,
                 `~ bs(latitude, df=4)` = ~ bs(latitude, df = 4), `~ latitude + C(allocation, contr.sum)` = ~ latitude + C(factor(allocation), contr.sum), `~ 1` = ~ 1)
for (n in names(formulas)) for (m in c("CE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")) for (t in c("z", "t", "knha")) {
  if (m == "CE" && t != "z") next
  if (t != "z" && !(m %in% c("REML", "PM"))) next
  f <- tryCatch(rma(yi, vi, mods = formulas[[n]], data = es, method = m, test = t, control = tight), error = function(e) NULL)
  if (!is.null(f)) out[[paste(n, m, t, sep = "|")]] <- describe(f)
}
f <- rma(yi, vi, mods = ~ latitude + allocation, data = es, test = "knha", control = tight)
out$terms <- list(latitude = anova(f, btt = 2)[c("QM", "QMp")], allocation = anova(f, btt = 3:4)[c("QM", "QMp")])
f <- rma(yi, vi, mods = ~ latitude + allocation, data = es, control = tight)
vb <- cov2cor(vcov(f)[-1, -1]); out$inflation <- list(latitude = vb[1, 1] * det(vb[2:3, 2:3]) / det(vb), allocation = det(vb[2:3, 2:3]) * vb[1, 1] / det(vb))
f <- rma(yi, vi, mods = ~ latitude, data = es, control = tight)
g <- rma(yi, vi, mods = ~ latitude, data = es, test = "knha", control = tight)
out$predictions <- lapply(list(z = f, knha = g), function(f) {p <- predict(f, newmods = c(0, 20, 33.46, 55)); list(estimate = num(p$pred), se = num(p$se), ci_low = num(p$ci.lb), ci_high = num(p$ci.ub), pi_low = num(p$pi.lb), pi_high = num(p$pi.ub))})
out$influence <- lapply(list(z = rma(yi, vi, mods = ~ latitude, btt = 1:2, data = es, control = tight), knha = rma(yi, vi, mods = ~ latitude, btt = 1:2, data = es, test = "knha", control = tight)), function(f) {
  i <- influence(f)
  list(residual = num(i$inf$rstudent), dffits = num(i$inf$dffits), cook = num(i$inf$cook.d), covariance_ratio = num(i$inf$cov.r), tau2 = num(i$inf$tau2.del), q = num(i$inf$QE.del), leverage = num(i$inf$hat), weight = num(i$inf$weight),
       dfbetas = list(num(i$dfbs[[1]]), num(i$dfbs[[2]])))
})
# Exact permutations: seven trials with different latitudes, and the sign flips of all thirteen.
few <- es[1:7, ]
perm <- function(f) {set.seed(1); p <- permutest(f, exact = TRUE, progbar = FALSE); list(p = num(p$pval), p_all = num(p$QMp))}
loose <- list(maxiter = 10000)
out$permutation <- list(REML_z = perm(rma(yi, vi, mods = ~ latitude, data = few, control = loose)), REML_knha = perm(rma(yi, vi, mods = ~ latitude, data = few, test = "knha", control = loose)),
  DL_z = perm(rma(yi, vi, mods = ~ latitude + allocation, data = few, method = "DL")), constant_DL = perm(rma(yi, vi, data = few, method = "DL")))
# Location and scale
ls <- function(f) list(location = num(f$beta), location_se = num(f$se), scale = num(f$alpha), scale_se = num(f$se.alpha), qm = num(f$QM), qs = num(f$QS), log_likelihood = num(logLik(f)))
opt <- list(optimizer = "nlminb", rel.tol = 1e-10)
out$location_scale <- list(
  `REML|~ latitude|~ latitude` = ls(rma(yi, vi, mods = ~ latitude, scale = ~ latitude, data = es, control = opt)),
  `ML|~ latitude|~ latitude` = ls(rma(yi, vi, mods = ~ latitude, scale = ~ latitude, data = es, method = "ML", control = opt)),
  `REML|~ latitude|~ allocation` = ls(rma(yi, vi, mods = ~ latitude, scale = ~ allocation, data = es, control = opt)),
  `REML|~ 1|~ latitude` = ls(rma(yi, vi, scale = ~ latitude, data = es, control = opt)))
# All models of three terms by AICc, averaged
X <- cbind(1, es$latitude, es$allocation == "random", es$allocation == "systematic")
subsets <- list(1, c(1, 2), c(1, 3, 4), 1:4)
fits <- lapply(subsets, function(s) rma(es$yi, es$vi, mods = X[, s, drop = FALSE], intercept = FALSE, method = "ML", control = tight))
aicc <- sapply(fits, function(f) f$fit.stats[5, "ML"]); w <- exp(-(aicc - min(aicc)) / 2); w <- w / sum(w)
b <- t(mapply(function(f, s) {x <- rep(0, 4); x[s] <- f$beta; x}, fits, subsets)); v <- t(mapply(function(f, s) {x <- rep(0, 4); x[s] <- f$se^2; x}, fits, subsets))
mean <- colSums(w * b); out$averaged <- list(aicc = unname(aicc), weight = unname(w), estimate = mean, se = sqrt(colSums(w * (v + sweep(b, 2, mean)^2))))
# Kenward and Roger 1997, equations as printed, with derivatives of the covariance taken as matrices
kr <- function(f, L) {
  k <- f$k; S <- diag(f$vi + f$tau2); Si <- solve(S); X <- f$X; Phi <- solve(t(X) %*% Si %*% X)
  P <- -t(X) %*% Si %*% Si %*% X; Q <- t(X) %*% Si %*% Si %*% Si %*% X
  R <- Si - Si %*% X %*% Phi %*% t(X) %*% Si; W <- 2 / sum(R * R)
  Lambda <- W * Phi %*% (Q - P %*% Phi %*% P) %*% Phi; PhiA <- Phi + 2 * Lambda
  l <- ncol(L); Th <- L %*% solve(t(L) %*% Phi %*% L) %*% t(L); M <- Th %*% Phi %*% P %*% Phi
  A1 <- W * sum(diag(M))^2; A2 <- W * sum(diag(M %*% M)); B <- (A1 + 6 * A2) / (2 * l)
  g <- ((l + 1) * A1 - (l + 4) * A2) / ((l + 2) * A2); d <- 3 * l + 2 * (1 - g); c1 <- g / d; c2 <- (l - g) / d; c3 <- (l + 2 - g) / d
  E <- 1 / (1 - A2 / l); V <- 2 / l * (1 + c1 * B) / ((1 - c2 * B)^2 * (1 - c3 * B)); rho <- V / (2 * E^2); m <- 4 + (l + 2) / (l * rho - 1); lambda <- m / (E * (m - 2))
  b <- t(L) %*% f$beta; Fs <- lambda / l * c(t(b) %*% solve(t(L) %*% PhiA %*% L) %*% b)
  list(f = Fs, df = m, p = pf(Fs, l, m, lower.tail = FALSE), se = sqrt(diag(PhiA)))
}
f <- rma(yi, vi, mods = ~ latitude + allocation, data = es, control = tight)
out$kenward_roger <- list(latitude = kr(f, diag(4)[, 2, drop = FALSE]), allocation = kr(f, diag(4)[, 3:4]), all = kr(f, diag(4)[, 2:4]))
# Limits of tau2 by profile likelihood; rma.mv is fitted by its defaults, as its confint fits it again.
out$profile <- lapply(list(REML = "REML", ML = "ML"), function(m) num(confint(rma.mv(yi, vi, mods = ~ latitude, random = ~ 1 | study, data = es, method = m), control = list(tol = 1e-12))$random[1, 2:3]))
write_json(out, "expected/regression.json", auto_unbox = TRUE, digits = 14, na = "null", pretty = TRUE)
