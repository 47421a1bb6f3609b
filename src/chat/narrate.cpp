#include "chat/narrate.hpp"

#include "chat/sentences.hpp"
#include "tools/sentences.hpp"

namespace celloquy::chat {
namespace {

using tools::Finding;
using tools::Statement;

/// Statements that are lines of a list have ids that end in "row…".
bool is_line(const Statement& statement) {
  const auto dot = statement.message.rfind('.');
  const std::string_view last =
      std::string_view(statement.message).substr(dot == std::string::npos ? 0 : dot + 1);
  return last.starts_with("row") || last.ends_with("_row") || last.ends_with("_line");
}

class Narrator {
 public:
  Narrator(Language language, const NarrationLimits& limits)
      : language_(language), limits_(limits) {}

  void tell(const Finding& finding, std::size_t mark) {
    sentences_ = lines_ = 0;
    for (const auto& statement : finding.done_first) add(finding, statement, mark);
    const std::size_t caveats = std::min(limits_.caveats, finding.caveats.size());
    for (const auto& statement : finding.statements) {
      if (is_line(statement))
        add_line(finding, statement, mark);
      else if (sentences_ + caveats < limits_.sentences || sentences_ == 0)
        add(finding, statement, mark);
    }
    for (std::size_t i = 0; i < caveats; ++i) add(finding, finding.caveats[i], mark);
  }
  std::string text() && { return std::move(text_); }

 private:
  bool chinese() const { return language_ == Language::chinese; }
  void add(const Finding& finding, const Statement& statement, std::size_t mark) {
    // Chinese sentences follow one another without a space.
    if (!text_.empty() && text_.back() != '\n' && !(chinese() && text_.ends_with("\u3002")))
      text_ += ' ';
    text_ += trimmed(with_mark(tools::sentence(finding, statement).in(language_), mark, chinese()));
    ++sentences_;
  }
  void add_line(const Finding& finding, const Statement& statement, std::size_t mark) {
    if (lines_ == limits_.lines) return;
    ++lines_;
    if (!text_.empty() && text_.back() != '\n') text_ += '\n';
    text_ +=
        "- " +
        trimmed(with_mark(tools::sentence(finding, statement).in(language_), mark, chinese())) +
        '\n';
  }
  static std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.pop_back();
    return text;
  }

  Language language_;
  const NarrationLimits& limits_;
  std::string text_;
  std::size_t sentences_ = 0, lines_ = 0;
};

}  // namespace

std::string narrate(const std::vector<Finding>& findings, Language language,
                    const NarrationLimits& limits, std::size_t first) {
  std::string out;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    Narrator narrator(language, limits);
    narrator.tell(findings[i], first + i);
    std::string text = std::move(narrator).text();
    while (!text.empty() && text.back() == '\n') text.pop_back();
    if (!out.empty() && !text.empty()) out += '\n';
    out += text;
  }
  return out;
}

}  // namespace celloquy::chat
