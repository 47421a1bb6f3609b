#pragma once
// Which genes tell each cell type apart, and what each gene is expected to be.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/expected.hpp"
#include "knowledge/genes.hpp"

namespace celloquy::knowledge {

/// One gene of a cell type's signature.
struct Marker {
  std::int32_t gene = 0;     ///< row of MarkerTable::genes
  float weight = 0;          ///< > 0 speaks for the type, < 0 against; squares sum to 1
  std::uint8_t sources = 0;  ///< marker databases that list it for the type; 0: profiles only
  bool human = false, mouse = false;  ///< where the evidence comes from
};

struct MarkerType {
  std::string_view id, name;  ///< "CL:0000236", "B cell"
  std::uint16_t databases = 0, profiles = 0;
  float reliability = 0;              ///< 0..1, how well attested the type is
  std::string_view tissues;           ///< separated by "|"; empty: many or unknown
  std::uint32_t first = 0, last = 0;  ///< markers [first, last), strongest first
};

/// log1p(counts per 10,000) of a gene over cell types.
struct GeneReference {
  float human_mean = 0, human_sd = 0, mouse_mean = 0, mouse_sd = 0;
};

/// About 550 cell types, 38,000 markers, 19,700 genes (approved human symbols;
/// mouse genes go through their orthologs). Immutable. How it was made:
/// scripts/build-markers; sources and licences: models/markers/SOURCES.tsv.
class MarkerTable {
 public:
  /// From models/markers, or from another folder of the same three files.
  static Expected<MarkerTable> load(const std::filesystem::path& folder = {});

  std::size_t size() const { return types_.size(); }
  const MarkerType& type(std::size_t index) const { return types_[index]; }
  std::span<const Marker> markers(std::size_t type) const {
    return std::span(markers_).subspan(types_[type].first, types_[type].last - types_[type].first);
  }
  std::span<const Marker> all_markers() const { return markers_; }
  std::optional<std::size_t> find_type(std::string_view cell_ontology_id) const;

  std::size_t n_genes() const { return genes_.size(); }
  std::string_view gene(std::int32_t gene) const { return genes_[static_cast<std::size_t>(gene)]; }
  const GeneReference& reference(std::int32_t gene) const {
    return references_[static_cast<std::size_t>(gene)];
  }
  /// By approved human symbol.
  std::optional<std::int32_t> find_gene(std::string_view human_symbol) const;

 private:
  MarkerTable() = default;
  std::unique_ptr<std::string> reference_text_, type_text_, marker_text_;
  std::vector<std::string_view> genes_;
  std::vector<GeneReference> references_;
  std::unordered_map<std::string_view, std::int32_t> gene_index_;
  std::vector<MarkerType> types_;
  std::unordered_map<std::string_view, std::size_t> type_index_;
  std::vector<Marker> markers_;
};

/// For each gene name of a file its row in the marker table, −1 where there is
/// none. Names may be symbols, aliases or Ensembl ids of `table`'s organism;
/// a mouse name without an ortholog is tried in capitals.
std::vector<std::int32_t> map_genes(std::span<const std::string> names, const MarkerTable& markers,
                                    const GeneTable& table);

}  // namespace celloquy::knowledge
