#include "tools/gene_sets.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "base/white_space.hpp"
#include "tools/similar_names.hpp"

namespace celloquy::tools {
namespace {

using nlohmann::json;

std::string key_of(const std::string& fingerprint) { return "gene-sets-" + fingerprint; }

/// Quotes around a cell go with the blanks.
std::string cell_text(std::string_view text) { return trimmed(text, " \t\r\""); }

struct Line {
  std::size_t number;
  std::vector<std::string> cells;
};

/// Cells are separated by tabs, else by commas or semicolons: the first that the text has.
std::vector<Line> lines_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const char separator = text.find('\t') != std::string_view::npos  ? '\t'
                         : text.find(',') != std::string_view::npos ? ','
                                                                    : ';';
  std::vector<Line> out;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (cell_text(line).empty() || line.front() == '#') continue;
    Line made{number, {}};
    for (std::size_t from = 0; from <= line.size();) {
      const auto to = std::min(line.find(separator, from), line.size());
      made.cells.push_back(cell_text(line.substr(from, to - from)));
      from = to + 1;
    }
    out.push_back(std::move(made));
  }
  return out;
}

/// Puts sets together by name, genes once each.
class Collector {
 public:
  Status add(std::size_t line, const std::string& name, const std::string& gene) {
    if (name.empty() || gene.empty()) return {};
    if (name.size() > 200 || gene.size() > 100)
      return failure(ErrorCode::unusable_input, "tools.gene_sets.long_name", {{"line", line}});
    for (const char c : name + gene)
      if (static_cast<unsigned char>(c) < 0x20)
        return failure(ErrorCode::unusable_input, "tools.gene_sets.not_text", {{"line", line}});
    auto [place, fresh] = place_.try_emplace(name, sets_.size());
    if (fresh) sets_.push_back({name, {}});
    if (sets_.size() > most_gene_sets)
      return failure(ErrorCode::unusable_input, "tools.gene_sets.too_many",
                     {{"most", most_gene_sets}});
    auto& set = sets_[place->second];
    if (!seen_.insert(name + "\n" + gene).second) return {};
    if (set.genes.size() == most_genes_of_a_set)
      return failure(ErrorCode::unusable_input, "tools.gene_sets.too_long",
                     {{"name", name}, {"most", most_genes_of_a_set}});
    set.genes.push_back(gene);
    return {};
  }
  std::vector<GeneSet> take() { return std::move(sets_); }

 private:
  std::vector<GeneSet> sets_;
  std::map<std::string, std::size_t> place_;
  std::unordered_set<std::string> seen_;
};

/// The column whose title is one of these; the number of cells when none is.
std::size_t column_called(const std::vector<std::string>& header,
                          std::initializer_list<std::string_view> names) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string title = lower(header[i]);
    if (std::find(names.begin(), names.end(), title) != names.end()) return i;
  }
  return header.size();
}

/// The second cell of a GMT line is a description: a link, "na", or words.
bool looks_like_gmt(const std::vector<Line>& lines, std::string_view text) {
  if (text.find('\t') == std::string_view::npos) return false;
  const auto described = [](const Line& line) {
    if (line.cells.size() < 3) return false;
    const std::string& second = line.cells[1];
    return second.empty() || second.find("://") != std::string::npos ||
           second.find(' ') != std::string::npos || lower(second) == "na" || second == ">" ||
           second == line.cells[0];
  };
  const auto gmt = std::count_if(lines.begin(), lines.end(), described);
  // Lines of different lengths are no table either.
  const bool ragged = std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
    return line.cells.size() != lines.front().cells.size();
  });
  return gmt * 2 > static_cast<long>(lines.size()) || (ragged && lines.front().cells.size() > 2);
}

}  // namespace

Expected<std::vector<GeneSet>> parse_gene_sets(std::string_view text) {
  if (text.find('\0') != std::string_view::npos)
    return failure(ErrorCode::unusable_input, "tools.gene_sets.not_text", {{"line", 1}});
  const auto lines = lines_of(text);
  if (lines.empty()) return failure(ErrorCode::unusable_input, "tools.gene_sets.empty");
  Collector sets;
  const auto& header = lines.front().cells;
  const std::size_t set_column =
      column_called(header, {"set", "gene_set", "geneset", "gs_name", "pathway", "term", "name",
                             "cell_type", "celltype", "cluster", "module", "signature"});
  const std::size_t gene_column =
      column_called(header, {"gene", "genes", "gene_symbol", "symbol", "gene_name", "genesymbol"});
  if (looks_like_gmt(lines, text)) {
    for (const auto& line : lines)
      for (std::size_t i = 2; i < line.cells.size(); ++i)
        CELLOQUY_CHECK(sets.add(line.number, line.cells[0], line.cells[i]));
  } else if (set_column < header.size() && gene_column < header.size()) {
    for (auto line = lines.begin() + 1; line != lines.end(); ++line)
      if (std::max(set_column, gene_column) < line->cells.size())
        CELLOQUY_CHECK(sets.add(line->number, line->cells[set_column], line->cells[gene_column]));
  } else {
    for (auto line = lines.begin() + 1; line != lines.end(); ++line)
      for (std::size_t i = 0; i < std::min(header.size(), line->cells.size()); ++i)
        CELLOQUY_CHECK(sets.add(line->number, header[i], line->cells[i]));
  }
  auto out = sets.take();
  if (out.empty()) return failure(ErrorCode::unusable_input, "tools.gene_sets.empty");
  return out;
}

std::vector<GeneSet> gene_sets(const workspace::ResultStore& results,
                               const std::string& fingerprint) {
  std::vector<GeneSet> out;
  const auto blob = results.find(key_of(fingerprint));
  if (!blob || !blob->facts.is_object()) return out;
  for (const auto& one : blob->facts.value("sets", json::array()))
    if (one.is_object() && one.contains("name") && one.contains("genes"))
      out.push_back({one["name"].get<std::string>(), one["genes"].get<std::vector<std::string>>()});
  return out;
}

namespace {

Status store(workspace::Study& study, const std::vector<GeneSet>& sets) {
  workspace::Blob blob;
  blob.facts["sets"] = json::array();
  for (const auto& set : sets)
    blob.facts["sets"].push_back({{"name", set.name}, {"genes", set.genes}});
  return study.results().put(key_of(study.fingerprint()), blob);
}

}  // namespace

Status add_gene_sets(workspace::Study& study, const std::vector<GeneSet>& sets) {
  auto all = gene_sets(study.results(), study.fingerprint());
  for (const auto& set : sets) {
    const auto known = std::find_if(all.begin(), all.end(),
                                    [&](const GeneSet& one) { return one.name == set.name; });
    if (known == all.end())
      all.push_back(set);
    else
      known->genes = set.genes;
  }
  if (all.size() > most_gene_sets)
    return failure(ErrorCode::usage, "tools.gene_sets.too_many", {{"most", most_gene_sets}});
  return store(study, all);
}

Expected<bool> remove_gene_set(workspace::Study& study, const std::string& name) {
  auto all = gene_sets(study.results(), study.fingerprint());
  if (std::erase_if(all, [&](const GeneSet& one) { return one.name == name; }) == 0) return false;
  CELLOQUY_CHECK(store(study, all));
  return true;
}

}  // namespace celloquy::tools
