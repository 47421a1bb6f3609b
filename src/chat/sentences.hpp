#pragma once
// Sentences of an answer and the [n] marks in them.

#include <string>
#include <string_view>
#include <vector>

namespace celloquy::chat {

/// The text in sentences, each with what ends it; joined they give the text
/// back. Ends: a Chinese full stop, ! or ?, line ends, and . ! ? before a space
/// or the end that do not belong to an abbreviation ("vs.", "e.g.").
std::vector<std::string> split_sentences(std::string_view text);

/// Puts " [n]" ("[n]" in Chinese) before the end of the sentence.
std::string with_mark(const std::string& sentence, std::size_t n, bool chinese);

/// A stretch of a sentence and the evidence that the mark after it names;
/// 0 where no mark follows.
struct MarkedPiece {
  std::string text;
  std::size_t mark = 0;
};
/// Cut at the marks. What follows the last mark belongs to that mark.
std::vector<MarkedPiece> cut_at_marks(std::string_view sentence);

}  // namespace celloquy::chat
