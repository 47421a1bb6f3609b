#!/usr/bin/env Rscript
# Reference values for src/analysis/pseudobulk from limma and edgeR, run as they
# are documented: cpm(log = TRUE, prior.count = 2), lmFit, eBayes(trend = TRUE).
#   apt-get install r-bioc-limma r-bioc-edger
#   Rscript tests/parity/make_limma_reference.R
# Made with R 4.2.2, limma 3.54.1, edgeR 3.40.2.
suppressMessages({library(limma); library(edgeR)})
arguments <- commandArgs(FALSE)
here <- dirname(sub("--file=", "", arguments[grep("--file=", arguments)]))
folder <- file.path(here, "reference", "limma")
dir.create(folder, showWarnings = FALSE, recursive = TRUE)

make <- function(name, seed, genes, first, second, dispersion_spread) {
  set.seed(seed)
  samples <- first + second
  mean <- exp(rnorm(genes, 3, 1.8))
  library_size <- exp(rnorm(samples, 0, 0.4))
  effect <- ifelse(runif(genes) < 0.15, exp(rnorm(genes)), 1)
  dispersion <- 0.05 * exp(rnorm(genes) * dispersion_spread) + 0.3 / mean
  mu <- outer(mean, library_size)
  mu[, seq_len(first)] <- mu[, seq_len(first)] * effect
  counts <- matrix(rnbinom(genes * samples, mu = mu, size = 1 / dispersion), genes)
  logs <- cpm(counts, log = TRUE, prior.count = 2)   # libraries: all genes
  kept <- which(rowSums(counts) >= 10)
  group <- c(rep(1, first), rep(0, second))
  fit <- eBayes(lmFit(logs[kept, ], model.matrix(~group)), trend = TRUE)
  write.table(counts, file.path(folder, paste0(name, "_counts.tsv")), sep = "\t",
              row.names = FALSE, col.names = FALSE)
  result <- data.frame(gene = kept - 1, log2_fold_change = fit$coefficients[, 2],
                       mean = fit$Amean, t = fit$t[, 2], p = fit$p.value[, 2],
                       p_adjusted = p.adjust(fit$p.value[, 2], "BH"))
  write.table(format(result, digits = 15), file.path(folder, paste0(name, "_result.tsv")),
              sep = "\t", row.names = FALSE, quote = FALSE)
  cat(name, "samples", first, second, "df.prior", format(fit$df.prior, digits = 15), "\n")
  writeLines(c(paste("first", first), paste("second", second),
               paste("df_prior", format(fit$df.prior, digits = 15))),
             file.path(folder, paste0(name, "_numbers.txt")))
}
make("large", 1, 400, 4, 3, 0.7)
make("small", 2, 12, 2, 2, 0.5)
make("flat", 5, 60, 5, 5, 0)
