#pragma once
// The units of a sentence as they were written.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "chat/units.hpp"

namespace celloquy::chat {

/// Where each unit stands in its sentence. Both must outlive it.
class Surfaces {
 public:
  Surfaces(std::string_view sentence, const std::vector<Unit>& units)
      : sentence_(sentence), units_(units) {
    std::size_t at = 0;
    for (const auto& unit : units) {
      place_.push_back(std::min(sentence.find(unit.surface, at), sentence.size()));
      at = place_.back() + unit.surface.size();
    }
  }

  /// Units [begin, end), not empty, with what stands between them.
  std::string text(unsigned begin, unsigned end) const {
    return std::string(sentence_.substr(place_[begin], end_of(end - 1) - place_[begin]));
  }
  /// White space stands before it.
  bool spaced(unsigned i) const { return i > 0 && place_[i] > end_of(i - 1); }

 private:
  std::size_t end_of(unsigned i) const { return place_[i] + units_[i].surface.size(); }

  std::string_view sentence_;
  const std::vector<Unit>& units_;
  std::vector<std::size_t> place_;
};

}  // namespace celloquy::chat
