#include "training/build_pool.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/thread_pool.hpp"
#include "knowledge/knowledge.hpp"
#include "language/words.hpp"
#include "space/text/attention.hpp"
#include "training/json_lines.hpp"
#include "training/regression.hpp"
#include "training/standardize.hpp"

namespace celloquy::training {
namespace {

constexpr std::uint32_t none = ~std::uint32_t{0};

/// Row of the gene space by gene of the folder.
std::vector<std::uint32_t> space_rows(const PairsFolder& pairs,
                                      const knowledge::MarkerTable& table) {
  std::vector<std::uint32_t> rows;
  for (const auto& symbol : pairs.genes()) {
    const auto found = table.find_gene(symbol);
    rows.push_back(found ? static_cast<std::uint32_t>(*found) : none);
  }
  return rows;
}

/// Sums of the profiles of each source and platform.
struct Means {
  std::vector<std::vector<double>> source, platform;
  std::vector<double> source_count;
};

bool left_out(const PairsFolder& pairs, const Pair& pair, const PoolOptions& options) {
  if (pair.source < 0) return false;
  const auto& name = pairs.source(pair).name;
  return std::any_of(options.left_out.begin(), options.left_out.end(),
                     [&](const auto& part) { return name.find(part) != std::string::npos; });
}

/// Means over the profiles that are used. A gene that a source did not measure
/// does not count in the mean of its platform.
Expected<Means> means_of(const PairsFolder& pairs, const std::vector<std::uint32_t>& used,
                         const Context& context) {
  const auto n_genes = pairs.genes().size();
  const auto& index = pairs.index();
  Means means;
  means.source.resize(index.sources.size());
  means.source_count.assign(index.sources.size(), 0);
  PairRow row;
  for (const auto p : used) {
    if (!pairs.is_profile(pairs[p])) continue;
    if (context.cancelled()) return cancelled_error();
    CELLOQUY_CHECK(pairs.read_row(p, row));
    const auto s = static_cast<std::size_t>(pairs[p].source);
    if (means.source[s].empty()) means.source[s].assign(n_genes, 0);
    for (std::size_t i = 0; i < row.genes.size(); ++i)
      means.source[s][row.genes[i]] += static_cast<double>(row.values[i]);
    means.source_count[s] += 1;
  }
  const auto n_platforms = index.platforms.size();
  means.platform.assign(n_platforms, std::vector<double>(n_genes, 0));
  std::vector<std::vector<double>> count(n_platforms, std::vector<double>(n_genes, 0));
  for (std::size_t s = 0; s < means.source.size(); ++s) {
    if (means.source[s].empty()) continue;
    const auto p = static_cast<std::size_t>(index.sources[s].platform);
    for (std::size_t g = 0; g < n_genes; ++g) {
      if (!index.sources[s].measures(g)) continue;
      means.platform[p][g] += means.source[s][g];
      count[p][g] += means.source_count[s];
    }
    for (auto& value : means.source[s]) value /= means.source_count[s];
  }
  for (std::size_t p = 0; p < n_platforms; ++p)
    for (std::size_t g = 0; g < n_genes; ++g)
      if (count[p][g] > 0) means.platform[p][g] /= count[p][g];
  return means;
}

/// The strongest values of a vector as a sparse vector of length 1, by gene of the space.
SparseVector strongest(std::span<const float> values, std::span<const std::uint32_t> space_row,
                       std::size_t most) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < values.size(); ++g)
    if (values[g] != 0 && space_row[g] != none) order.push_back(g);
  const auto stronger = [&](std::uint32_t a, std::uint32_t b) {
    const float x = std::abs(values[a]), y = std::abs(values[b]);
    return x != y ? x > y : a < b;
  };
  if (order.size() > most) {
    std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(most), order.end(),
                     stronger);
    order.resize(most);
  }
  std::sort(order.begin(), order.end(),
            [&](auto a, auto b) { return space_row[a] < space_row[b]; });
  SparseVector out;
  double square = 0;
  for (const auto g : order) square += static_cast<double>(values[g]) * values[g];
  const double length = std::sqrt(square);
  for (const auto g : order) {
    out.genes.push_back(static_cast<std::uint16_t>(space_row[g]));
    out.values.push_back(static_cast<float>(values[g] / length));
  }
  return out;
}

/// z of a profile, measured from half its table's mean and half its platform's.
Expected<std::vector<SparseVector>> entry_vectors(const PairsFolder& pairs,
                                                  const std::vector<std::uint32_t>& used,
                                                  const PoolOptions& options,
                                                  const Context& context) {
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  CELLOQUY_TRY(const auto scales, scales_of(pairs.genes(), *table));
  CELLOQUY_TRY(const auto means, means_of(pairs, used, context));
  const auto space_row = space_rows(pairs, *table);
  const auto n_genes = pairs.genes().size();
  std::vector<std::uint32_t> all(n_genes);
  std::iota(all.begin(), all.end(), 0u);
  const GeneChoice choice(all, n_genes);
  std::vector<SparseVector> result(used.size());
  std::vector<float> centre(n_genes), z(n_genes);
  PairRow row;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (context.cancelled()) return cancelled_error();
    const auto& pair = pairs[used[i]];
    CELLOQUY_CHECK(pairs.read_row(used[i], row));
    if (pairs.is_profile(pair)) {
      const auto& source = pairs.source(pair);
      const auto& own = means.source[static_cast<std::size_t>(pair.source)];
      const auto& platform = means.platform[static_cast<std::size_t>(source.platform)];
      for (std::size_t g = 0; g < n_genes; ++g)
        centre[g] = static_cast<float>(0.5 * own[g] + 0.5 * platform[g]);
      standardize(row, source, choice, scales, centre.data(), z.data());
      result[i] = strongest(z, space_row, options.genes_a_profile);
    } else {
      std::fill(z.begin(), z.end(), 0.0f);
      for (std::size_t k = 0; k < row.genes.size(); ++k) z[row.genes[k]] = row.values[k];
      result[i] = strongest(z, space_row, n_genes);
    }
    context.report("pool", static_cast<double>(i) / static_cast<double>(used.size()));
  }
  return result;
}

/// What is shown of each entry: pairs.jsonl again, for the words that the index does not keep.
Status name_entries(const std::filesystem::path& folder, const std::vector<std::uint32_t>& used,
                    space::Pool& pool) {
  std::size_t next = 0;
  const auto text = [](const nlohmann::json& object, const char* field) {
    return object.contains(field) && object[field].is_string() ? object[field].get<std::string>()
                                                               : std::string();
  };
  return for_each_json_line(folder / "pairs.jsonl", nullptr,
                            [&](std::uint64_t line, const nlohmann::json& object) -> Status {
                              if (next >= used.size() || line != used[next] + std::uint64_t{1})
                                return {};
                              auto& entry = pool.entries[next++];
                              entry.name = text(object["texts"][0], "text");
                              entry.cell_ontology_id = text(object, "cell_type");
                              entry.source = text(object, "source");
                              return {};
                            });
}

void add_genes(const std::vector<SparseVector>& vectors, space::Pool& pool) {
  for (std::size_t e = 0; e < vectors.size(); ++e) {
    const auto& vector = vectors[e];
    float largest = 0;
    for (const float v : vector.values) largest = std::max(largest, std::abs(v));
    auto& entry = pool.entries[e];
    entry.first_gene = pool.gene.size();
    double square = 0;
    for (std::size_t i = 0; i < vector.genes.size(); ++i) {
      const auto whole = static_cast<std::int8_t>(std::lround(vector.values[i] / largest * 127));
      if (whole == 0) continue;
      pool.gene.push_back(vector.genes[i]);
      pool.gene_weight.push_back(whole);
      square += static_cast<double>(whole) * whole;
    }
    entry.last_gene = pool.gene.size();
    pool.gene_scale.push_back(square > 0 ? static_cast<float>(1 / std::sqrt(square)) : 0.0f);
  }
}

/// Text vectors as whole numbers, each text that some entry has once.
Status add_texts(const PairsFolder& pairs, const std::vector<std::uint32_t>& used,
                 const std::vector<std::uint8_t>& wanted, const TextFeatures& features,
                 space::Pool& pool) {
  std::vector<std::uint32_t> row_of(wanted.size(), none), rows;
  for (std::size_t e = 0; e < used.size(); ++e) {
    auto& entry = pool.entries[e];
    entry.first_text = static_cast<std::uint32_t>(pool.text.size());
    for (const auto& text : pairs.texts(pairs[used[e]])) {
      if (!wanted[text.text]) continue;
      if (row_of[text.text] == none) {
        row_of[text.text] = static_cast<std::uint32_t>(rows.size());
        rows.push_back(text.text);
      }
      pool.text.push_back(row_of[text.text]);
    }
    entry.last_text = static_cast<std::uint32_t>(pool.text.size());
  }
  auto& vectors = pool.text_vectors;
  vectors.n_cells = rows.size();
  vectors.n_dimensions = features.dimension();
  vectors.values = Buffer<std::int8_t>(rows.size() * vectors.n_dimensions);
  std::vector<float> vector(features.dimension());
  for (std::size_t r = 0; r < rows.size(); ++r) {
    CELLOQUY_CHECK(features.read(rows[r], vector.data()));
    vectors.scale.push_back(
        round_to_bytes(vector, vectors.values.data() + r * vectors.n_dimensions));
  }
  return {};
}

/// The words of each text, in the order of the text vectors.
Status add_words(const PairsFolder& pairs, const std::vector<std::uint32_t>& used,
                 const std::vector<std::uint8_t>& wanted, space::Pool& pool) {
  std::vector<std::uint32_t> row_of(wanted.size(), none);
  std::size_t next = 0;
  for (const auto u : used)
    for (const auto& text : pairs.texts(pairs[u]))
      if (wanted[text.text]) row_of[text.text] = pool.text[next++];
  std::vector<std::vector<std::string>> words(pool.text_vectors.n_cells);
  CELLOQUY_CHECK(pairs.for_each_text([&](std::uint32_t row, const std::string& text) -> Status {
    if (row_of[row] != none) words[row_of[row]] = language::content_words(text);
    return {};
  }));
  auto& [names, first, word] = pool.words;
  for (const auto& of_text : words) names.insert(names.end(), of_text.begin(), of_text.end());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  first.push_back(0);
  for (const auto& of_text : words) {
    for (const auto& name : of_text)
      word.push_back(static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), name) -
                                                names.begin()));
    first.push_back(static_cast<std::uint32_t>(word.size()));
  }
  return {};
}

}  // namespace

std::vector<std::uint8_t> texts_in(const PairsFolder& pairs, std::string_view language) {
  const auto& index = pairs.index();
  std::vector<std::uint8_t> wanted(index.text_keys.size(), 0);
  for (const auto& text : index.texts)
    if (index.languages[static_cast<std::size_t>(text.language)] == language) wanted[text.text] = 1;
  return wanted;
}

Expected<space::Pool> build_pool(const PairsFolder& pairs, const std::filesystem::path& folder,
                                 const TextFeatures& features, std::string_view encoder,
                                 const PoolOptions& options, const Context& context) {
  const auto wanted = texts_in(pairs, options.language);
  space::Pool pool;
  pool.encoder = encoder;
  CELLOQUY_TRY(pool.genes_hash, space::gene_space_hash());
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  pool.n_genes = table->n_genes();
  std::vector<std::uint32_t> family_row(pairs.index().families.size(), none);
  for (std::size_t f = 0; f < family_row.size(); ++f) {
    const auto& name = pairs.index().families[f].name;
    const auto found = options.family_weights.find(name);
    if (found == options.family_weights.end()) continue;
    family_row[f] = static_cast<std::uint32_t>(pool.families.size());
    pool.families.push_back({name, found->second});
  }
  std::vector<std::uint32_t> used;
  for (std::uint32_t p = 0; p < pairs.size(); ++p) {
    const auto texts = pairs.texts(pairs[p]);
    const bool readable = std::any_of(texts.begin(), texts.end(),
                                      [&](const auto& text) { return wanted[text.text] != 0; });
    const auto family = family_row[static_cast<std::size_t>(pairs[p].family)];
    if (!readable || family == none || left_out(pairs, pairs[p], options)) continue;
    if (std::binary_search(options.left_out_pairs.begin(), options.left_out_pairs.end(), p))
      continue;
    used.push_back(p);
    pool.entries.push_back({});
    pool.entries.back().family = family;
  }
  CELLOQUY_TRY(const auto vectors, entry_vectors(pairs, used, options, context));
  CELLOQUY_CHECK(name_entries(folder, used, pool));
  CELLOQUY_CHECK(add_texts(pairs, used, wanted, features, pool));
  CELLOQUY_CHECK(add_words(pairs, used, wanted, pool));
  add_genes(vectors, pool);
  RegressionInput input{pool, vectors, {}, options.ridge};
  for (const auto& family : pool.families)
    input.family_weights.push_back(family.name == "markers" ? options.markers_in_regression
                                                            : family.weight);
  CELLOQUY_TRY(pool.regression, ridge_regression(input, context));
  return pool;
}

}  // namespace celloquy::training
