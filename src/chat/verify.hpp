#pragma once
// Reads a finished answer again, independently of how it was made, and leaves
// out every sentence that its evidence does not hold. An answer may come from
// anywhere: what is checked is the text.
//
// Of each stretch before a mark [n], against finding n:
//   1. every number (1,336; 11.2 %; 1.2e-08; full-width; 一百五十; "fifty") equals
//      a number of the finding at the printed precision, with the same unit
//      where the text names one;
//   2. every gene, cell type, group and cluster named is one of the finding's;
//   3. names, numbers and words of comparison, negation and cause stand together
//      as in a statement of the finding (in that order), or, without such
//      words, as in a row or a column of one of its tables. So two groups
//      cannot change places, and "causes" needs a tool that says so.
// A stretch without a mark may hold no number and no name.

#include <string>
#include <vector>

#include "chat/planner.hpp"
#include "chat/vocabulary.hpp"
#include "tools/finding.hpp"

namespace celloquy::chat {

struct Unsupported {
  std::string sentence;
  std::string what;    ///< the word or number
  std::string reason;  ///< "number", "name", "relation", "no_mark", "mark"
};

struct VerifiedAnswer {
  std::string text;  ///< with a plain remark in place of what was left out
  std::vector<Unsupported> left_out;
};

VerifiedAnswer verify(const std::string& answer, const std::vector<tools::Finding>& evidence,
                      const DataDescription& data, const Vocabulary& vocabulary, Language language);

}  // namespace celloquy::chat
