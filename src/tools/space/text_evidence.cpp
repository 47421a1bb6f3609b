#include "tools/space/text_evidence.hpp"

#include <algorithm>
#include <cctype>

#include "space/cells/score.hpp"
#include "tools/build.hpp"

namespace celloquy::tools {
namespace {

constexpr std::size_t sources_said = 3;
constexpr std::size_t genes_said = 5;
constexpr std::size_t genes_listed = 20;  ///< either way
/// Said to speak against is what weighs at least so much of the strongest gene for it.
constexpr double worth_saying = 0.05;

/// Has Chinese characters (U+4E00 to U+9FFF begin with E4 to E9 in UTF-8).
bool has_chinese(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0xE4 && byte <= 0xE9;
  });
}

/// "Plasma cells" and "plasma cell" are one source in a sentence.
std::string plain_name(const std::string& name) {
  std::string out;
  for (const char c : name) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (out.size() > 3 && out.back() == 's') out.pop_back();
  return out;
}

std::vector<space::SpeakingSource> merged(const std::vector<space::SpeakingSource>& sources) {
  std::vector<space::SpeakingSource> out;
  for (const auto& source : sources) {
    const auto same = std::find_if(out.begin(), out.end(), [&](const auto& other) {
      return plain_name(other.name) == plain_name(source.name);
    });
    if (same == out.end()) {
      out.push_back(source);
      continue;
    }
    same->share += source.share;
    if (same->family.find(source.family) == std::string::npos) same->family += ", " + source.family;
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.share > b.share; });
  return out;
}

Table sources_table(const std::vector<space::SpeakingSource>& sources) {
  Table table{"sources", message("tools.title.text_sources"), {}};
  auto name = table_column("name", "tools.title.text_source");
  auto family = table_column("family", "tools.title.text_family");
  auto share = table_column("percent", "tools.title.percent", "%");
  for (const auto& source : sources) {
    name.cells.push_back(Value::name(source.name, NameKind::none));
    family.cells.push_back(Value::name(source.family, NameKind::none));
    share.cells.push_back(Value::number(100 * source.share, "%"));
  }
  table.columns = {std::move(name), std::move(family), std::move(share)};
  return table;
}

/// The file's gene for each gene of the space, −1: not measured.
std::vector<std::int32_t> file_genes(const CellView& cells) {
  std::vector<std::int32_t> out(cells.standardization.n_space_genes(), -1);
  const auto& of = cells.standardization.space_gene;
  for (std::size_t g = 0; g < of.size(); ++g)
    if (of[g] >= 0) out[static_cast<std::size_t>(of[g])] = static_cast<std::int32_t>(g);
  return out;
}

}  // namespace

void add_reading(Finding& finding, const std::string& text, const space::TextVector& read) {
  auto& values = finding.values;
  const bool named = !read.cell_ontology_id.empty();
  values["text"] = Value::name(text, NameKind::none);
  values["read_as"] = Value::name(read.read_as, named ? NameKind::cell_type : NameKind::none);
  if (named) {
    values["ontology_id"] = Value::name(read.cell_ontology_id, NameKind::none);
    say(finding.statements, "tools.space.read_as_type", {"read_as", "ontology_id"});
  } else if (read.read_as != text) {
    say(finding.statements, "tools.space.read_as", {"read_as"});
  }
  if (!read.genes.empty()) {
    std::string genes;
    for (const auto& gene : read.genes) genes += (genes.empty() ? "" : ", ") + gene;
    values["named_genes"] = Value::name(genes, NameKind::gene);
    say(finding.statements, "tools.space.read_genes", {"named_genes"});
  }
  if (has_chinese(read.read_as)) say(finding.caveats, "tools.space.caveat_untranslated");
}

void add_sources(Finding& finding, const space::TextVector& read) {
  const auto sources = merged(read.sources);
  finding.tables.push_back(sources_table(sources));
  const auto said = std::min(sources_said, sources.size());
  if (said > 0)
    finding.statements.push_back({"tools.space.sources",
                                  {{"sources", rows_of("sources.name", said)},
                                   {"percents", rows_of("sources.percent", said)}}});
}

std::vector<std::string> strongest_genes(const Dataset& data, const CellView& cells,
                                         const space::TextVector& text, std::size_t most) {
  const auto in_file = file_genes(cells);
  std::vector<std::uint32_t> order;
  for (std::uint32_t g = 0; g < in_file.size(); ++g)
    if (in_file[g] >= 0 && text.weights[g] > 0) order.push_back(g);
  const auto n = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n), order.end(),
                    [&](auto a, auto b) {
                      return text.weights[a] != text.weights[b] ? text.weights[a] > text.weights[b]
                                                                : a < b;
                    });
  std::vector<std::string> names;
  for (std::size_t i = 0; i < n; ++i)
    names.push_back(data.var.index[static_cast<std::size_t>(in_file[order[i]])]);
  return names;
}

Expected<std::vector<std::string>> genes_for(const Dataset& data, const CellView& cells,
                                             const space::TextVector& text,
                                             std::span<const std::uint32_t> positions,
                                             std::size_t most, const Context& context) {
  CELLOQUY_TRY(const auto shares, space::cell_contributions(cells.view(), cells.standardization,
                                                            text.weights, positions, context));
  const auto in_file = file_genes(cells);
  std::vector<std::string> names;
  for (const auto& one : shares.genes) {
    const auto gene = in_file[static_cast<std::size_t>(one.space_gene)];
    if (one.contribution <= 0 || gene < 0) continue;
    if (names.size() == most) break;
    names.push_back(data.var.index[static_cast<std::size_t>(gene)]);
  }
  return names;
}

Status add_gene_shares(Pipeline& pipeline, const CellView& cells, const space::TextVector& text,
                       std::span<const std::uint32_t> positions, const std::string& id,
                       Finding& finding) {
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  CELLOQUY_TRY(const auto shares,
               space::cell_contributions(cells.view(), cells.standardization, text.weights,
                                         positions, pipeline.context()));
  const auto in_file = file_genes(cells);
  Table table{"genes", message("tools.title.text_genes"), {}};
  auto gene = table_column("gene", "tools.title.gene", "", NameKind::gene);
  auto contribution = table_column("contribution", "tools.title.contribution");
  auto weight = table_column("weight", "tools.title.text_weight");
  const auto listed = [&](const space::CellContribution& one) {
    return in_file[static_cast<std::size_t>(one.space_gene)] >= 0;
  };
  const auto add = [&](const space::CellContribution& one) {
    const auto g = static_cast<std::size_t>(one.space_gene);
    gene.cells.push_back(
        Value::name(data->var.index[static_cast<std::size_t>(in_file[g])], NameKind::gene));
    contribution.cells.push_back(Value::number(one.contribution, ""));
    weight.cells.push_back(Value::number(static_cast<double>(text.weights[g]), ""));
  };
  // Those for it come first, so that a sentence can name the first rows of either.
  std::size_t n_for = 0, n_against = 0, n_worth_saying = 0;
  double strongest = 0;
  for (const auto& one : shares.genes)
    if (one.contribution > 0 && n_for < genes_listed && listed(one)) {
      add(one);
      strongest = std::max(strongest, one.contribution);
      ++n_for;
    }
  for (const auto& one : shares.genes)
    if (one.contribution < 0 && n_against < genes_listed && listed(one)) {
      add(one);
      ++n_against;
      n_worth_saying += -one.contribution >= worth_saying * strongest;
    }
  table.columns = {std::move(gene), std::move(contribution), std::move(weight)};
  finding.tables.push_back(std::move(table));
  if (n_for == 0) return {};
  Statement statement{id, {{"for", rows_of("genes.gene", std::min(n_for, genes_said))}}};
  if (n_worth_saying > 0)
    statement.blanks.emplace_back(
        "against", rows_of("genes.gene", n_for + std::min(n_worth_saying, genes_said), n_for));
  else
    statement.message += "_only_for";
  finding.statements.push_back(std::move(statement));
  return {};
}

}  // namespace celloquy::tools
