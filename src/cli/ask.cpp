// celloquy ask FILE "sentence": one turn of a conversation.

#include "chat/ask.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "chat/units.hpp"
#include "cli/command.hpp"

namespace celloquy::cli {

namespace {

/// Errors too are told in the language of the question.
Settings in_language_of(const std::string& question, Settings settings) {
  if (settings.language.empty() && question.find_first_not_of(" \t\n") != std::string::npos)
    settings.language =
        chat::detect_language(chat::normalise(question)) == Language::chinese ? "zh" : "en";
  return settings;
}

}  // namespace

int ask(const AskCommand& command, const Settings& given) {
  const Settings settings = in_language_of(command.question, given);
  Session session(settings);
  workspace::StudyOptions options{settings.workspace, command.session, command.fresh};
  auto study = workspace::Study::open(command.file, options, session.context());
  if (!study) return report_error(study.error(), settings);

  chat::AskOptions ask_options;
  if (!given.language.empty()) ask_options.language = interface_language(given);
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
