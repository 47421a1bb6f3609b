#include "io/input_state.hpp"

#include <cmath>

#include "io/gene_names.hpp"
#include "support.hpp"

namespace celloquy::test {
namespace {

/// What the reader finds out about a dense X with these values.
Dataset state_of(const Counts& counts) {
  const Folder folder;
  Storage storage;
  storage.kind = Storage::dense_matrix;
  storage.value_type = H5T_IEEE_F64LE;
  write_h5ad_file(folder.file("x.h5ad"), counts, storage);
  auto read = read_dataset(folder.file("x.h5ad"), Context());
  EXPECT_TRUE(read) << sentence(read);
  return read ? std::move(*read) : Dataset();
}

/// Counts divided by the cell's sum, times `target`, then `finish`.
template <class F>
Counts normalized(Counts counts, double target, F finish) {
  for (std::size_t cell = 0; cell < counts.cells; ++cell) {
    double sum = 0;
    for (std::size_t gene = 0; gene < counts.genes; ++gene) sum += counts.at(cell, gene);
    for (std::size_t gene = 0; gene < counts.genes; ++gene) {
      auto& value = counts.values[cell * counts.genes + gene];
      value = finish(value / sum * target);
    }
  }
  return counts;
}

TEST(InputState, IsFoundFromTheNumbers) {
  const auto counts = make_counts(60, 80);
  auto found = state_of(counts);
  EXPECT_EQ(found.state, InputState::raw_counts);
  EXPECT_EQ(found.states[0].largest, 9);
  EXPECT_NE(found.states[0].evidence.en.find("whole numbers"), std::string::npos);

  auto noisy = counts;
  for (std::size_t i = 0; i < noisy.values.size(); ++i) noisy.values[i] += (i % 2 ? 1e-11 : -1e-11);
  found = state_of(noisy);
  EXPECT_EQ(found.state, InputState::noisy_counts);
  EXPECT_EQ(dense(found.matrix), counts.values);
  EXPECT_TRUE(found.matrix.counts());
  EXPECT_TRUE(has_note(found, "rounded to whole numbers"));

  found = state_of(normalized(counts, 1e4, [](double x) { return x; }));
  EXPECT_EQ(found.state, InputState::normalized);
  EXPECT_NEAR(found.states[0].target_sum, 1e4, 0.1);

  // Proportions: small enough that the logarithm hardly changes them.
  found = state_of(normalized(counts, 1, [](double x) { return x; }));
  EXPECT_EQ(found.state, InputState::normalized);
  EXPECT_NEAR(found.states[0].target_sum, 1, 1e-4);

  for (const double base : {std::exp(1.0), 2.0, 10.0}) {
    const auto logs =
        normalized(counts, 1e4, [&](double x) { return std::log1p(x) / std::log(base); });
    found = state_of(logs);
    EXPECT_EQ(found.state, InputState::log1p) << base;
    EXPECT_NEAR(found.states[0].target_sum, 1e4, 1) << base;
    EXPECT_EQ(has_note(found, "converted to natural"), base == 2 || base == 10);
    // Whatever the base was, the matrix holds natural logarithms.
    const auto natural = normalized(counts, 1e4, [](double x) { return std::log1p(x); });
    const auto got = dense(found.matrix);
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], natural.values[i], 1e-5);
  }
}

/// The first `genes` of all, as when others were left out.
Counts first_genes(const Counts& all, std::size_t cells, std::size_t genes) {
  Counts part{cells, genes, {}};
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t gene = 0; gene < genes; ++gene) part.values.push_back(all.at(cell, gene));
  return part;
}

TEST(InputState, LogarithmsWithoutAConstantSumAreStillSeen) {
  // Some genes are gone after normalisation, so the sums differ.
  const auto all = normalized(make_counts(60, 120), 1e4, [](double x) { return std::log1p(x); });
  const auto found = state_of(first_genes(all, 60, 40));
  EXPECT_EQ(found.state, InputState::log1p);
  EXPECT_EQ(found.states[0].target_sum, 0);
  EXPECT_NE(found.states[0].evidence.en.find("multiples"), std::string::npos);
}

TEST(InputState, AbundancesWithoutSomeGenesAreNoLogarithms) {
  // Divided by the lengths of the genes, so that nothing is a multiple of anything.
  auto counts = make_counts(60, 120);
  for (std::size_t cell = 0; cell < 60; ++cell)
    for (std::size_t gene = 0; gene < 120; ++gene)
      counts.values[cell * 120 + gene] /= 1 + 0.37 * static_cast<double>(gene);
  const auto all = normalized(counts, 1e6, [](double x) { return x; });
  const auto found = state_of(first_genes(all, 60, 90));
  EXPECT_EQ(found.state, InputState::normalized);
  EXPECT_EQ(found.states[0].target_sum, 0);
  EXPECT_NE(found.states[0].evidence.en.find("TPM"), std::string::npos);
}

TEST(InputState, ScaledAndUnknown) {
  auto scaled = make_counts(200, 30);
  for (std::size_t gene = 0; gene < 30; ++gene) {
    double sum = 0, squares = 0;
    for (std::size_t cell = 0; cell < 200; ++cell)
      sum += scaled.at(cell, gene), squares += scaled.at(cell, gene) * scaled.at(cell, gene);
    const double mean = sum / 200, deviation = std::sqrt(squares / 200 - mean * mean);
    for (std::size_t cell = 0; cell < 200; ++cell)
      scaled.values[cell * 30 + gene] = (scaled.at(cell, gene) - mean) / deviation;
  }
  EXPECT_EQ(state_of(scaled).state, InputState::scaled);
  auto negative = make_counts(60, 30, 1000);
  negative.values[5] = -4.5;
  const auto found = state_of(negative);
  EXPECT_EQ(found.state, InputState::unknown);
  EXPECT_EQ(found.states[0].n_negative, 1u);
  auto odd = make_counts(60, 30);
  RandomStream random(3);
  for (std::size_t i = 0; i < odd.values.size(); ++i)
    odd.values[i] *= 100 * random.uniform() * static_cast<double>(1 + i / 30);  // 30 a cell
  EXPECT_EQ(state_of(odd).state, InputState::unknown);
}

/// `samples` of intensities: each gene its own level over three orders of magnitude, and noise.
Counts intensities(std::size_t samples, std::size_t genes) {
  Counts out{samples, genes, {}};
  RandomStream random(4);
  std::vector<double> level(genes);
  for (auto& x : level) x = 20 * std::exp2(8 * random.uniform() * random.uniform());
  for (std::size_t i = 0; i < samples * genes; ++i)
    out.values.push_back(level[i % genes] * std::exp2(0.3 * random.normal()));
  return out;
}

TEST(InputState, LogarithmsOfIntensitiesAreNotTakenForNormalisedValues) {
  auto logs = intensities(20, 1500);
  for (auto& value : logs.values) value = std::log2(value);
  // Their sums agree within a percent, as those of normalised cells do.
  auto found = state_of(logs);
  EXPECT_EQ(found.state, InputState::log1p);
  EXPECT_NE(found.states[0].evidence.en.find("intensities"), std::string::npos);
  // Turned back they add up to what the intensities do.
  const auto linear = intensities(20, 1500);
  double total = 0;
  for (std::size_t g = 0; g < 1500; ++g) total += linear.at(0, g);
  EXPECT_NEAR(found.states[0].target_sum / total, 1, 0.05);
  EXPECT_NEAR(dense(found.matrix)[7], logs.values[7] * std::log(2), 1e-5);
  // A panel of 40 proteins is nothing of that kind.
  auto panel = intensities(60, 40);
  for (auto& value : panel.values) value = std::log2(value);
  EXPECT_EQ(state_of(panel).states[0].evidence.en.find("intensities"), std::string::npos);
}

TEST(InputState, IntensitiesAreMeasuredAmounts) {
  auto linear = intensities(20, 1500);
  for (std::size_t i = 0; i < linear.values.size(); ++i)
    linear.values[i] *= 1.0 + 0.4 * static_cast<double>(i / 1500 % 3);  // sums do not agree
  const auto found = state_of(linear);
  EXPECT_EQ(found.state, InputState::normalized);
  EXPECT_EQ(found.states[0].target_sum, 0);
}

TEST(GeneNames, OrganismAndKindOfIdentifier) {
  const auto check = [](std::vector<std::string> names, const char* organism, GeneIdKind kind) {
    const auto finding = io::detect_organism(names);
    EXPECT_EQ(finding.organism, organism) << names[0];
    EXPECT_EQ(finding.gene_ids, kind) << names[0];
    EXPECT_FALSE(finding.evidence.en.empty());
    EXPECT_FALSE(finding.evidence.zh.empty());
  };
  check({"CD3E", "LYZ", "NKG7", "MS4A1", "PPBP", "GNLY", "FCGR3A", "MT-ND1", "IL7R", "CCR7",
         "S100A4", "C1orf112"},
        "human", GeneIdKind::symbols);
  check({"Cd3e", "Lyz2", "Nkg7", "Ms4a1", "Ppbp", "Gnly", "Fcgr3", "mt-Nd1", "Il7r", "Ccr7",
         "S100a4", "Actb"},
        "mouse", GeneIdKind::symbols);
  check({"cd3e", "lyz", "nkl.2", "ms4a17a", "actb1", "mpx", "pax2a", "sox10", "gata1a", "tbx16",
         "fgf8a", "shha"},
        "zebrafish", GeneIdKind::symbols);
  check({"ENSG00000000003", "ENSG00000000005", "ENSG00000000419"}, "human", GeneIdKind::ensembl);
  check({"ENSMUSG00000000001.5", "ENSMUSG00000000003.16"}, "mouse", GeneIdKind::ensembl_versioned);
  check({"ENSDARG00000000001", "ENSDARG00000000002"}, "zebrafish", GeneIdKind::ensembl);
  check({"GRCh38_CD3E", "GRCh38_LYZ", "mm10___Cd3e", "mm10___Lyz2"}, "human+mouse",
        GeneIdKind::symbols);
  check({"hg19_ENSG00000000003", "mm10_ENSMUSG00000000001"}, "human+mouse", GeneIdKind::ensembl);
  check({"7105", "64102", "8813"}, "unknown", GeneIdKind::entrez);
  check({"gene_1", "gene_2", "gene_3", "gene_4", "gene_5", "gene_6", "gene_7", "gene_8", "gene_9",
         "gene_10", "gene_11"},
        "unknown", GeneIdKind::unknown);
}

TEST(GeneNames, SymbolsReplaceIdentifiers) {
  Dataset dataset;
  dataset.var.index = {"ENSG00000198851", "ENSG00000090382", "ENSG00000105374",
                       "ENSG00000156738", "ENSG00000163736", "ENSG00000115523"};
  dataset.var.set(
      "feature_name",
      Categorical{{"CD3E", "LYZ", "NKG7", "MS4A1", "PPBP"}, {0, 1, 2, 3, 4, -1}, false});
  io::settle_names(dataset);
  EXPECT_EQ(dataset.var.index,
            (std::vector<std::string>{"CD3E", "LYZ", "NKG7", "MS4A1", "PPBP", "ENSG00000115523"}));
  EXPECT_EQ(value_text(*dataset.var.find("gene_ids"), 1), "ENSG00000090382");
  EXPECT_EQ(dataset.organism.gene_ids, GeneIdKind::ensembl);
  EXPECT_EQ(dataset.organism.organism, "human");
}

TEST(GeneNames, RepeatedNamesAreMadeUnique) {
  std::vector<std::string> names = {"A", "B", "A", "A-1", "A", "B"};
  EXPECT_EQ(io::make_unique(names), 3u);
  EXPECT_EQ(names, (std::vector<std::string>{"A", "B", "A-2", "A-1", "A-3", "B-1"}));
  EXPECT_EQ(io::make_unique(names), 0u);
}

}  // namespace
}  // namespace celloquy::test
