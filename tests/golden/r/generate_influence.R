# Rscript generate_influence.R : writes expected/influence.json. Needs R with metafor and jsonlite.
# What generate.R does not ask for: every column of leave1out, cumul and influence, with z and Hartung-Knapp; Baujat's
# coordinates; every subset of six studies.
suppressMessages({library(metafor); library(jsonlite)})
tight <- list(maxiter = 10000, threshold = 1e-12, tol = 1e-14)
num <- function(x) as.numeric(x)
of_each <- function(r) list(estimate = num(r$estimate), se = num(r$se), statistic = num(r$zval), p = num(r$pval), ci_lb = num(r$ci.lb), ci_ub = num(r$ci.ub),
  q = num(r$Q), q_p = num(r$Qp), tau2 = num(r$tau2), i2 = num(r$I2), h2 = num(r$H2))
plots <- function(expr) { pdf(NULL); on.exit(dev.off()); expr }
out <- list(`_software` = paste("R", getRversion(), "metafor", packageVersion("metafor")),
  `_note` = "leave_one_out, cumulative: leave1out() and cumul(); influence: influence() with its flags; baujat: x and y of baujat(); gosh: gosh() of the first six studies, incl holds the members")
for (case in c("bcg/RR", "bcg/RD", "diuretics/OR", "catheters/OR", "stroke_stay/MD", "asthma/SMD", "warfarin/IRR")) {
  part <- strsplit(case, "/")[[1]]; e <- fromJSON(file.path("expected", paste0(part[1], ".json")))[[part[2]]]$effects
  ok <- !is.na(e$yi); y <- e$yi[ok]; v <- e$vi[ok]; entry <- list(yi = y, vi = v)
  for (how in c("REML/z", "REML/knha", "DL/z", "EE/z")) {
    h <- strsplit(how, "/")[[1]]; m <- rma(y, v, method = h[1], test = h[2], control = if (h[1] == "REML") tight else list())
    i <- influence(m); b <- plots(baujat(m))
    entry[[how]] <- list(leave_one_out = of_each(leave1out(m)), cumulative = of_each(cumul(m)),
      influence = list(rstudent = num(i$inf$rstudent), dffits = num(i$inf$dffits), cook_d = num(i$inf$cook.d), cov_r = num(i$inf$cov.r), tau2_del = num(i$inf$tau2.del),
        qe_del = num(i$inf$QE.del), hat = num(i$inf$hat), weight = num(i$inf$weight), dfbetas = num(i$dfbs$intrcpt), influential = i$is.infl),
      baujat = list(x = num(b$x), y = num(b$y)))
  }
  out[[case]] <- entry
}
e <- out[["bcg/RR"]]
for (method in c("REML", "EE")) {
  g <- gosh(rma(e$yi[1:6], e$vi[1:6], method = method, control = if (method == "REML") tight else list()), progbar = FALSE)
  out[[paste0("gosh/", method)]] <- c(list(incl = apply(g$incl, 1, function(r) paste(which(r), collapse = " "))), lapply(as.list(g$res), num))
}
write_json(out, "expected/influence.json", auto_unbox = TRUE, digits = 13, na = "null", pretty = TRUE)
