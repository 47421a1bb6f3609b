#pragma once
// What a Study holds in memory; shared by study*.cpp only.

#include <optional>

#include "workspace/session.hpp"
#include "workspace/source.hpp"
#include "workspace/study.hpp"

namespace celloquy::workspace {

struct Study::Impl {
  std::string path;      ///< as the reader takes it
  std::string location;  ///< of the bytes: differs from `path` for the demonstration data
  std::string folder, session_name;
  Source source;
  std::vector<Text> notes;
  ResultStore results;
  Session session;
  State current;
  std::vector<Turn> turns;
  std::shared_ptr<const Dataset> dataset;

  explicit Impl(std::string workspace)
      : folder(std::move(workspace)), results(folder + "/results") {}

  /// The part of the fingerprint that names the history's folder.
  std::string history_name() const { return source.fingerprint.substr(0, 16); }
  std::string session_path(std::string_view ending) const {
    return folder + "/sessions/" + history_name() + "/" + safe_file_name(session_name) +
           std::string(ending);
  }
  std::string state_path(const std::string& id) const { return folder + "/states/" + id + ".json"; }

  Expected<State> load_state(const std::string& id) const;
  /// Writes the state unless it is there already.
  Status store_state(const State& state) const;
  /// Makes `place` the place of the current branch, on disk and in memory.
  Status move_to(Place place);
  /// Takes up the session where it is, or begins it; `fresh`: from the file.
  Status take_up_session(bool fresh);
  /// Merges with what other processes wrote, under the session's lock.
  Status save_session();
};

}  // namespace celloquy::workspace
