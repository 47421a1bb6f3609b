#pragma once
// Sentences for the user, always in both languages.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace celloquy {

enum class Language { english, chinese };

/// One sentence in both languages; which one is shown is decided where it is shown.
struct Text {
  std::string en;
  std::string zh;

  const std::string& in(Language language) const {
    return language == Language::chinese && !zh.empty() ? zh : en;
  }
  bool empty() const { return en.empty() && zh.empty(); }
  /// The same characters in both languages: names, numbers, file paths.
  static Text same(std::string text) { return {text, text}; }
};

/// A value for a placeholder of a catalogue sentence. Numbers are written the
/// way they should be read: integers with thousands separators.
class TextValue {
 public:
  TextValue(const char* text) : value_(Text::same(text)) {}
  TextValue(std::string_view text) : value_(Text::same(std::string(text))) {}
  TextValue(const std::string& text) : value_(Text::same(text)) {}
  TextValue(Text text) : value_(std::move(text)) {}
  TextValue(int number);
  TextValue(unsigned number);
  TextValue(long number);
  TextValue(unsigned long number);
  TextValue(long long number);
  TextValue(unsigned long long number);
  /// Three significant digits, without exponent between 0.001 and 10^6.
  TextValue(double number);
  const Text& text() const { return value_; }

 private:
  Text value_;
};

using TextArguments = std::vector<std::pair<std::string_view, TextValue>>;

/// The catalogue sentence `id` (src/base/catalogue/*.tsv) with its {names}
/// filled in. An unknown id gives the id itself, so that a missing sentence is
/// seen; tests/base checks that every id used in the sources exists.
Text message(std::string_view id, const TextArguments& arguments = {});

/// All ids of the catalogue, for its tests.
std::vector<std::string_view> message_ids();
/// The sentence with its placeholders still in it.
Text message_template(std::string_view id);

/// 12,345 for 12345.
std::string with_thousands(long long number);
/// The shortest text with `digits` significant digits: 0.0123, 12.3, 1.2e-08.
std::string significant(double number, int digits = 3);
/// "a, b and c" / "a、b和c". Where an item itself holds what would separate the
/// items ("CD4-positive, alpha-beta T cell"), semicolons do: "a, x; b; and c".
Text enumerate(const std::vector<Text>& items);

}  // namespace celloquy
