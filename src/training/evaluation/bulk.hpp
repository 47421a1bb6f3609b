#pragma once
// Tissues and diseases in words against samples of whole tissue, read from their files as a
// user's would be, by a pool that was made without them.

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "training/build_pool.hpp"
#include "training/evaluation/measures.hpp"

namespace celloquy::training {

/// A line of bench/eval/bulk.json.
struct BulkTask {
  std::string name, file;
  std::string samples, column;  ///< table of samples (a line each) and its column; empty: the
                                ///< name of a sample is its label
  std::map<std::string, std::string> labels;  ///< label → text; empty: each label its own
  std::vector<std::string> left_out;          ///< parts of the names of sources
};
/// Error (unusable_input): not what it should be.
Expected<std::vector<BulkTask>> read_bulk_tasks(const std::filesystem::path& path);

struct BulkMeasures {
  std::size_t n_samples = 0, n_texts = 0;
  double chance = 0;    ///< share of the most frequent label
  double top1 = 0;      ///< of samples whose best text is theirs
  double balanced = 0;  ///< the same, mean over labels
  double auroc = 0;     ///< of a text's scores over samples, mean over texts
};
/// `scores`: samples × texts.
BulkMeasures measure_bulk(std::span<const float> scores, std::span<const std::size_t> truth,
                          std::size_t n_texts);

Expected<BulkMeasures> evaluate_bulk(const BulkTask& task, const std::filesystem::path& data,
                                     const PairsFolder& pairs, const std::filesystem::path& folder,
                                     const TextFeatures& features, const PoolOptions& options,
                                     const Context& context);

}  // namespace celloquy::training
