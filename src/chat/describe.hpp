#pragma once
// What the planner and the checker know about an open study: its names.

#include "chat/planner.hpp"
#include "workspace/study.hpp"

namespace celloquy::chat {

/// Reads the file when it has not been read yet. Clusters are those that were
/// made already; none are made here.
Expected<DataDescription> describe(workspace::Study& study, const Context& context);

/// The calls of the latest turn that can be repeated or referred to.
std::vector<ToolCall> previous_calls(const workspace::Study& study);

nlohmann::json calls_to_json(const std::vector<ToolCall>& calls);
std::vector<ToolCall> calls_from_json(const nlohmann::json& calls);

}  // namespace celloquy::chat
