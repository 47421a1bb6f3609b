#include "workspace/session.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/hashing.hpp"

namespace celloquy::workspace {
namespace {

using nlohmann::json;

constexpr int session_format = 1;
constexpr std::size_t longest_name = 120;

json to_json(const Text& text) { return {{"en", text.en}, {"zh", text.zh}}; }
Text text_of(const json& value) {
  return {value.at("en").get<std::string>(), value.at("zh").get<std::string>()};
}

/// What the id of a state covers: everything but the time.
json content_of(const State& state) {
  return {{"parent", state.parent},
          {"tool", state.tool},
          {"arguments", state.arguments},
          {"summary", to_json(state.summary)},
          {"slots", state.slots}};
}

/// Reads JSON with a reader that may throw where a field is missing or of
/// another type; nothing in either case.
template <class Read>
auto parse(const std::string& text, Read&& read) -> std::optional<decltype(read(json()))> {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return std::nullopt;
  try {
    return read(value);
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

}  // namespace

std::string dump(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

json as_stored(const json& value) {
  return json::parse(dump(value), nullptr, /*allow_exceptions=*/false);
}

std::string utc_time() {
  using namespace std::chrono;
  const auto now = system_clock::now().time_since_epoch();
  const std::time_t whole = duration_cast<seconds>(now).count();
  const long micro = static_cast<long>(duration_cast<microseconds>(now).count() % 1'000'000);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  char date[32], out[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(out, sizeof out, "%s.%06ldZ", date, micro);
  return out;
}

std::string session_text(const Session& session) {
  json branches = json::object();
  for (const auto& [name, place] : session.branches)
    branches[name] = {{"state", place.state}, {"redo", place.redo}};
  return dump({{"format", session_format},
               {"branch", session.branch},
               {"branches", branches},
               {"first_turn", session.first_turn}},
              1) +
         "\n";
}

std::optional<Session> parse_session(const std::string& text) {
  auto session = parse(text, [](const json& value) {
    Session out;
    out.branch = value.at("branch").get<std::string>();
    out.first_turn = value.at("first_turn").get<std::size_t>();
    for (const auto& [name, place] : value.at("branches").items())
      out.branches[name] = {place.at("state").get<std::string>(),
                            place.at("redo").get<std::vector<std::string>>()};
    return out;
  });
  if (!session || !session->branches.count(session->branch)) return std::nullopt;
  return session;
}

std::string safe_file_name(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_';
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
    out += plain ? std::string(1, c) : std::string(escaped);
  }
  if (out.empty()) return "%";
  return out.size() <= longest_name ? out : "%%" + hash_text(name);
}

std::string state_id(const State& state) {
  const auto bytes = json::to_cbor(content_of(state));
  return Hasher().text("celloquy state 1").values(std::span<const std::uint8_t>(bytes)).hex();
}

std::string state_text(const State& state) {
  json value = content_of(state);
  value["id"] = state.id;
  value["time"] = state.time;
  return dump(value, 1) + "\n";
}

std::optional<State> parse_state(const std::string& text) {
  auto state = parse(text, [](const json& value) {
    State out;
    out.id = value.at("id").get<std::string>();
    out.parent = value.at("parent").get<std::string>();
    out.tool = value.at("tool").get<std::string>();
    out.arguments = value.at("arguments");
    out.summary = text_of(value.at("summary"));
    out.time = value.at("time").get<std::string>();
    out.slots = value.at("slots").get<std::map<std::string, std::string>>();
    return out;
  });
  if (!state || state->id != state_id(*state)) return std::nullopt;
  return state;
}

std::string turn_text(const Turn& turn) {
  return dump({{"question", turn.question},
               {"answer", turn.answer},
               {"calls", turn.calls},
               {"state", turn.state},
               {"selection", turn.selection}});
}

std::optional<Turn> parse_turn(const std::string& line) {
  return parse(line, [](const json& value) {
    return Turn{value.at("question").get<std::string>(), value.at("answer").get<std::string>(),
                value.at("calls"), value.at("state").get<std::string>(),
                value.value("selection", std::string())};
  });
}

}  // namespace celloquy::workspace
