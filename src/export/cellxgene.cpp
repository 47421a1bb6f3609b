#include "export/cellxgene.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "io/assets.hpp"
#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"

namespace celloquy::exports {
namespace {

/// Names that the schema keeps for the labels that CELLxGENE adds itself.
constexpr std::array<std::string_view, 17> reserved_obs = {"assay",
                                                           "cell_type",
                                                           "development_stage",
                                                           "disease",
                                                           "self_reported_ethnicity",
                                                           "sex",
                                                           "tissue",
                                                           "organism",
                                                           "organism_ontology_term_id",
                                                           "observation_joinid",
                                                           "experimental_condition",
                                                           "perturbation_types",
                                                           "ethnicity",
                                                           "ethnicity_ontology_term_id",
                                                           "reported_diseases",
                                                           "donor_age",
                                                           "genetic_perturbation_strategy"};
constexpr std::array<std::string_view, 7> reserved_var = {
    "feature_name", "feature_reference", "feature_biotype",    "feature_length",
    "feature_type", "feature_id",        "feature_is_filtered"};

template <std::size_t N>
bool one_of(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Without the version: "ENSG00000000003.15" → "ENSG00000000003".
std::string plain_ensembl(std::string_view id) {
  return id.starts_with("ENS") ? std::string(id.substr(0, id.find('.'))) : std::string();
}

/// The identifiers of the annotation that the schema is written for. Others, old
/// ones above all, make its validator refuse the file.
Expected<std::unordered_set<std::string>> schema_ids(bool mouse) {
  CELLOQUY_TRY(const auto path, asset_path("gene_tables", mouse ? "genes_mus_musculus.csv.gz"
                                                                : "genes_homo_sapiens.csv.gz"));
  CELLOQUY_TRY(const auto text, knowledge::read_compressed_file(path));
  std::unordered_set<std::string> ids;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto comma = text.find(',', at);
    if (comma < end) ids.insert(text.substr(at, comma - at));
    at = end + 1;
  }
  return ids;
}

/// The identifier of each gene: the file's own, else that of the symbol; empty where unknown.
std::vector<std::string> ensembl_ids(const Dataset& data, const knowledge::GeneTable& table) {
  std::vector<std::string> ids(data.n_genes());
  const Column* own = data.var.find("gene_ids");
  for (std::size_t g = 0; g < ids.size(); ++g) {
    ids[g] = plain_ensembl(data.var.index[g]);
    if (ids[g].empty() && own) ids[g] = plain_ensembl(value_text(*own, g));
    if (!ids[g].empty()) continue;
    const auto match = table.find(data.var.index[g]);
    if (match) ids[g] = table.ensembl(match.gene);
  }
  return ids;
}

/// Genes with an identifier; of several with the same the one whose name is the
/// approved symbol, else the first.
std::vector<std::uint32_t> genes_to_write(const Dataset& data, const std::vector<std::string>& ids,
                                          const knowledge::GeneTable& table) {
  std::unordered_map<std::string_view, std::uint32_t> chosen;
  for (std::uint32_t g = 0; g < ids.size(); ++g) {
    if (ids[g].empty()) continue;
    const auto [place, added] = chosen.try_emplace(ids[g], g);
    if (!added && !table.is_exact_symbol(data.var.index[place->second]) &&
        table.is_exact_symbol(data.var.index[g]))
      place->second = g;
  }
  std::vector<std::uint32_t> out;
  for (const auto& [id, gene] : chosen) out.push_back(gene);
  std::sort(out.begin(), out.end());
  return out;
}

/// Only categories that some row has: the schema refuses others.
Column without_unused(Column column) {
  auto* values = std::get_if<Categorical>(&column);
  if (!values) return column;
  std::vector<std::int32_t> place(values->categories.size(), -1);
  for (const auto code : values->codes)
    if (code >= 0) place[static_cast<std::size_t>(code)] = 0;
  Categorical out;
  out.ordered = values->ordered;
  for (std::size_t c = 0; c < place.size(); ++c) {
    if (place[c] < 0) continue;
    place[c] = static_cast<std::int32_t>(out.categories.size());
    out.categories.push_back(values->categories[c]);
  }
  for (const auto code : values->codes)
    out.codes.push_back(code < 0 ? -1 : place[static_cast<std::size_t>(code)]);
  return out;
}

DataFrame obs_of(const H5adExport& content, const std::vector<std::uint32_t>& cells) {
  DataFrame all = content.dataset->obs.rows(cells), out;
  for (const auto& [name, column] : content.obs) all.set(name, column);
  out.index = std::move(all.index);
  for (auto& [name, column] : all.columns) {
    const bool keeps = !one_of(name, reserved_obs) && !name.starts_with("__");
    out.set(keeps ? name : "author_" + name, without_unused(std::move(column)));
  }
  return out;
}

DataFrame var_of(const H5adExport& content, const std::vector<std::uint32_t>& genes,
                 const std::vector<std::string>& ids) {
  DataFrame all = content.dataset->var, out;
  for (const auto& [name, column] : content.var) all.set(name, column);
  all = all.rows(genes);
  std::vector<std::string> symbols = std::move(all.index);
  for (const auto gene : genes) out.index.push_back(ids[gene]);
  out.set("gene_symbol", std::move(symbols));
  for (auto& [name, column] : all.columns)
    if (!one_of(name, reserved_var) && !name.starts_with("__"))
      out.set(name, without_unused(std::move(column)));
  return out;
}

}  // namespace

Expected<CellxgeneGenes> write_cellxgene(const std::string& path, const H5adExport& content,
                                         const std::string& title, const Context& context) {
  const Dataset& data = *content.dataset;
  const std::string& organism = data.organism.organism;
  if (organism != "human" && organism != "mouse")
    return failure(ErrorCode::cannot_answer, "export.cellxgene.organism", {{"found", organism}});
  CELLOQUY_TRY(const auto* table,
               knowledge::genes_of(organism == "mouse" ? knowledge::Organism::mouse
                                                       : knowledge::Organism::human));
  CELLOQUY_TRY(const auto known, schema_ids(organism == "mouse"));
  auto ids = ensembl_ids(data, *table);
  for (auto& id : ids)
    if (!known.contains(id)) id.clear();
  const auto genes = genes_to_write(data, ids, *table);
  if (genes.empty()) return failure(ErrorCode::cannot_answer, "export.cellxgene.no_ids");
  std::vector<std::uint32_t> cells(data.n_cells());
  std::iota(cells.begin(), cells.end(), 0u);
  if (content.cells) cells = *content.cells;

  CELLOQUY_TRY(auto kept, subset(data.matrix.by_cell(), cells, genes, context));
  const CountMatrix counts(std::move(kept));
  const DataFrame obs = obs_of(content, cells), raw_var = var_of(content, genes, ids);
  DataFrame var = raw_var;
  NullableBoolean filtered;  // no gene of the counts is missing from X
  filtered.values.assign(genes.size(), 0);
  var.set("feature_is_filtered", std::move(filtered));
  H5adContent file;
  file.source_path = data.path;
  file.x = &counts;
  file.obs = &obs;
  file.var = &var;
  if (content.normalization && content.normalization->kind != Normalization::Kind::identity) {
    file.x_normalization = content.normalization;
    file.raw = &counts;
    file.raw_var = &raw_var;
  }
  const auto embeddings = kept_embeddings(content);
  file.obsm = content.obsm;
  for (const auto& [name, block] : embeddings) file.obsm.emplace_back(name, &block);
  file.obsp = content.obsp;
  file.uns = {
      {"title", title},
      {"organism_ontology_term_id", organism == "mouse" ? "NCBITaxon:10090" : "NCBITaxon:9606"}};
  for (const auto& [key, value] : content.facts)
    if (!value.empty()) file.uns.emplace_back("celloquy/" + key, value);
  CELLOQUY_CHECK(write_h5ad(path, file, context));
  return CellxgeneGenes{genes.size(), data.n_genes() - genes.size()};
}

}  // namespace celloquy::exports
