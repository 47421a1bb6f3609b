#pragma once
// An open data set with its history.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "matrix/dataset.hpp"
#include "workspace/result_store.hpp"

namespace celloquy::workspace {

/// A point of the history; never changed. Its id is the hash of its content
/// without the time.
struct State {
  std::string id;
  std::string parent;  ///< empty for the root (the file as it was read)
  std::string tool;    ///< what led here: "filter_cells"
  nlohmann::json arguments;
  Text summary;      ///< one sentence for the history: "Kept 1,290 of 1,336 cells."
  std::string time;  ///< ISO 8601, UTC
  /// What holds here, by role: "cells" → key of the kept cells, "clusters",
  /// "layout", "labels", "selection" …; the value is a result key.
  std::map<std::string, std::string> slots;
};

/// What was said in a session, so that the next sentence may refer to it.
/// Roles whose slots differ between two states, one of which may lack them.
std::set<std::string> differing_slots(const std::map<std::string, std::string>& a,
                                      const std::map<std::string, std::string>& b);

struct Turn {
  std::string question;
  std::string answer;
  nlohmann::json calls;        ///< [{"tool","arguments"}]
  std::string state;           ///< after it
  std::string selection = {};  ///< key of the present selection then; add_turn fills it in
};

struct StudyOptions {
  std::string workspace;  ///< folder; empty: FILE.celloquy/ beside the file, or a cache folder
  std::string session = "default";
  bool fresh = false;     ///< the session starts anew from the file
  bool in_cache = false;  ///< never beside the file (demonstration data)
};

/// On disk (docs/workspace.md): study.json, results/ab/KEY.clq, states/ID.json,
/// sessions/HISTORY/NAME.json and NAME.turns.jsonl. Opening does not read the
/// matrix. Used by one thread at a time; several processes may open the same
/// workspace, also in the same session: each goes on from its own place, the
/// session's pointer is that of the last one that moved, and no state, result
/// or turn is lost.
class Study {
 public:
  /// Errors: no such file; no writable place for the workspace; one made by a newer format.
  static Expected<std::unique_ptr<Study>> open(const std::string& path, const StudyOptions& options,
                                               const Context& context);
  ~Study();

  /// The file; read at the first call. Fails when the file changed since open():
  /// opening again starts a new history beside the old one and says so in notes().
  Expected<const Dataset*> dataset(const Context& context);
  /// What dataset() read; null before. For other sessions of the same file: they
  /// take it with use_dataset() instead of reading the file again.
  std::shared_ptr<const Dataset> shared_dataset() const;
  /// Refused (false) when it was read from other contents.
  bool use_dataset(std::shared_ptr<const Dataset> dataset);
  const std::string& path() const;
  const std::string& folder() const;
  const std::string& fingerprint() const;
  const std::vector<Text>& notes() const;

  ResultStore& results();
  const std::string& session() const;

  const State& state() const;
  /// Any state of the workspace; unusable_input when it is missing or damaged.
  Expected<State> find_state(const std::string& id) const;
  /// A new state under the current one with these slots changed (an empty key
  /// removes the slot); becomes current. Written before it returns.
  Status advance(const std::string& tool, const nlohmann::json& arguments, const Text& summary,
                 const std::map<std::string, std::string>& changed_slots);
  /// Moves the session's pointer; cannot_answer when there is nothing to undo or redo.
  Status undo(int steps = 1);
  Status redo(int steps = 1);
  /// Names the current place and goes on there; the branch that one was on stays
  /// where it is. The first branch is "main". Branches belong to the session.
  Status make_branch(const std::string& name);
  Status switch_branch(const std::string& name);
  std::vector<std::pair<std::string, std::string>> branches() const;  ///< name, state id
  const std::string& branch() const;
  /// Moves to any state that began with this file; what could be redone no longer
  /// can. With a name, that branch begins (or goes on) there and the one that one
  /// was on stays where it is.
  Status go_to(const std::string& state, const std::string& branch = "");
  std::size_t redo_steps() const;  ///< how many can be redone
  /// From the root to the current state.
  Expected<std::vector<State>> history() const;
  /// Every state that began with this file, of all sessions, oldest first (parents
  /// before children): the tree. Damaged ones are left out.
  Expected<std::vector<State>> all_states() const;

  /// Named sets of cells: name → key of a stored list of cells of the file. They
  /// belong to the file, not to a place in the history or a session. The name
  /// "" is the present selection, which is this session's own.
  Expected<std::map<std::string, std::string>> selections() const;
  /// An empty key removes it.
  Status set_selection(const std::string& name, const std::string& key);

  Status add_turn(const Turn& turn);
  const std::vector<Turn>& turns() const;  ///< of this session, oldest first

  /// What a higher room keeps in memory beside this open study (the pipeline's
  /// results of this process); dropped with the study.
  std::shared_ptr<void>& attachment() { return attachment_; }

 private:
  struct Impl;
  explicit Study(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  std::shared_ptr<void> attachment_;
};

}  // namespace celloquy::workspace
