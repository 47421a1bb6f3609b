#pragma once
// The records of a workspace that move: sessions with their places in the
// history; and the states they point to, which never change. JSON files.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "workspace/study.hpp"

namespace celloquy::workspace {

/// A place in the history and the way forward again after undo.
struct Place {
  std::string state;
  std::vector<std::string> redo;  ///< the next one to redo is the last
};

/// sessions/HISTORY/NAME.json
struct Session {
  std::string branch = "main";
  std::map<std::string, Place> branches;
  std::size_t first_turn = 0;  ///< turns before this one belong to an earlier, ended conversation

  Place& place() { return branches[branch]; }
};

std::string session_text(const Session& session);
/// Nothing where the text is no session record.
std::optional<Session> parse_session(const std::string& text);

/// A file name for any session name: letters, digits, '-' and '_' stay, other
/// bytes become %XX, long names their hash.
std::string safe_file_name(const std::string& name);

/// The id that a state's content gives it.
std::string state_id(const State& state);
std::string state_text(const State& state);
/// Nothing where the text is no state or its content is not that of its id.
std::optional<State> parse_state(const std::string& text);

std::string turn_text(const Turn& turn);  ///< one line
std::optional<Turn> parse_turn(const std::string& line);

/// JSON as it will be read back: text made valid UTF-8, numbers in their stored form.
nlohmann::json as_stored(const nlohmann::json& value);
std::string dump(const nlohmann::json& value, int indent = -1);

/// Now, UTC: 2026-01-31T12:00:00.123456Z
std::string utc_time();

}  // namespace celloquy::workspace
