// 10x Genomics HDF5: genes × cells, compressed by cell.
#include <algorithm>

#include "io/h5ad_frame.hpp"
#include "io/readers.hpp"

namespace celloquy::io {
namespace {

using hdf5::File;
using hdf5::undefined_address;

/// The group with the matrix: "matrix" (version 3) or that of the genome.
std::vector<std::pair<std::string, std::uint64_t>> matrix_groups(const File& file) {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const auto& link : file.links(file.root())) {
    const auto at = file.find(link.name);
    if (at == undefined_address || !file.is_group(at)) continue;
    if (file.find("barcodes", at) != undefined_address &&
        file.find("indptr", at) != undefined_address)
      out.emplace_back(link.name, at);
  }
  return out;
}

std::vector<std::string> texts_below(const File& file, std::uint64_t group, const std::string& path,
                                     std::string_view name, bool required) {
  const auto at = file.find(name, group);
  const auto where = path + "/" + std::string(name);
  if (at == undefined_address || !file.is_dataset(at)) {
    if (required) refuse("io.part_missing", {{"where", where}});
    return {};
  }
  const auto dataset = file.dataset(at, where);
  if (!dataset.type.is_text()) refuse("io.not_texts", {{"where", where}});
  return read_texts(file, dataset);
}

}  // namespace

bool is_tenx_h5(const File& file) { return !matrix_groups(file).empty(); }

Dataset read_tenx_h5(const File& file, const Context& context) {
  const auto groups = matrix_groups(file);
  if (groups.empty()) refuse("io.hdf5_unknown", {{"path", file.input().path()}});
  const auto& [path, group] = groups.front();
  Dataset dataset;
  dataset.format = "10x_h5";
  for (std::size_t g = 1; g < groups.size(); ++g)
    dataset.notes.push_back(
        message("io.note.other_genome", {{"used", path}, {"other", groups[g].first}}));
  dataset.obs.index = texts_below(file, group, path, "barcodes", true);
  const auto features = file.find("features", group);
  const bool version_3 = features != undefined_address;
  auto ids = version_3 ? texts_below(file, features, path + "/features", "id", true)
                       : texts_below(file, group, path, "genes", true);
  auto names = version_3 ? texts_below(file, features, path + "/features", "name", true)
                         : texts_below(file, group, path, "gene_names", true);
  if (ids.size() != names.size())
    refuse("io.rows_differ",
           {{"where", path + "/features/name"}, {"found", names.size()}, {"expected", ids.size()}});
  dataset.var.index = std::move(names);
  dataset.var.set("gene_ids", std::move(ids));
  if (version_3)
    for (const auto& [from, to] :
         {std::pair{"feature_type", "feature_types"}, std::pair{"genome", "genome"}})
      if (auto texts = texts_below(file, features, path + "/features", from, false);
          texts.size() == dataset.var.index.size())
        dataset.var.set(to, *as_categorical(Column(std::move(texts))));
  const auto source = hdf5::compressed_source(file, group, path, Order::cell_major,
                                              dataset.obs.index.size(), dataset.var.index.size());
  settle_matrix(dataset, hdf5::read_matrix(source, context), "X", context);
  keep_gene_expression(dataset, context);
  settle_dataset(dataset);
  return dataset;
}

}  // namespace celloquy::io
