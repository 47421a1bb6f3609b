#include "chat/ask.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "chat/describe.hpp"
#include "chat/grammar_planner.hpp"
#include "chat/narrate.hpp"
#include "chat/sentences.hpp"
#include "chat/units.hpp"
#include "chat/verify.hpp"

namespace celloquy::chat {
namespace {

using nlohmann::json;

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The readings of a question back, numbered, so that "2" is an answer to it.
std::string question_text(const Plan& plan, Language language) {
  std::string text = plan.question.in(language);
  for (std::size_t i = 0; i < plan.alternatives.size(); ++i)
    text += "\n" + std::to_string(i + 1) + ". " + plan.alternatives[i].in(language);
  return text;
}

/// "2" after a question back means its second reading.
std::string chosen_reading(const workspace::Study& study, const std::string& sentence) {
  const auto units = cut_into_units(normalise(sentence));
  if (study.turns().empty() || units.empty() || units[0].kind != UnitKind::number ||
      units.size() > 2)
    return sentence;
  const auto& last = study.turns().back();
  if (!last.calls.empty()) return sentence;
  const std::string wanted = "\n" + units[0].surface + ". ";
  const auto at = last.answer.find(wanted);
  if (at == std::string::npos) return sentence;
  const auto begin = at + wanted.size();
  return last.answer.substr(begin, last.answer.find('\n', begin) - begin);
}

bool is_blank(const std::string& sentence) {
  return std::all_of(sentence.begin(), sentence.end(),
                     [](unsigned char c) { return std::isspace(c) != 0; });
}

/// Runs the calls; an error after the first finding ends the answer with its
/// sentence, so that what was found is not lost.
Status act(workspace::Study& study, const std::vector<ToolCall>& calls, Answer& answer,
           Text& stopped, AskObserver& observer, const Context& context) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    ToolCall call = calls[i];
    const double begin = now();
    const auto may = observer.begins(i, calls.size(), call);
    auto finding = may ? tools::Registry::standard().run(call.tool, study, call.arguments, context)
                       : tl::make_unexpected(may.error());
    if (finding) {
      answer.steps.push_back({call.tool, now() - begin, finding->cached});
      answer.evidence.push_back(*std::move(finding));
      observer.ended(i, calls.size(), answer.steps.back());
      continue;
    }
    const auto& error = finding.error();
    const bool about_data =
        error.code == ErrorCode::cannot_answer || error.code == ErrorCode::usage;
    if (answer.evidence.empty() || !about_data) return tl::make_unexpected(error);
    stopped = message("chat.stopped_here", {{"message", error.message}});
    return {};
  }
  return {};
}

Status remember(workspace::Study& study, const Answer& answer, const std::vector<ToolCall>& calls) {
  return study.add_turn({answer.question, answer.text, calls_to_json(calls), study.state().id});
}

}  // namespace

Expected<Answer> ask(workspace::Study& study, const std::string& question,
                     const AskOptions& options, const Context& context) {
  const double begin = now();
  if (is_blank(question)) return failure(ErrorCode::usage, "chat.empty_question");
  Answer answer;
  answer.question = question;
  CELLOQUY_TRY(const auto data, describe(study, context));
  const GrammarPlanner planner(standard_vocabulary());
  CELLOQUY_TRY(const auto plan, planner.plan(chosen_reading(study, question), data));
  answer.language = options.language.value_or(plan.language);
  AskObserver nobody;
  AskObserver& observer = options.observer ? *options.observer : nobody;
  observer.planned(plan);
  if (plan.calls.empty()) {
    answer.asked_back = true;
    answer.text = question_text(plan, answer.language);
  } else {
    Text stopped;
    if (auto done = act(study, plan.calls, answer, stopped, observer, context); !done) {
      // The turn is kept without calls: nothing was found to refer to.
      answer.text = done.error().message.in(answer.language);
      CELLOQUY_CHECK(remember(study, answer, {}));
      return tl::make_unexpected(done.error());
    }
    const auto checked = verify(narrate(answer.evidence, answer.language), answer.evidence, data,
                                standard_vocabulary(), answer.language);
    answer.text = checked.text;
    if (!stopped.empty()) answer.text += "\n" + stopped.in(answer.language);
  }
  answer.state = study.state().id;
  auto done_calls = plan.calls;
  done_calls.resize(answer.evidence.size());
  CELLOQUY_CHECK(remember(study, answer, done_calls));
  answer.seconds = now() - begin;
  return answer;
}

Expected<Answer> call(workspace::Study& study, ToolCall what, Language language,
                      AskObserver* observer, const Context& context) {
  const double begin = now();
  Answer answer;
  answer.language = language;
  AskObserver nobody;
  Text stopped;
  CELLOQUY_CHECK(
      act(study, {std::move(what)}, answer, stopped, observer ? *observer : nobody, context));
  CELLOQUY_TRY(const auto data, describe(study, context));
  answer.text = verify(narrate(answer.evidence, language), answer.evidence, data,
                       standard_vocabulary(), language)
                    .text;
  answer.state = study.state().id;
  answer.seconds = now() - begin;
  return answer;
}

json to_json(const Answer& answer) {
  json document = {{"question", answer.question},
                   {"language", answer.language == Language::chinese ? "zh" : "en"},
                   {"answer", answer.text},
                   {"evidence", json::array()},
                   {"plots", json::array()},
                   {"selection", nullptr},
                   {"steps", json::array()},
                   {"state", answer.state},
                   {"seconds", answer.seconds}};
  for (std::size_t i = 0; i < answer.evidence.size(); ++i) {
    const auto& finding = answer.evidence[i];
    json evidence = tools::to_json(finding, answer.language);
    evidence["id"] = i + 1;
    document["evidence"].push_back(std::move(evidence));
    for (const auto& plot : finding.plots)
      document["plots"].push_back({{"title", plot.title.in(answer.language)}, {"spec", plot.spec}});
    // The latest selection is the one the answer leaves behind.
    if (finding.selection)
      document["selection"] = {{"cells", finding.selection->cells.size()},
                               {"column", finding.selection->column}};
  }
  for (const auto& step : answer.steps)
    document["steps"].push_back(
        {{"tool", step.tool}, {"seconds", step.seconds}, {"cached", step.cached}});
  if (answer.asked_back) document["asked_back"] = true;
  return document;
}

}  // namespace celloquy::chat
