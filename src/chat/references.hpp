#pragma once
// "them", "the second cluster", "and in B cells?": what a sentence takes from
// the turn before it or from its own first half.

#include <optional>

#include "chat/grammar.hpp"
#include "chat/parser.hpp"
#include "chat/planner.hpp"

namespace celloquy::chat {

/// The calls of a reading; nothing when a reference has nothing to refer to.
std::optional<std::vector<ToolCall>> resolve(const Grammar& grammar, const Reading& reading,
                                             const DataDescription& data);

}  // namespace celloquy::chat
