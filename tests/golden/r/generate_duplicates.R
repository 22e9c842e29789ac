# Exact limits of the number of wrong answers in a finite set of pairs, by R's
# hypergeometric distribution, and their sum over strata from the variances that
# the limits imply (Zou, Huang, Zhang 2009). Rscript generate_duplicates.R
library(jsonlite)

limits <- function(wrong, sample, population, level) {
  tail <- (1 - level) / 2
  numbers <- wrong:(population - (sample - wrong))
  # phyper(q, white, black, drawn): here white are the wrong ones.
  at_least <- 1 - phyper(wrong - 1, numbers, population - numbers, sample)
  at_most <- phyper(wrong, numbers, population - numbers, sample)
  c(min(numbers[at_least > tail]), max(numbers[at_most > tail]))
}

cases <- list(
  c(0, 50, 1000, 0.95), c(1, 50, 1000, 0.95), c(3, 100, 21000, 0.95),
  c(0, 100, 100, 0.95), c(7, 40, 45, 0.90), c(20, 20, 300, 0.95),
  c(2, 10, 12, 0.99)
)
exact <- lapply(cases, function(x) {
  found <- limits(x[1], x[2], x[3], x[4])
  list(wrong = x[1], sample = x[2], population = x[3], level = x[4],
       low = found[1], high = found[2])
})

strata <- list(c(0, 40, 900), c(1, 40, 120), c(5, 20, 35))
total <- sum(sapply(strata, function(x) x[3] * x[1] / x[2]))
low <- sum(sapply(strata, function(x)
  (x[3] * x[1] / x[2] - limits(x[1], x[2], x[3], 0.95)[1])^2))
high <- sum(sapply(strata, function(x)
  (limits(x[1], x[2], x[3], 0.95)[2] - x[3] * x[1] / x[2])^2))
combined <- list(strata = strata, estimate = total,
                 low = total - sqrt(low), high = total + sqrt(high))

write(toJSON(list(exact = exact, combined = combined), auto_unbox = TRUE,
             digits = NA, pretty = TRUE), "expected/duplicates.json")
