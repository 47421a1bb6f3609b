#pragma once
// "No such cells here": does a search tell types that are absent from ones that are there?
//
// Judged is what `search` itself goes by: the cells with a probability of one half or more.

#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "training/evaluation/cell_tasks.hpp"
#include "training/evaluation/measures.hpp"

namespace celloquy::training {

/// A set of cells, and types of which it certainly has none.
struct PresenceTask {
  CellTask cells;
  std::vector<std::string> absent;       ///< of other tissues
  std::vector<std::string> near_absent;  ///< near relatives of what is there
};
/// bench/eval/absent.json; `tasks` are those that it refers to by "like". Error
/// (unusable_input): not what it should be.
Expected<std::vector<PresenceTask>> read_presence_tasks(const std::filesystem::path& path,
                                                        std::span<const CellTask> tasks);

enum class Presence {
  present,      ///< a label of the set, all its cells in place
  absent,       ///< of another tissue
  near_absent,  ///< a near relative of what is there
  taken_out,    ///< a label of the set all of whose cells were taken out before
};
inline constexpr std::size_t n_presences = 4;
std::string_view name(Presence presence);

/// What one search said of one set.
struct PresenceAnswer {
  std::size_t set = 0;
  std::string text;
  Presence truth = Presence::present;
  std::size_t n_cells = 0;  ///< of the type, by the annotation
  std::size_t matches = 0;  ///< cells with a probability of one half or more
  double highest = 0;       ///< probability of any cell
};

/// Labels with fewer cells than this are neither asked for nor taken out.
inline constexpr std::size_t fewest_present = 5;

/// Asks for each label of the set with the cells in place and taken out, and for each absent
/// type. About a second a question and 3,000 cells.
Expected<std::vector<PresenceAnswer>> ask_presence(const PresenceTask& task, std::size_t set,
                                                   const std::filesystem::path& folder,
                                                   const Context& context);

struct PresenceMeasures {
  /// By kind of absence (rows of Presence, that of `present` unused): the chance that a type
  /// that is there gets a higher highest probability, or more matching cells.
  std::array<Estimate, n_presences> auroc, auroc_matches;
  /// Share of the questions that "there are some" was the answer to.
  std::array<Estimate, n_presences> found;
};
/// Intervals are bootstraps over sets.
PresenceMeasures measure_presence(std::span<const PresenceAnswer> answers, std::size_t n_sets);

}  // namespace celloquy::training
