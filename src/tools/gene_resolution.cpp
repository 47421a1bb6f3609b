#include "tools/gene_resolution.hpp"

#include <algorithm>

#include "tools/biology.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

/// The column of this name, or of the only name that differs in case.
std::optional<std::uint32_t> find_name(const std::vector<std::string>& names,
                                       const std::string& wanted) {
  const std::string plain = lower(wanted);
  std::optional<std::uint32_t> other_case;
  bool several = false;
  for (std::uint32_t i = 0; i < names.size(); ++i) {
    if (names[i] == wanted) return i;
    if (names[i].size() == wanted.size() && lower(names[i]) == plain) {
      several = other_case.has_value();
      other_case = i;
    }
  }
  return several ? std::nullopt : other_case;
}

/// Columns of var that hold other names of the genes ("gene_ids", "feature_name").
std::optional<std::uint32_t> find_in_var(const Dataset& data, const std::string& wanted) {
  for (const auto& [name, column] : data.var.columns) {
    const auto* texts = std::get_if<std::vector<std::string>>(&column);
    if (!texts) continue;
    if (const auto found = find_name(*texts, wanted)) return found;
  }
  return std::nullopt;
}

}  // namespace

Expected<GeneChoice> resolve_gene(const Dataset& data, const std::string& text) {
  const auto& names = data.var.index;
  if (const auto index = find_name(names, text)) return GeneChoice{*index, names[*index], text};
  if (const auto index = find_in_var(data, text))
    return GeneChoice{*index, names[*index], text, true};
  for (const auto& other : gene_synonyms(text, data.organism.organism)) {
    if (const auto index = find_name(names, other))
      return GeneChoice{*index, names[*index], text, lower(names[*index]) != lower(text)};
    if (const auto index = find_in_var(data, other))
      return GeneChoice{*index, names[*index], text, lower(names[*index]) != lower(text)};
  }
  std::vector<Text> meant;
  for (const auto& other : ambiguous_gene(text, data.organism.organism))
    if (find_name(names, other)) meant.push_back(Text::same(other));
  if (meant.size() > 1)
    return failure(ErrorCode::cannot_answer, "tools.gene.ambiguous",
                   {{"gene", text}, {"genes", enumerate(meant)}});
  std::vector<Text> near;
  for (const auto& name : similar_names(names, text, 5)) near.push_back(Text::same(name));
  if (near.empty())
    return failure(ErrorCode::cannot_answer, "tools.gene.unknown", {{"gene", text}});
  return failure(ErrorCode::cannot_answer, "tools.gene.unknown_near",
                 {{"gene", text}, {"near", enumerate(near)}});
}

void say_synonym(Finding& finding, const GeneChoice& gene, std::size_t number) {
  if (!gene.synonym) return;
  const std::string asked = "asked_" + std::to_string(number);
  const std::string measured = "measured_" + std::to_string(number);
  finding.values[asked] = Value::name(gene.asked, NameKind::gene);
  finding.values[measured] = Value::name(gene.name, NameKind::gene);
  finding.statements.push_back({"tools.gene.synonym", {{"asked", asked}, {"measured", measured}}});
}

}  // namespace celloquy::tools
