#include "server/studies/snapshot.hpp"

#include <algorithm>

#include "tools/annotation.hpp"
#include "tools/selection_groups.hpp"

namespace celloquy::server {
namespace {

using tools::Grouping;
using tools::Pipeline;

/// Clusters, their names and the layout, where they were made before.
Status add_results(Pipeline& pipeline, Snapshot& snapshot) {
  const auto& store = pipeline.study().results();
  CELLOQUY_TRY(snapshot.layout_key, pipeline.layout_key());
  if (store.contains(snapshot.layout_key))
    if (auto layout = pipeline.layout()) snapshot.layout = *layout;
  CELLOQUY_TRY(const std::string clusters, pipeline.clusters_key(pipeline.resolution()));
  if (!store.contains(clusters)) return {};
  auto grouping = pipeline.cluster_grouping();
  if (!grouping) return {};
  if (store.contains(tools::annotation_key(*grouping)))
    if (auto labels = tools::label_grouping(pipeline))
      snapshot.labels = std::make_shared<const Grouping>(*std::move(labels));
  snapshot.clusters = std::make_shared<const Grouping>(*std::move(grouping));
  return {};
}

void add_own_fields(Pipeline& pipeline, Snapshot& snapshot) {
  for (const auto& name : pipeline.own_field_names())
    if (auto field = pipeline.own_field(name))
      snapshot.own_fields[name] = {pipeline.study().state().slots.at(tools::own_field_slot(name)),
                                   *std::move(field)};
}

template <class F>
void each_kept(const Snapshot& snapshot, const std::vector<std::uint32_t>& file_cells, F&& f) {
  const auto& kept = snapshot.cells->kept;
  auto next = kept.begin();
  for (const auto cell : file_cells) {
    if (snapshot.all_cells) {
      if (cell < kept.size()) f(std::size_t{cell});
      continue;
    }
    next = std::lower_bound(next, kept.end(), cell);
    if (next == kept.end()) return;
    if (*next == cell) f(static_cast<std::size_t>(next - kept.begin()));
  }
}

}  // namespace

Expected<std::shared_ptr<const Snapshot>> take_snapshot(workspace::Study& study,
                                                        const Context& context) {
  Pipeline pipeline(study, context);
  auto out = std::make_shared<Snapshot>();
  CELLOQUY_TRY(const Dataset* data, pipeline.dataset());
  (void)data;
  out->data = study.shared_dataset();
  out->state = study.state().id;
  out->branch = study.branch();
  out->can_undo = !study.state().parent.empty();
  out->can_redo = study.redo_steps() > 0;
  out->branches = study.branches();
  out->turns = std::make_shared<const std::vector<workspace::Turn>>(study.turns());
  out->all_cells = pipeline.all_cells_kept();
  CELLOQUY_TRY(out->cells, pipeline.cells());
  CELLOQUY_TRY(out->cells_key, pipeline.cells_key());
  CELLOQUY_CHECK(add_results(pipeline, *out));
  add_own_fields(pipeline, *out);
  CELLOQUY_TRY(const auto selections, study.selections());
  for (const auto& [name, key] : selections)
    if (const auto cells = tools::selected_cells(pipeline, key))
      out->selections[name] = {key, *cells};
  return std::shared_ptr<const Snapshot>(std::move(out));
}

std::string bitmap_of(const Snapshot& snapshot, const std::vector<std::uint32_t>& file_cells) {
  std::string bits((snapshot.n_kept() + 7) / 8, '\0');
  each_kept(snapshot, file_cells, [&](std::size_t at) {
    bits[at >> 3] = static_cast<char>(static_cast<unsigned char>(bits[at >> 3]) | (1u << (at & 7)));
  });
  return bits;
}

std::size_t n_kept_of(const Snapshot& snapshot, const std::vector<std::uint32_t>& file_cells) {
  std::size_t n = 0;
  each_kept(snapshot, file_cells, [&](std::size_t) { ++n; });
  return n;
}

std::optional<tools::CellList> cells_of_bitmap(const Snapshot& snapshot,
                                               const std::string& bitmap) {
  const std::size_t n = snapshot.n_kept();
  if (bitmap.size() != (n + 7) / 8) return std::nullopt;
  if (n % 8 && static_cast<unsigned char>(bitmap.back()) >> (n % 8)) return std::nullopt;
  tools::CellList list;
  for (std::size_t i = 0; i < n; ++i)
    if (static_cast<unsigned char>(bitmap[i >> 3]) >> (i & 7) & 1)
      list.kept.push_back(snapshot.cells->kept[i]);
  return list;
}

}  // namespace celloquy::server
