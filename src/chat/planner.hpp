#pragma once
// From a sentence to tool calls.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/text.hpp"

namespace celloquy::chat {

struct ToolCall {
  std::string tool;
  nlohmann::json arguments = nlohmann::json::object();
};

/// What a planner knows about the data: names only, never the matrix.
struct DataDescription {
  struct Field {
    std::string name;
    std::vector<std::string> values;  ///< categories; empty for numbers
  };
  std::vector<std::string> genes;
  std::vector<Field> fields;
  std::vector<std::string> clusters;        ///< names of the current clusters, if there are any
  std::vector<std::string> cluster_labels;  ///< what they are called, in the same order
  std::vector<ToolCall> previous;           ///< calls of the last turn, for "and in B cells?"
  /// Cells were selected after the last turn: "these" are they.
  bool newly_selected = false;
  std::string organism;
};

struct Plan {
  std::vector<ToolCall> calls;  ///< in order; empty when a question is asked back
  double confidence = 0;        ///< 0 to 1: the share of the sentence that was understood
  /// Readings to choose from when unsure; each is a sentence that is understood.
  std::vector<Text> alternatives;
  Text question;  ///< the short question to ask back, when unsure
  Language language = Language::english;
};

class Planner {
 public:
  virtual ~Planner() = default;
  virtual Expected<Plan> plan(const std::string& sentence, const DataDescription& data) const = 0;
};

}  // namespace celloquy::chat
