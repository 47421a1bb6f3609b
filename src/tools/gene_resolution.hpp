#pragma once
// From the name of a gene in a question to a column of the matrix.

#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

struct GeneChoice {
  std::uint32_t index = 0;  ///< column of the matrix
  std::string name;         ///< as the file has it
  std::string asked;        ///< as the question has it
  /// True when the file knows it under another name (not only another case).
  bool synonym = false;
};

/// Exactly, then in any case, then by synonym or Ensembl id ("CD20" → MS4A1).
/// cannot_answer with similar names when it is not measured.
Expected<GeneChoice> resolve_gene(const Dataset& data, const std::string& text);

/// "CD20 is measured under the name MS4A1": adds the sentence where it applies.
void say_synonym(Finding& finding, const GeneChoice& gene, std::size_t number);

}  // namespace celloquy::tools
