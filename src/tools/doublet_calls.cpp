#include "tools/doublet_calls.hpp"

#include <cmath>

namespace celloquy::tools {
namespace {

constexpr int version = 1;

}  // namespace

workspace::Blob to_blob(const DoubletCalls& calls) {
  const auto& r = calls.result;
  workspace::Blob blob;
  blob.facts = {{"n_cells", r.score.size()}, {"n_simulated", r.simulated.size()}};
  auto& batches = blob.facts["batches"] = nlohmann::json::array();
  for (const auto& batch : r.batches) {
    const bool judged = batch.threshold == batch.threshold;
    batches.push_back({batch.n_cells, batch.n_called, judged, judged ? batch.expected_rate : 0,
                       judged ? batch.threshold : 0, static_cast<int>(batch.found),
                       judged ? batch.detectable : 0});
  }
  blob.add("score", r.score);
  blob.add("called", r.called);
  blob.add("simulated", r.simulated);
  return blob;
}

bool from_blob(const workspace::Blob& blob, DoubletCalls& calls) {
  auto& r = calls.result;
  const auto* score = blob.array<float>("score");
  const auto* called = blob.array<std::uint8_t>("called");
  const auto* simulated = blob.array<float>("simulated");
  if (!score || !called || !simulated || score->size() != called->size()) return false;
  try {
    for (const auto& row : blob.facts.at("batches")) {
      doublets::Batch batch;
      batch.n_cells = row.at(0);
      batch.n_called = row.at(1);
      const bool judged = row.at(2);
      batch.expected_rate = judged ? row.at(3).get<double>() : std::nan("");
      batch.threshold = judged ? row.at(4).get<double>() : std::nan("");
      batch.found =
          row.at(5).get<int>() == 0 ? doublets::Threshold::valley : doublets::Threshold::expected;
      batch.detectable = judged ? row.at(6).get<double>() : std::nan("");
      r.batches.push_back(batch);
    }
  } catch (const nlohmann::json::exception&) {
    return false;
  }
  r.score = *score;
  r.called = *called;
  r.simulated = *simulated;
  return true;
}

Expected<Shared<DoubletCalls>> doublet_calls(Pipeline& pipeline, const Grouping* batches,
                                             double expected_rate) {
  CELLOQUY_TRY(const std::string input, pipeline.pca_key());
  const nlohmann::json options = {{"batches", batches ? batches->key : std::string()},
                                  {"expected_rate", expected_rate}};
  const std::string key = workspace::result_key(std::span(&input, 1), "doublets", options, version);
  return pipeline.memo<DoubletCalls>("doublets", key, [&]() -> Expected<DoubletCalls> {
    CELLOQUY_TRY(const CountMatrix kept, pipeline.matrix());
    CELLOQUY_TRY(const auto scale, pipeline.normalization());
    CELLOQUY_TRY(const auto variable, pipeline.variable_genes());
    CELLOQUY_TRY(const auto components, pipeline.pca());
    doublets::Options chosen;
    chosen.expected_rate = expected_rate;
    const std::vector<std::int32_t> one(kept.n_cells(), 0);
    CELLOQUY_TRY(auto result,
                 doublets::compute({&kept, scale.get()}, *components, variable->genes,
                                   batches ? batches->codes : one,
                                   batches ? batches->n_groups() : 1, chosen, pipeline.context()));
    return DoubletCalls{std::move(result)};
  });
}

}  // namespace celloquy::tools
