// What handlers ask of a call.

#include <algorithm>

#include "server/api/api.hpp"

namespace celloquy::server {

using nlohmann::json;

tl::expected<json, Refusal> Call::json_body() const {
  if (request.body.empty()) return json(json::object());
  if (!request.header("content-type").starts_with("application/json"))
    return refused(415, "wrong_type", "server.wrong_type", {{"type", "application/json"}});
  // Deeply nested text would exhaust the stack of whoever walks through it.
  int depth = 0, deepest = 0;
  for (const char c : request.body) {
    depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    deepest = std::max(deepest, depth);
  }
  json document = deepest > 64 ? json() : json::parse(request.body, nullptr, false);
  if (!document.is_object()) return refused(400, "usage", "server.not_json");
  return document;
}

std::string text_of(const json& body, const char* name) {
  const auto found = body.find(name);
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::shared_ptr<OpenStudy> Call::open_study() const { return api.library().open(study); }

tl::expected<std::shared_ptr<Conversation>, Refusal> Call::conversation() const {
  const auto open = open_study();
  if (!open) return refused(404, "not_found", "server.no_study", {{"study", study}});
  CELLOQUY_TRY(auto found,
               open->conversation(session, api.library().hub(study, session), language));
  return found;
}

Context Call::context(ProgressSink* progress) const {
  Context out;
  out.threads = &api.machine().threads;
  out.progress = progress;
  return out;
}

Precision Call::precision() const {
  const std::string bits = request.value("precision");
  return bits == "16" ? Precision::half : bits == "8" ? Precision::quarter : Precision::full;
}

}  // namespace celloquy::server
