#pragma once
// Findings as an answer: the tools' own sentences in the language asked, each
// with the mark of its evidence.

#include <string>
#include <vector>

#include "tools/finding.hpp"

namespace celloquy::chat {

struct NarrationLimits {
  std::size_t sentences = 6;  ///< of one finding, caveats included, list lines not
  std::size_t lines = 20;     ///< of a list ("…row" statements)
  std::size_t caveats = 2;
};

/// What was done first, then what was found, then what to be careful with.
/// `first` is the number of the first finding's mark.
std::string narrate(const std::vector<tools::Finding>& findings, Language language,
                    const NarrationLimits& limits = {}, std::size_t first = 1);

}  // namespace celloquy::chat
