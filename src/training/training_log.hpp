#pragma once
// log.jsonl: how a training went, a line every few steps.

#include <cstddef>
#include <filesystem>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::training {

struct LogEntry {
  std::size_t step = 0;                           ///< steps done
  double loss = 0, temperature = 0, rate = 0;     ///< rate: what learning rates are multiplied by
  double cells_to_texts = 0, texts_to_cells = 0;  ///< found in the batch, 0 … 1
  double seconds = 0;                             ///< of stepping, over all sittings
};

class TrainingLog {
 public:
  /// Keeps the lines up to `step` of what is there: later ones belong to steps
  /// that will be done again.
  static Expected<TrainingLog> open(const std::filesystem::path& file, std::size_t step);
  Status add(const LogEntry& entry);
  /// Loss, and share of cells and texts that found their partner, by step, as SVG.
  Status write_plot(const std::filesystem::path& file) const;
  const std::vector<LogEntry>& entries() const { return entries_; }

 private:
  std::filesystem::path file_;
  std::vector<LogEntry> entries_;
};

}  // namespace celloquy::training
