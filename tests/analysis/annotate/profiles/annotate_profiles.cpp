// annotate_profiles TABLE.tsv human|mouse [MARKER_FOLDER] [--share X] [--tissue NAME] [--evidence]
// [--shuffle SEED]
//
// TABLE.tsv: a header line "gene<TAB>group…", then a line a gene with its mean
// log-normalised value in each group. Prints a line a group: group, known, score,
// confidence, lead, alternative id, candidate ids with scores. --shuffle deals
// the rows' values to other genes first: what names come out of nothing.

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "analysis/annotate/annotate.hpp"
#include "base/random.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"

namespace {

using namespace celloquy;

struct Table {
  std::vector<std::string> genes, groups;
  std::vector<float> mean;  // groups × genes
};

Expected<Table> read_table(const char* path) {
  CELLOQUY_TRY(const auto text, knowledge::read_compressed_file(path));
  Table table;
  std::vector<std::vector<float>> rows;
  bool header = true;
  for (const auto line : knowledge::split(text, '\n')) {
    if (line.empty()) continue;
    const auto fields = knowledge::split(line, '\t');
    if (header) {
      for (std::size_t i = 1; i < fields.size(); ++i) table.groups.emplace_back(fields[i]);
      header = false;
      continue;
    }
    table.genes.emplace_back(fields[0]);
    auto& row = rows.emplace_back(table.groups.size());
    for (std::size_t i = 0; i < row.size() && i + 1 < fields.size(); ++i)
      row[i] = static_cast<float>(knowledge::number(fields[i + 1]));
  }
  table.mean.resize(table.groups.size() * table.genes.size());
  for (std::size_t g = 0; g < rows.size(); ++g)
    for (std::size_t k = 0; k < table.groups.size(); ++k)
      table.mean[k * table.genes.size() + g] = rows[g][k];
  return table;
}

void shuffle(Table& table, std::uint64_t seed) {
  RandomStream random(seed, 0);
  const auto n = table.genes.size();
  for (std::size_t i = n; i-- > 1;) {
    const auto j = static_cast<std::size_t>(random.next() % (i + 1));
    for (std::size_t k = 0; k < table.groups.size(); ++k)
      std::swap(table.mean[k * n + i], table.mean[k * n + j]);
  }
}

int fail(const Error& error) {
  std::fprintf(stderr, "%s\n%s\n", error.message.en.c_str(), error.remedy.en.c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return std::fprintf(stderr, "usage: annotate_profiles TABLE.tsv human|mouse …\n"), 2;
  annotate::Options options;
  options.organism =
      std::strcmp(argv[2], "mouse") == 0 ? knowledge::Organism::mouse : knowledge::Organism::human;
  const char* folder = "";
  bool show_evidence = false;
  long seed = -1;
  for (int i = 3; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--share") && i + 1 < argc)
      options.own_mean_share = std::atof(argv[++i]);
    else if (!std::strcmp(argv[i], "--tissue") && i + 1 < argc)
      options.tissue = argv[++i];
    else if (!std::strcmp(argv[i], "--shuffle") && i + 1 < argc)
      seed = std::atol(argv[++i]);
    else if (!std::strcmp(argv[i], "--evidence"))
      show_evidence = true;
    else
      folder = argv[i];
  }
  auto table = read_table(argv[1]);
  if (!table) return fail(table.error());
  if (seed >= 0) shuffle(*table, static_cast<std::uint64_t>(seed));
  const auto markers = knowledge::MarkerTable::load(folder);
  const auto ontology = knowledge::cell_ontology();
  const auto genes = knowledge::genes_of(options.organism);
  if (!markers) return fail(markers.error());
  if (!ontology) return fail(ontology.error());
  if (!genes) return fail(genes.error());

  const annotate::Inputs inputs{static_cast<std::uint32_t>(table->groups.size()),
                                static_cast<std::uint32_t>(table->genes.size()),
                                table->mean,
                                {},
                                table->genes};
  const auto start = std::chrono::steady_clock::now();
  const auto result = annotate::compute(inputs, *markers, **ontology, **genes, options, Context{});
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (!result) return fail(result.error());
  for (std::size_t k = 0; k < result->groups.size(); ++k) {
    const auto& group = result->groups[k];
    const double other = group.alternative ? group.alternative->score : 0;
    std::printf("%s\t%d\t%.2f\t%.3f\t%.4f\t%s\t", table->groups[k].c_str(), group.known,
                group.score, group.confidence,
                group.score > 0 ? (group.score - other) / group.score : 0.0,
                group.alternative ? group.alternative->id.c_str() : "-");
    for (const auto& c : group.candidates) std::printf("%s=%.2f ", c.id.c_str(), c.score);
    std::printf("\n");
    if (show_evidence)
      for (const auto& e : group.evidence)
        std::printf("#  %-12s %+.2f  mean %.2f elsewhere %.2f sources %d\n",
                    table->genes[e.gene].c_str(), e.contribution, e.mean, e.mean_elsewhere,
                    e.sources);
  }
  std::fprintf(stderr, "# %zu groups, %u of %zu genes used, own mean share %.2f, %.1f ms\n",
               result->groups.size(), result->n_genes_used, table->genes.size(),
               result->own_mean_share, took.count());
}
