#pragma once
// Where a training is, on disk.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "training/optimizer.hpp"

namespace celloquy::training {

/// Random numbers need no state: their streams are named by the step.
struct State {
  std::size_t step = 0;  ///< steps that are done
  std::vector<float> parameters;
  Moments moments;
};

/// Atomic: a crash leaves this state or the one before.
Status write_checkpoint(const std::filesystem::path& file, const std::string& run,
                        const State& state);
/// Nothing when there is no whole checkpoint of `size` parameters. Error (usage)
/// when there is one of another run: options, pairs or encoder have changed.
Expected<std::optional<State>> read_checkpoint(const std::filesystem::path& file,
                                               const std::string& run, std::size_t size);

}  // namespace celloquy::training
