#pragma once
// The profiles of a pairs folder that a study is judged by.

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "knowledge/cell_ontology.hpp"
#include "matrix/count_matrix.hpp"
#include "training/pairs_folder.hpp"

namespace celloquy::training {

/// Sources that are left out together: one study.
struct Study {
  std::string name;
  std::vector<std::string> sources;  ///< parts of the sources' names
};
/// Whether this source is one of the study's.
bool holds(const Study& study, std::string_view source);
/// bench/eval/studies.json. Error (unusable_input): not what it should be.
Expected<std::vector<Study>> read_studies(const std::filesystem::path& path);

/// What pairs.jsonl says of a profile.
struct StudyProfile {
  std::uint32_t pair = 0;
  std::string source, label;
  knowledge::TermIndex type = -1;
};
/// In the order of the folder, those of one source together. Error: as for_each_json_line.
Expected<std::vector<StudyProfile>> profiles_of(const PairsFolder& pairs,
                                                const std::filesystem::path& folder,
                                                const Study& study);
/// Every third human profile of the other studies, without label and type: the reference
/// population that routes are brought to one scale with.
std::vector<StudyProfile> reference_profiles(const PairsFolder& pairs, const Study& study);

/// Calls visit(profiles of one source) for each source, in their order; stops at an error.
template <class Visit>
Status for_each_table(std::span<const StudyProfile> profiles, Visit&& visit) {
  for (std::size_t begin = 0, end = 0; begin < profiles.size(); begin = end) {
    while (end < profiles.size() && profiles[end].source == profiles[begin].source) ++end;
    CELLOQUY_CHECK(visit(profiles.subspan(begin, end - begin)));
  }
  return {};
}

/// The profiles of one source as a matrix of log1p values, a column a gene of the folder.
Expected<CountMatrix> matrix_of(const PairsFolder& pairs, std::span<const StudyProfile> profiles);

}  // namespace celloquy::training
