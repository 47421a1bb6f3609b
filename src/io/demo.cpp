#include "io/demo.hpp"

#include <unistd.h>

#include <unordered_map>

#include "base/hashing.hpp"
#include "io/assets.hpp"
#include "io/h5ad_writer.hpp"
#include "io/table_reader.hpp"

namespace celloquy::io {
namespace {

std::shared_ptr<const InputFile> open_or_refuse(const std::string& path) {
  auto file = open_input_file(path);
  if (!file) throw Refusal{std::move(file).error()};
  return std::move(*file);
}

std::string asset_or_refuse(const std::string& member) {
  auto path = asset_path("demo_blood", member);
  if (!path) throw Refusal{std::move(path).error()};
  return *path;
}

Column categorical(std::vector<std::string> texts) {
  return *as_categorical(Column(std::move(texts)));
}

/// The part of a cell's name before '_' is its lane; "E2L3" is lane 3 of the
/// second experiment, "L3" that of the first.
void add_lanes(Dataset& dataset) {
  std::vector<std::string> lanes, experiments;
  for (const auto& cell : dataset.obs.index) {
    auto lane = cell.substr(0, cell.find('_'));
    experiments.push_back(lane.starts_with("E2") ? "E2" : "E1");
    lanes.push_back(std::move(lane));
  }
  dataset.obs.set("lane", categorical(std::move(lanes)));
  dataset.obs.set("experiment", categorical(std::move(experiments)));
}

void add_cell_types(Dataset& dataset, const TextTable& annotations) {
  std::unordered_map<std::string, std::string> types;
  for (const auto& row : annotations.rows)
    if (row.size() >= 2) types.emplace(row[0], row[1]);
  std::vector<std::string> column;
  for (const auto& cell : dataset.obs.index) {
    const auto found = types.find(cell);
    column.push_back(found == types.end() ? std::string() : found->second);
  }
  dataset.obs.set("cell_type", categorical(std::move(column)));
}

/// Best effort: the copy only saves time.
void keep_copy(const Dataset& dataset, const std::string& path, const std::string& source,
               const Context& context) {
  H5adContent content;
  content.x = &dataset.matrix;
  content.obs = &dataset.obs;
  content.var = &dataset.var;
  content.uns = {{"celloquy/source", source}};
  (void)write_h5ad(path, content, context);
}

}  // namespace

Dataset read_demo(const Context& context) {
  const auto counts_path = asset_or_refuse("hao1_counts_small.csv");
  const auto annotations_path = asset_or_refuse("hao1_annotations_small.csv");
  const auto counts = open_or_refuse(counts_path);
  const auto annotations = open_or_refuse(annotations_path);
  const auto source = io::fingerprint(*counts) + io::fingerprint(*annotations);
  // The name holds what it was made from, so a stale copy is never found.
  const auto copy =
      asset_cache() + "/demo_blood/.converted-1-" + hash_text(source).substr(0, 16) + ".h5ad";
  Dataset dataset;
  if (access(copy.c_str(), R_OK) == 0) {
    try {
      dataset = read_h5ad(hdf5::File(open_or_refuse(copy)), context);
    } catch (const Refusal& refusal) {
      if (refusal.error.code == ErrorCode::cancelled) throw;
      dataset = Dataset();
    }
  }
  if (dataset.n_cells() == 0) {
    dataset = read_table(*counts, context);
    dataset.notes.clear();
    add_cell_types(dataset, read_text_table(*annotations));
    add_lanes(dataset);
    keep_copy(dataset, copy, source, context);
  }
  dataset.format = "table";
  dataset.path = "demo";
  dataset.fingerprint = hash_text(source);
  return dataset;
}

}  // namespace celloquy::io
