#pragma once
// What a picture beside the conversation should show after an answer.

#include <nlohmann/json.hpp>

#include "chat/ask.hpp"

namespace celloquy::server {

/// {"colour":{"field"|"gene"|"text":NAME}} of the last thing that was found; null: leave it.
nlohmann::json answer_view(const chat::Answer& answer, workspace::Study& study,
                           const Context& context);

}  // namespace celloquy::server
