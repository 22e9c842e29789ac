# Rscript generate_measures.R : study effects by metafor's escalc for measures that generate.R has not.
# Writes expected/measures.json, a list of cases: measure, options, role columns, yi, vi. Needs metafor, metadat, jsonlite.
suppressMessages({library(metafor); library(metadat); library(jsonlite)})
cases <- list()
num <- function(x) as.numeric(x)
# `measure` and `options` are the project's words, `...` is what escalc is asked for.
case <- function(measure, roles, source, ..., options = NULL, code = measure) {
  es <- suppressWarnings(escalc(code, ...))
  cases[[length(cases) + 1]] <<- list(measure = measure, options = options, source = source,
    roles = lapply(roles, num), yi = num(es$yi), vi = num(es$vi))
}
read <- function(name) { d <- read.csv(file.path("data", paste0(name, ".csv"))); d[complete.cases(d), ] }

for (name in c("bcg", "catheters")) {
  d <- read(name); roles <- d[, c("events_t", "n_t", "events_c", "n_c")]
  for (m in c("PHI", "YUQ", "YUY", "OR2DN", "OR2DL", "PBIT"))
    case(m, roles, name, ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c)
  for (m in c("RR", "OR", "RD")) {
    case(m, roles, name, ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c, to = "all", options = list(zero_cells = "all"))
    case(m, roles, name, ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c, to = "none", options = list(zero_cells = "none"))
    case(m, roles, name, ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c, drop00 = TRUE, options = list(zero_cells = "drop-double-zero"))
    case(m, roles, name, ai = d$events_t, n1i = d$n_t, ci = d$events_c, n2i = d$n_c, add = 0.1, options = list(add = 0.1))
  }
}

for (name in c("asthma", "stroke_stay")) {
  d <- read(name); roles <- d[, c("mean_t", "sd_t", "n_t", "mean_c", "sd_c", "n_c")]
  two <- function(measure, ...) case(measure, roles, name, m1i = d$mean_t, sd1i = d$sd_t, n1i = d$n_t, m2i = d$mean_c, sd2i = d$sd_c, n2i = d$n_c, ...)
  for (m in c("SMD1", "SMD1H", "VR", "CVR", "D2ORN", "D2ORL")) two(m)
  for (v in c("LS2", "UB", "AV")) two("SMD", vtype = v, options = list(variance = v))
  two("MD", vtype = "HO", options = list(variance = "HO"))
  one <- d[, c("mean_t", "sd_t", "n_t")]; names(one) <- c("mean", "sd", "n")
  for (m in c("MN", "MNLN", "CVLN", "SDLN", "SMN"))
    case(m, one, paste(name, "treated"), mi = one$mean, sdi = one$sd, ni = one$n)
}

d <- read("warfarin")
for (arm in c("t", "c")) {
  x <- d[[paste0("events_", arm)]]; t <- d[[paste0("time_", arm)]]
  for (m in c("IR", "IRLN", "IRS", "IRFT")) case(m, list(events = x, time = t), paste("warfarin", arm), xi = x, ti = t)
}
zero <- list(events = c(0, 3, 12), time = c(40, 55.5, 101.25))
for (m in c("IR", "IRLN", "IRS", "IRFT")) case(m, zero, "made up, with a zero", xi = zero$events, ti = zero$time)
none <- list(events_t = c(0, 0, 7), time_t = c(40, 50, 60), events_c = c(3, 0, 5), time_c = c(42, 48, 61))
for (m in c("IRR", "IRD", "IRSD")) case(m, none, "made up, with zeros", x1i = none$events_t, t1i = none$time_t, x2i = none$events_c, t2i = none$time_c)
edge <- list(events = c(0, 5, 12), n = c(10, 17, 12))
for (m in c("PR", "PLN", "PLO", "PAS", "PFT")) case(m, edge, "made up, with no and with all events", xi = edge$events, ni = edge$n)

d <- read("training"); sd_post <- d$sd_pre_t * c(1.2, 0.9, 1.1, 1, 0.8)
roles <- list(mean_pre = d$mean_pre_t, sd_pre = d$sd_pre_t, mean_post = d$mean_post_t, sd_post = sd_post, n = d$n_t, r = d$r)
for (m in c("MC", "SMCC", "SMCR", "SMCRH", "ROMC", "CVRC", "VRC"))
  case(m, roles, "training, treated group, made-up sd_post", m1i = d$mean_post_t, m2i = d$mean_pre_t, sd1i = if (m %in% c("SMCR")) d$sd_pre_t else sd_post,
       sd2i = d$sd_pre_t, ni = d$n_t, ri = d$r, code = m)
cases <- Filter(function(x) !(x$measure %in% c("SMCRH", "ROMC", "CVRC", "VRC")), cases)
for (m in c("ROMC", "CVRC", "VRC"))
  case(m, roles, "training, treated group, made-up sd_post", m1i = d$mean_post_t, m2i = d$mean_pre_t, sd1i = sd_post, sd2i = d$sd_pre_t, ni = d$n_t, ri = d$r)
# escalc standardises SMCRH by sd1i and takes sd2i as the other one, so the pre-test goes first and the sign turns.
es <- escalc("SMCRH", m1i = d$mean_pre_t, m2i = d$mean_post_t, sd1i = d$sd_pre_t, sd2i = sd_post, ni = d$n_t, ri = d$r)
cases[[length(cases) + 1]] <- list(measure = "SMCRH", options = NULL, source = "training, treated group, made-up sd_post", roles = lapply(roles, num), yi = -num(es$yi), vi = num(es$vi))

d <- read("adherence")
case("UCOR", d[, c("r", "n")], "adherence", ri = d$r, ni = d$n)
case("UCOR", d[, c("r", "n")], "adherence", ri = d$r, ni = d$n, vtype = "UB", options = list(variance = "UB"))

b <- dat.bonett2010
for (m in c("ARAW", "AHW", "ABT")) case(m, list(alpha = b$ai, m = b$mi, n = b$ni), "dat.bonett2010; Cronbach's alpha of the CES-D, Bonett 2010", ai = b$ai, mi = b$mi, ni = b$ni)

a <- dat.aloe2013
for (m in c("PCOR", "ZPCOR")) case(m, list(t = a$tval, n = a$n, m = a$preds), "dat.aloe2013; teachers' self-efficacy, Aloe 2013", ti = a$tval, ni = a$n, mi = a$preds)
case("SPCOR", list(t = a$tval, n = a$n, m = a$preds, r2 = a$R2), "dat.aloe2013; teachers' self-efficacy, Aloe 2013", ti = a$tval, ni = a$n, mi = a$preds, r2i = a$R2)

# Differences between groups: escalc for each group, subtracted as metafor's documentation of Morris 2008 does.
sd_post_t <- c(11.6, 4.1, 0.1, 4.4, 4.6); sd_post_c <- c(14.8, 3.3, 0.2, 17.9, 6.9)
d <- read("training")
roles <- list(mean_pre_t = d$mean_pre_t, sd_pre_t = d$sd_pre_t, mean_post_t = d$mean_post_t, sd_post_t = sd_post_t, n_t = d$n_t,
              mean_pre_c = d$mean_pre_c, sd_pre_c = d$sd_pre_c, mean_post_c = d$mean_post_c, sd_post_c = sd_post_c, n_c = d$n_c, r = d$r)
group <- function(code, arm) {
  g <- function(x) roles[[paste0(x, "_", arm)]]
  if (code == "SMCRH") { e <- escalc(code, m1i = g("mean_pre"), m2i = g("mean_post"), sd1i = g("sd_pre"), sd2i = g("sd_post"), ni = g("n"), ri = d$r); e$yi <- -e$yi; return(e) }
  if (code == "SMCR") return(escalc(code, m1i = g("mean_post"), m2i = g("mean_pre"), sd1i = g("sd_pre"), ni = g("n"), ri = d$r))
  escalc(code, m1i = g("mean_post"), m2i = g("mean_pre"), sd1i = g("sd_post"), sd2i = g("sd_pre"), ni = g("n"), ri = d$r)
}
for (code in c("MC", "SMCC", "SMCR", "SMCRH", "ROMC")) {
  t <- group(code, "t"); c <- group(code, "c")
  cases[[length(cases) + 1]] <- list(measure = paste0("D", code), options = NULL, source = "Morris 2008, with its standard deviations after", roles = lapply(roles, num),
    yi = num(t$yi) - num(c$yi), vi = num(t$vi) + num(c$vi))
}

# Before and after as two independent groups of the same patients.
es <- escalc("SMD", m1i = roles$mean_post_t, m2i = roles$mean_pre_t, sd1i = sd_post_t, sd2i = roles$sd_pre_t, n1i = roles$n_t, n2i = roles$n_t)
one <- list(mean_pre = roles$mean_pre_t, sd_pre = roles$sd_pre_t, mean_post = roles$mean_post_t, sd_post = sd_post_t, n = roles$n_t)
cases[[length(cases) + 1]] <- list(measure = "SMCI", options = NULL, source = "Morris 2008, treated group", roles = lapply(one, num), yi = num(es$yi), vi = num(es$vi))

# Matched pairs: both, treated only, control only, neither.
p <- list(both = c(6, 0, 12), only_t = c(9, 4, 3), only_c = c(3, 5, 8), neither = c(20, 11, 31))
for (m in c("MPRR", "MPOR", "MPRD", "MPORC")) case(m, p, "made up pairs, one with a zero", ai = p$both, bi = p$only_t, ci = p$only_c, di = p$neither)
p <- lapply(p, function(x) x[c(1, 3)]) # escalc adds for Peto too, which we do not
case("MPPETO", p, "made up pairs", ai = p$both, bi = p$only_t, ci = p$only_c, di = p$neither)
n <- c(38, 60); a <- c(15, 33); b <- c(9, 20); r <- c(0.4, 0.25)
case("MPORM", list(events_t = a, events_c = b, n = n, r = r), "made up margins", ai = a, bi = n - a, ci = b, di = n - b, ri = r)

write_json(list(`_software` = paste("R", getRversion(), "metafor", packageVersion("metafor"), "metadat", packageVersion("metadat")), cases = cases),
           "expected/measures.json", auto_unbox = TRUE, digits = 14, na = "null", null = "null")
