// Opening: find the workspace, recognise the file, take up the session.

#include <filesystem>

#include "base/hashing.hpp"
#include "workspace/study_impl.hpp"

namespace celloquy::workspace {
namespace fs = std::filesystem;
namespace {

using nlohmann::json;

constexpr int workspace_format = 1;

/// study.json: which contents of which files this workspace has seen.
struct Record {
  json histories = json::array();  // [{"fingerprint","stamp","path","begun"}], the last used last
};

Expected<Record> read_record(const std::string& path) {
  Record record;
  const auto text = read_file(path);
  if (!text) return record;
  const json value = json::parse(*text, nullptr, false);
  if (!value.is_object()) return record;  // damaged: histories are found by their folders
  const int format = value.value("format", 1);
  if (format > workspace_format)
    return failure(ErrorCode::unusable_input, "workspace.newer_format",
                   {{"path", path}, {"format", format}});
  const auto found = value.find("histories");
  if (found != value.end() && found->is_array())
    for (const auto& entry : *found)
      if (entry.is_object() && entry.contains("fingerprint") && entry["fingerprint"].is_string())
        record.histories.push_back(entry);
  return record;
}

std::string field(const json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// The fingerprint, from the record where the stamp shows that nothing changed.
Expected<Source> recognise(const std::string& path, const Record& record, const Context& context) {
  CELLOQUY_TRY(const auto stamp, source_stamp(path));
  for (const auto& entry : record.histories)
    if (!stamp.empty() && field(entry, "stamp") == stamp)
      return Source{field(entry, "fingerprint"), stamp, true};
  return identify_source(path, context);
}

/// Notes a change of content and puts this history last in study.json.
Status update_record(const std::string& folder, const std::string& path, const Source& source,
                     std::vector<Text>& notes) {
  const std::string file = folder + "/study.json";
  CELLOQUY_TRY(const auto lock, FileLock::take(folder + "/study.lock"));
  CELLOQUY_TRY(auto record, read_record(file));
  json entry = {{"fingerprint", source.fingerprint}, {"begun", utc_time()}};
  json others = json::array();
  bool known = false;
  std::string last_of_path;
  for (const auto& old : record.histories) {
    if (field(old, "path") == path) last_of_path = field(old, "fingerprint");
    known |= field(old, "fingerprint") == source.fingerprint;
    if (field(old, "fingerprint") == source.fingerprint)
      entry = old;
    else
      others.push_back(old);
  }
  if (!last_of_path.empty() && last_of_path != source.fingerprint)
    notes.push_back(
        message(known ? "workspace.back_to_history" : "workspace.new_history", {{"path", path}}));
  entry["path"] = path;
  entry["stamp"] = source.settled ? source.stamp : "";
  others.push_back(entry);
  if (others == record.histories) return {};
  return write_file_atomically(
      file, dump({{"format", workspace_format}, {"histories", others}}, 1) + "\n");
}

State root_state(const std::string& fingerprint) {
  State root;
  root.tool = "open";
  root.arguments = {{"fingerprint", fingerprint}};
  root.summary = message("workspace.opened");
  root.time = utc_time();
  root.id = state_id(root);
  return root;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    if (end == std::string::npos) break;  // a line that was not finished
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// The place to start anew from; the branch's old place keeps a name.
void start_anew(Session& session, const std::string& root, std::size_t n_turns) {
  const Place before = session.branches["main"];
  if (!before.state.empty() && before.state != root) {
    int number = 1;
    while (session.branches.count("main-" + std::to_string(number))) ++number;
    session.branches["main-" + std::to_string(number)] = before;
  }
  session.branch = "main";
  session.branches["main"] = {root, {}};
  session.first_turn = n_turns;
}

}  // namespace

Expected<std::unique_ptr<Study>> Study::open(const std::string& path, const StudyOptions& options,
                                             const Context& context) {
  CELLOQUY_TRY(const auto location, source_location(path));
  // Nothing is made for a file that does not exist.
  CELLOQUY_CHECK(source_stamp(location).map([](const std::string&) {}));
  const bool in_cache = options.in_cache || is_demonstration(path);
  CELLOQUY_TRY(auto folder, workspace_folder(location, options.workspace, in_cache));
  auto impl = std::make_unique<Impl>(folder);
  std::error_code error;
  const auto absolute = fs::weakly_canonical(path, error);
  impl->path = error || is_demonstration(path) ? path : absolute.string();
  impl->location = location;
  impl->session_name = options.session;
  CELLOQUY_TRY(const auto record, read_record(folder + "/study.json"));
  CELLOQUY_TRY(impl->source, recognise(location, record, context));
  CELLOQUY_CHECK(update_record(folder, impl->path, impl->source, impl->notes));
  const bool beside = folder == impl->path + ".celloquy";
  if (!beside && options.workspace.empty() && !in_cache && record.histories.empty())
    impl->notes.push_back(message("workspace.in_cache", {{"path", folder}}));
  remove_stale_temporaries(folder);
  remove_stale_temporaries(folder + "/results");
  remove_stale_temporaries(folder + "/sessions");
  CELLOQUY_CHECK(impl->take_up_session(options.fresh));
  return std::unique_ptr<Study>(new Study(std::move(impl)));
}

Status Study::Impl::take_up_session(bool fresh) {
  const State root = root_state(source.fingerprint);
  CELLOQUY_CHECK(store_state(root));
  const std::string record = session_path(".json");
  const auto text = read_file(record);
  auto saved = text ? parse_session(*text) : std::nullopt;
  Expected<State> place = root;
  if (saved) place = load_state(saved->place().state);
  const auto said = read_file(session_path(".turns.jsonl"));
  const auto lines = said ? lines_of(*said) : std::vector<std::string>();
  if (text && (!saved || !place)) {
    const std::string kept = record + ".damaged-" + hash_text(*text).substr(0, 8);
    std::error_code ignored;
    fs::rename(record, kept, ignored);
    notes.push_back(
        message("workspace.session_damaged", {{"session", session_name}, {"path", kept}}));
    saved.reset();
    place = root;
  }
  session = saved.value_or(Session{});
  if (!saved || fresh) {
    start_anew(session, root.id, fresh ? lines.size() : 0);
    CELLOQUY_CHECK(move_to(session.place()));
  } else {
    current = *std::move(place);
  }
  for (std::size_t i = session.first_turn; i < lines.size(); ++i)
    if (auto turn = parse_turn(lines[i])) turns.push_back(*std::move(turn));
  return {};
}

}  // namespace celloquy::workspace
