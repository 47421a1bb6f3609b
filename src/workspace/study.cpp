#include "workspace/study.hpp"

#include <algorithm>
#include <filesystem>
#include <unordered_map>

#include "workspace/study_impl.hpp"

namespace celloquy::workspace {
namespace fs = std::filesystem;

Expected<State> Study::Impl::load_state(const std::string& id) const {
  // Ids also arrive from outside and become part of a path.
  const bool plain = id.find_first_not_of("0123456789abcdef") == std::string::npos;
  const auto text = plain ? read_file(state_path(id)) : std::nullopt;
  auto state = text ? parse_state(*text) : std::nullopt;
  if (!state || state->id != id)
    return failure(ErrorCode::unusable_input, "workspace.damaged_state",
                   {{"id", id}, {"path", state_path(id)}});
  return *std::move(state);
}

Status Study::Impl::store_state(const State& state) const {
  if (load_state(state.id)) return {};
  return write_file_atomically(state_path(state.id), state_text(state));
}

Status Study::Impl::save_session() {
  const std::string record = session_path(".json");
  CELLOQUY_TRY(const auto lock, FileLock::take(session_path(".lock")));
  if (const auto text = read_file(record))
    if (const auto stored = parse_session(*text)) {
      // Branches of another process are kept; its place on our branch is not:
      // the last one to move decides, and its states stay in the tree.
      for (const auto& [name, place] : stored->branches) session.branches.try_emplace(name, place);
      session.first_turn = std::max(session.first_turn, stored->first_turn);
    }
  return write_file_atomically(record, session_text(session));
}

Status Study::Impl::move_to(Place place) {
  CELLOQUY_TRY(auto state, load_state(place.state));
  const Place before = session.place();
  session.place() = std::move(place);
  if (auto saved = save_session(); !saved) {
    session.place() = before;
    return saved;
  }
  current = std::move(state);
  return {};
}

Study::Study(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Study::~Study() = default;

const std::string& Study::path() const { return impl_->path; }
const std::string& Study::folder() const { return impl_->folder; }
const std::string& Study::fingerprint() const { return impl_->source.fingerprint; }
const std::vector<Text>& Study::notes() const { return impl_->notes; }
ResultStore& Study::results() { return impl_->results; }
const std::string& Study::session() const { return impl_->session_name; }
const State& Study::state() const { return impl_->current; }
const std::string& Study::branch() const { return impl_->session.branch; }
const std::vector<Turn>& Study::turns() const { return impl_->turns; }

Expected<State> Study::find_state(const std::string& id) const { return impl_->load_state(id); }

Status Study::advance(const std::string& tool, const nlohmann::json& arguments, const Text& summary,
                      const std::map<std::string, std::string>& changed_slots) {
  State next;
  next.parent = impl_->current.id;
  next.tool = tool;
  next.arguments = arguments;
  next.summary = summary;
  next.time = utc_time();
  next.slots = impl_->current.slots;
  for (const auto& [role, key] : changed_slots) {
    if (key.empty())
      next.slots.erase(role);
    else
      next.slots[role] = key;
  }
  // The id must be that of the content as it will be read back.
  const auto stored = as_stored({{"tool", next.tool},
                                 {"arguments", next.arguments},
                                 {"en", next.summary.en},
                                 {"zh", next.summary.zh},
                                 {"slots", next.slots}});
  next.tool = stored["tool"].get<std::string>();
  next.arguments = stored["arguments"];
  next.summary = {stored["en"].get<std::string>(), stored["zh"].get<std::string>()};
  next.slots = stored["slots"].get<std::map<std::string, std::string>>();
  next.id = state_id(next);
  CELLOQUY_CHECK(impl_->store_state(next));
  return impl_->move_to({next.id, {}});
}

Status Study::undo(int steps) {
  if (steps <= 0) return {};
  Place place = impl_->session.place();
  State at = impl_->current;
  for (int done = 0; done < steps; ++done) {
    if (at.parent.empty()) {
      if (done == 0) return failure(ErrorCode::cannot_answer, "workspace.nothing_to_undo");
      return failure(ErrorCode::cannot_answer, "workspace.only_so_many_to_undo", {{"count", done}});
    }
    place.redo.push_back(at.id);
    CELLOQUY_TRY(at, impl_->load_state(at.parent));
  }
  place.state = at.id;
  return impl_->move_to(std::move(place));
}

Status Study::redo(int steps) {
  if (steps <= 0) return {};
  Place place = impl_->session.place();
  const int most = static_cast<int>(place.redo.size());
  if (most == 0) return failure(ErrorCode::cannot_answer, "workspace.nothing_to_redo");
  if (steps > most)
    return failure(ErrorCode::cannot_answer, "workspace.only_so_many_to_redo", {{"count", most}});
  for (int done = 0; done < steps; ++done) {
    place.state = place.redo.back();
    place.redo.pop_back();
  }
  return impl_->move_to(std::move(place));
}

Status Study::make_branch(const std::string& name) {
  if (name.empty()) return failure(ErrorCode::usage, "workspace.branch_name");
  if (impl_->session.branches.count(name))
    return failure(ErrorCode::usage, "workspace.branch_exists", {{"name", name}});
  const Session before = impl_->session;
  const Place place = impl_->session.place();
  impl_->session.branches[name] = place;
  impl_->session.branch = name;
  auto saved = impl_->save_session();
  if (!saved) impl_->session = before;
  return saved;
}

Status Study::switch_branch(const std::string& name) {
  const auto found = impl_->session.branches.find(name);
  if (found == impl_->session.branches.end()) {
    std::vector<Text> names;
    for (const auto& [known, place] : impl_->session.branches) names.push_back(Text::same(known));
    return failure(ErrorCode::usage, "workspace.no_branch",
                   {{"name", name}, {"names", enumerate(names)}});
  }
  CELLOQUY_TRY(auto state, impl_->load_state(found->second.state));
  const std::string before = impl_->session.branch;
  impl_->session.branch = name;
  if (auto saved = impl_->save_session(); !saved) {
    impl_->session.branch = before;
    return saved;
  }
  impl_->current = std::move(state);
  return {};
}

Status Study::go_to(const std::string& state, const std::string& branch) {
  CELLOQUY_TRY(State root, impl_->load_state(state));
  while (!root.parent.empty()) {
    CELLOQUY_TRY(root, impl_->load_state(root.parent));
  }
  if (!root.arguments.is_object() || root.arguments.value("fingerprint", "") != fingerprint())
    return failure(ErrorCode::usage, "workspace.other_history", {{"id", state}});
  const Session before = impl_->session;
  if (!branch.empty()) {
    impl_->session.branches[branch] = {state, {}};
    impl_->session.branch = branch;
  }
  auto moved = impl_->move_to({state, {}});
  if (!moved) impl_->session = before;
  return moved;
}

std::size_t Study::redo_steps() const { return impl_->session.place().redo.size(); }

std::vector<std::pair<std::string, std::string>> Study::branches() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [name, place] : impl_->session.branches) out.emplace_back(name, place.state);
  return out;
}

Expected<std::vector<State>> Study::history() const {
  std::vector<State> out{impl_->current};
  while (!out.back().parent.empty()) {
    CELLOQUY_TRY(auto parent, impl_->load_state(out.back().parent));
    out.push_back(std::move(parent));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

namespace {

/// Parents before children, otherwise by time; only what hangs on a root of
/// this file. A state whose parent is missing is left out with its children.
std::vector<State> ordered_tree(std::vector<State> states, const std::string& fingerprint) {
  std::sort(states.begin(), states.end(), [](const State& a, const State& b) {
    return std::tie(a.time, a.id) < std::tie(b.time, b.id);
  });
  std::vector<State> out;
  std::unordered_map<std::string, bool> placed;
  std::vector<std::uint8_t> taken(states.size(), 0);
  // A clock that was set back can put a child before its parent: go round until
  // nothing is added, one round nearly always.
  for (bool added = true; added;) {
    added = false;
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (taken[i]) continue;
      const State& state = states[i];
      const bool is_root = state.parent.empty() && state.arguments.is_object() &&
                           state.arguments.value("fingerprint", "") == fingerprint;
      if (!is_root && (state.parent.empty() || !placed.count(state.parent))) continue;
      placed.emplace(state.id, true);
      taken[i] = 1;
      out.push_back(state);
      added = true;
    }
  }
  return out;
}

}  // namespace

Expected<std::vector<State>> Study::all_states() const {
  std::vector<State> states;
  std::error_code error;
  for (fs::directory_iterator entry(impl_->folder + "/states", error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (is_temporary_name(name) || entry->path().extension() != ".json") continue;
    if (auto state = impl_->load_state(entry->path().stem().string()))
      states.push_back(*std::move(state));
  }
  return ordered_tree(std::move(states), impl_->source.fingerprint);
}

std::set<std::string> differing_slots(const std::map<std::string, std::string>& a,
                                      const std::map<std::string, std::string>& b) {
  std::set<std::string> out;
  const auto look = [&](const auto& here, const auto& there) {
    for (const auto& [role, key] : here)
      if (const auto found = there.find(role); found == there.end() || found->second != key)
        out.insert(role);
  };
  look(a, b);
  look(b, a);
  return out;
}

Status Study::add_turn(const Turn& said) {
  Turn turn = said;
  CELLOQUY_TRY(const auto selected, selections());
  if (const auto present = selected.find(""); present != selected.end())
    turn.selection = present->second;
  const std::string line = turn_text(turn);
  {
    CELLOQUY_TRY(const auto lock, FileLock::take(impl_->session_path(".lock")));
    CELLOQUY_CHECK(append_line(impl_->session_path(".turns.jsonl"), line));
  }
  impl_->turns.push_back(std::move(turn));
  return {};
}

}  // namespace celloquy::workspace
