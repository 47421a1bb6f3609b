// celloquy ask FILE "sentence": one turn of a conversation.

#include "chat/ask.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace celloquy::cli {

int ask(const AskCommand& command, const Settings& settings) {
  Session session(settings);
  workspace::StudyOptions options{settings.workspace, command.session, command.fresh};
  auto study = workspace::Study::open(command.file, options, session.context());
  if (!study) return report_error(study.error(), settings);

  chat::AskOptions ask_options;
  if (!settings.language.empty()) ask_options.language = interface_language(settings);
  const auto answer = chat::ask(**study, command.question, ask_options, session.context());
  if (!answer) return report_error(answer.error(), settings);

  if (settings.json) {
    print_json(chat::to_json(*answer));
    return 0;
  }
  for (const auto& note : (*study)->notes()) fmt::print(stderr, "{}\n", note.in(answer->language));
  fmt::print("{}\n", answer->text);
  for (std::size_t i = 0; i < answer->evidence.size(); ++i) {
    const auto& finding = answer->evidence[i];
    fmt::print("[{}] {}: {}\n", i + 1, finding.tool, finding.method.in(answer->language));
  }
  return 0;
}

}  // namespace celloquy::cli
