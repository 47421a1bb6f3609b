#pragma once
// The planner that needs no model: lattice → chart → frames → references
// resolved → the best reading, or a question back.

#include "chat/grammar.hpp"
#include "chat/planner.hpp"
#include "chat/vocabulary.hpp"

namespace celloquy::chat {

class GrammarPlanner : public Planner {
 public:
  /// Both must outlive the planner.
  explicit GrammarPlanner(const Vocabulary& vocabulary,
                          const Grammar& grammar = Grammar::standard())
      : vocabulary_(vocabulary), grammar_(grammar) {}

  /// A few milliseconds; never fails on any text: what is not understood
  /// becomes a question.
  Expected<Plan> plan(const std::string& sentence, const DataDescription& data) const override;

 private:
  const Vocabulary& vocabulary_;
  const Grammar& grammar_;
};

/// The call as a sentence that the planner understands as this call; empty when
/// the catalogue has none ("chat.reading.TOOL.argument+argument").
Text as_sentence(const ToolCall& call);

}  // namespace celloquy::chat
