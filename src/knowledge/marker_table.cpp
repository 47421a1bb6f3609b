#include "knowledge/marker_table.hpp"

#include <algorithm>

#include "knowledge/gene_kinds.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"

namespace celloquy::knowledge {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return result;
}

float value(std::string_view field) { return static_cast<float>(number(field)); }

}  // namespace

Expected<MarkerTable> MarkerTable::load(const std::filesystem::path& folder) {
  const auto place = folder.empty() ? models_folder() / "markers" : folder;
  MarkerTable table;
  CELLOQUY_TRY(auto reference, read_compressed_file(place / "reference.tsv.gz"));
  CELLOQUY_TRY(auto types, read_compressed_file(place / "cell_types.tsv.gz"));
  CELLOQUY_TRY(auto markers, read_compressed_file(place / "markers.tsv.gz"));
  table.reference_text_ = std::make_unique<std::string>(std::move(reference));
  table.type_text_ = std::make_unique<std::string>(std::move(types));
  table.marker_text_ = std::make_unique<std::string>(std::move(markers));

  std::vector<std::string_view> f;
  CELLOQUY_TRY(auto genes,
               TableReader::open("reference.tsv.gz", *table.reference_text_,
                                 {"gene", "human_mean", "human_sd", "mouse_mean", "mouse_sd"}));
  table.gene_index_.reserve(40'000);
  while (genes.next(f)) {
    table.gene_index_.emplace(f[0], static_cast<std::int32_t>(table.genes_.size()));
    table.genes_.push_back(f[0]);
    table.references_.push_back({value(f[1]), value(f[2]), value(f[3]), value(f[4])});
  }

  CELLOQUY_TRY(auto rows, TableReader::open(
                              "cell_types.tsv.gz", *table.type_text_,
                              {"id", "name", "databases", "profiles", "reliability", "tissues"}));
  while (rows.next(f)) {
    table.type_index_.emplace(f[0], table.types_.size());
    table.types_.push_back({f[0], f[1], static_cast<std::uint16_t>(number(f[2])),
                            static_cast<std::uint16_t>(number(f[3])), value(f[4]), f[5], 0, 0});
  }

  CELLOQUY_TRY(auto lines, TableReader::open("markers.tsv.gz", *table.marker_text_,
                                             {"id", "gene", "weight", "sources", "species"}));
  table.markers_.reserve(40'000);
  std::size_t type = 0;
  while (lines.next(f)) {
    if (type >= table.types_.size() || table.types_[type].id != f[0]) {
      const auto found = table.type_index_.find(f[0]);
      if (found == table.type_index_.end() || table.types_[found->second].last != 0)
        return failure(ErrorCode::internal, "knowledge.markers_out_of_order", {{"id", f[0]}});
      type = found->second;
      table.types_[type].first = static_cast<std::uint32_t>(table.markers_.size());
    }
    if (const auto gene = table.gene_index_.find(f[1]); gene != table.gene_index_.end())
      table.markers_.push_back({gene->second, value(f[2]), static_cast<std::uint8_t>(number(f[3])),
                                f[4].find('h') != std::string_view::npos,
                                f[4].find('m') != std::string_view::npos});
    table.types_[type].last = static_cast<std::uint32_t>(table.markers_.size());
  }
  return table;
}

std::optional<std::size_t> MarkerTable::find_type(std::string_view cell_ontology_id) const {
  const auto found = type_index_.find(cell_ontology_id);
  if (found == type_index_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int32_t> MarkerTable::find_gene(std::string_view human_symbol) const {
  const auto found = gene_index_.find(human_symbol);
  if (found == gene_index_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::int32_t> map_genes(std::span<const std::string> names, const MarkerTable& markers,
                                    const GeneTable& table) {
  std::vector<std::int32_t> rows(names.size(), -1);
  const bool mouse = table.organism() == Organism::mouse;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto name = without_genome_prefix(names[i]);
    const auto match = table.find(name);
    auto row = match ? markers.find_gene(table.human_symbol(match.gene)) : std::nullopt;
    // A mouse gene without ortholog in the table usually still has the human name.
    if (!row && mouse) row = markers.find_gene(upper(match ? table.symbol(match.gene) : name));
    if (row) rows[i] = *row;
  }
  return rows;
}

}  // namespace celloquy::knowledge
