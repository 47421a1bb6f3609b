#pragma once
// One turn of a conversation: understand, plan, act, narrate, verify.

#include <optional>
#include <string>
#include <vector>

#include "chat/planner.hpp"
#include "tools/tool.hpp"

namespace celloquy::chat {

struct Step {
  std::string tool;
  double seconds = 0;
  bool cached = false;
};

struct Answer {
  std::string question;
  Language language = Language::english;
  std::string text;  ///< with [n] marks, n counting from 1 into `evidence`
  std::vector<tools::Finding> evidence;
  std::vector<Step> steps;
  std::string state;  ///< id of the study's state after it
  double seconds = 0;
  bool asked_back = false;  ///< `text` is a question with readings to choose from
};

/// Follows a turn while it runs: what the sentence was taken for, each call as
/// it begins and ends. Called in the thread that asks.
class AskObserver {
 public:
  virtual ~AskObserver() = default;
  virtual void planned(const Plan&) {}
  /// Before a call. May change its arguments (a server chooses where files go); an
  /// error ends the turn as if the tool had returned it.
  virtual Status begins(std::size_t /*index*/, std::size_t /*of*/, ToolCall&) { return {}; }
  virtual void ended(std::size_t /*index*/, std::size_t /*of*/, const Step&) {}
};

struct AskOptions {
  std::optional<Language> language;  ///< none: that of the question
  AskObserver* observer = nullptr;
};

/// Errors of tools come back as errors (cannot_answer, unusable_input …); the
/// study keeps what was finished.
Expected<Answer> ask(workspace::Study& study, const std::string& question,
                     const AskOptions& options, const Context& context);

/// The document that `ask --json` prints (docs/command_line.md).
nlohmann::json to_json(const Answer& answer);

/// One tool without a sentence: an answer with the tool's own sentences, checked
/// like any other. It is no turn of the conversation.
Expected<Answer> call(workspace::Study& study, ToolCall what, Language language,
                      AskObserver* observer, const Context& context);

}  // namespace celloquy::chat
