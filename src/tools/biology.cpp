#include "tools/biology.hpp"

#include <algorithm>

#include "knowledge/knowledge.hpp"
#include "knowledge/organism.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

const knowledge::CellOntology* ontology() {
  const auto loaded = knowledge::cell_ontology();
  return loaded ? *loaded : nullptr;
}

CellTypeName named(const knowledge::CellOntology& terms, knowledge::TermIndex term) {
  return {std::string(terms.id(term)), terms.label(term)};
}

std::string joined(const std::vector<std::string>& words, std::size_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i ? " " : "") + words[(first + i) % count];
  return out;
}

/// The name with its first `count` words rotated: "T cells CD8" → "CD8 T cells".
std::optional<knowledge::TermIndex> find_rotated(const knowledge::CellOntology& terms,
                                                 const std::vector<std::string>& words,
                                                 std::size_t count) {
  for (std::size_t first = 0; first < count; ++first)
    if (const auto term = terms.find(joined(words, first, count))) return term;
  return std::nullopt;
}

const knowledge::GeneTable* genes(std::string_view organism) {
  const auto loaded = organism == "mouse" ? knowledge::mouse_genes() : knowledge::human_genes();
  return loaded ? *loaded : nullptr;
}

}  // namespace

std::optional<CellTypeName> find_cell_type(std::string_view text) {
  const auto* terms = ontology();
  if (!terms) return std::nullopt;
  if (const auto term = terms->find(text)) return named(*terms, *term);
  const auto words = words_of(text);
  if (words.size() < 2 || words.size() > 6) return std::nullopt;
  if (const auto term = find_rotated(*terms, words, words.size())) return named(*terms, *term);
  return std::nullopt;
}

std::optional<CellTypeName> cell_type_of_category(std::string_view category) {
  if (auto found = find_cell_type(category)) return found;
  const auto* terms = ontology();
  if (!terms) return std::nullopt;
  const auto words = words_of(category);
  if (words.empty() || words.size() > 8 || words.front() == "non" || words.front() == "not")
    return std::nullopt;
  for (std::size_t count = words.size() - 1; count >= 1; --count)
    if (const auto term = find_rotated(*terms, words, count)) return named(*terms, *term);
  return std::nullopt;
}

bool is_kind_of(std::string_view id, std::string_view ancestor) {
  const auto* terms = ontology();
  if (!terms) return id == ancestor;
  const auto term = terms->find_id(id), above = terms->find_id(ancestor);
  return term && above && terms->is_a(*term, *above);
}

std::vector<std::string> gene_synonyms(std::string_view gene, std::string_view organism) {
  const auto* table = genes(organism);
  if (!table) return {};
  const auto match = table->find(gene);
  std::vector<std::string> out;
  const auto add = [&](std::int32_t row) {
    out.emplace_back(table->symbol(row));
    if (!table->ensembl(row).empty()) out.emplace_back(table->ensembl(row));
  };
  if (match) add(match.gene);
  return out;
}

std::vector<std::string> ambiguous_gene(std::string_view gene, std::string_view organism) {
  const auto* table = genes(organism);
  if (!table) return {};
  const auto match = table->find(gene);
  std::vector<std::string> out;
  if (match.ambiguous())
    for (const auto other : match.others) out.emplace_back(table->symbol(other));
  return out;
}

}  // namespace celloquy::tools
