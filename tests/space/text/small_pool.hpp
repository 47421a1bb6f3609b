#pragma once
// A pool of three entries over the real gene space, made with the twin of the text encoder.

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "knowledge/knowledge.hpp"
#include "language/text_encoder.hpp"
#include "language/words.hpp"
#include "space/model/pool.hpp"

namespace celloquy::space::testing {

struct SmallEntry {
  std::uint32_t family;
  std::string id;
  std::vector<std::string> texts;
  std::vector<std::string> genes;
};

inline const std::vector<SmallEntry>& small_entries() {
  static const std::vector<SmallEntry> entries = {
      {0, "CL:0000236", {"B cell", "B lymphocyte"}, {"MS4A1", "CD79A", "CD19"}},
      {0, "CL:0000623", {"natural killer cell"}, {"NKG7", "GNLY"}},
      {1, "", {"antigen binding of immunoglobulins"}, {"IGHM", "CD79A"}}};
  return entries;
}

inline std::size_t gene_row(const std::string& symbol) {
  const auto* table = *knowledge::marker_table();
  return static_cast<std::size_t>(table->find_gene(symbol).value());
}

inline Pool small_pool(language::TextEncoder& encoder) {
  Pool pool;
  pool.encoder = encoder.identity();
  pool.n_genes = (*knowledge::marker_table())->n_genes();
  pool.genes_hash = *gene_space_hash();
  pool.families = {{"markers", 2}, {"gene_sets", 0.3f}};
  std::vector<std::string> texts;
  for (const auto& entry : small_entries()) {
    PoolEntry made;
    made.family = entry.family;
    made.name = entry.texts[0];
    made.cell_ontology_id = entry.id;
    made.first_text = static_cast<std::uint32_t>(pool.text.size());
    for (const auto& text : entry.texts) {
      pool.text.push_back(static_cast<std::uint32_t>(texts.size()));
      texts.push_back(text);
    }
    made.last_text = static_cast<std::uint32_t>(pool.text.size());
    made.first_gene = pool.gene.size();
    std::vector<std::size_t> rows;
    for (const auto& gene : entry.genes) rows.push_back(gene_row(gene));
    std::sort(rows.begin(), rows.end());
    for (const auto row : rows) {
      pool.gene.push_back(static_cast<std::uint16_t>(row));
      pool.gene_weight.push_back(100);
    }
    made.last_gene = pool.gene.size();
    pool.gene_scale.push_back(
        static_cast<float>(1 / (100 * std::sqrt(static_cast<double>(rows.size())))));
    pool.entries.push_back(made);
  }
  const auto vectors = *encoder.encode(texts, Context{});
  const std::size_t d = encoder.dimension();
  auto& bytes = pool.text_vectors;
  bytes.n_cells = texts.size();
  bytes.n_dimensions = d;
  bytes.values = Buffer<std::int8_t>(texts.size() * d);
  for (std::size_t t = 0; t < texts.size(); ++t) {
    double square = 0;
    for (std::size_t k = 0; k < d; ++k) {
      const auto whole = static_cast<std::int8_t>(std::lround(vectors[t * d + k] * 127));
      bytes.values[t * d + k] = whole;
      square += static_cast<double>(whole) * whole;
    }
    bytes.scale.push_back(static_cast<float>(1 / std::sqrt(square)));
  }
  auto& words = pool.words;
  std::set<std::string> known;
  for (const auto& text : texts)
    for (auto& word : language::content_words(text)) known.insert(word);
  words.words.assign(known.begin(), known.end());
  words.first.push_back(0);
  for (const auto& text : texts) {
    for (const auto& word : language::content_words(text))
      words.word.push_back(
          static_cast<std::uint32_t>(std::distance(known.begin(), known.find(word))));
    words.first.push_back(static_cast<std::uint32_t>(words.word.size()));
  }
  pool.regression.mean.assign(d, 0);
  pool.regression.scale.assign(pool.n_genes, 0);
  pool.regression.values.assign(pool.n_genes * d, 0);
  return pool;
}

}  // namespace celloquy::space::testing
