#pragma once
// Learning the joint space: docs/training.md.

#include <filesystem>

#include "language/text_encoder.hpp"
#include "training/exchange.hpp"
#include "training/export_towers.hpp"
#include "training/options.hpp"
#include "training/standardize.hpp"
#include "training/training_log.hpp"

namespace celloquy::training {

struct TrainingResult {
  std::size_t first_step = 0;  ///< 0, or where an earlier sitting had ended
  LogEntry last;               ///< mean over the last tenth of the steps that were logged
  RetrievalCheck retrieval;
  bool quantized = false;
};

/// Learns the two towers from `pairs` and writes towers.safetensors, towers.json
/// and log.jsonl into `folder`, with what is needed to go on: called again after
/// any end of the program it continues, with the same bits as if it had not
/// ended. The same bits for any number of threads; within rounding for any number
/// of processes. When cancelled, the state is kept as well.
/// Errors: unusable_input (pairs, folder), usage (options; the folder belongs to a
/// training with other options), cancelled.
Expected<TrainingResult> train(const PairsFolder& pairs, language::TextEncoder& encoder,
                               const Scales& scales, const Options& options,
                               const std::filesystem::path& folder, Exchange& exchange,
                               const Context& context);

}  // namespace celloquy::training
