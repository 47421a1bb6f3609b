#pragma once
// The addresses below /api/v1 (docs/server.md) and the page's files.

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "server/access/gate.hpp"
#include "server/api/byte_cache.hpp"
#include "server/http/message.hpp"
#include "server/studies/columns.hpp"
#include "server/studies/library.hpp"

namespace celloquy::server {

/// Why a request gets no answer; an Error of the rooms below becomes one.
struct Refusal {
  unsigned status = 500;
  std::string code;
  Text message, remedy;
  unsigned retry_seconds = 0;
  std::string allow;  ///< methods, with 405

  Refusal(unsigned status_, std::string code_, Text message_, Text remedy_ = {})
      : status(status_),
        code(std::move(code_)),
        message(std::move(message_)),
        remedy(std::move(remedy_)) {}
  Refusal(const Error& error);  // NOLINT: errors are passed on with CELLOQUY_TRY
};
/// A refusal with the sentences `server.ID` and `server.ID.remedy`.
tl::unexpected<Refusal> refused(unsigned status, std::string_view code, std::string_view id,
                                const TextArguments& arguments = {});
tl::unexpected<Refusal> busy();

using Outcome = tl::expected<http::Response, Refusal>;

class Api;

/// One request with everything that is known about it.
struct Call {
  Api& api;
  http::Request& request;
  Person person;
  Language language;
  std::map<std::string, std::string> parts;  ///< {name} of the pattern → text
  std::string study, session, client;

  /// The body as a JSON object; 400 when it is none, 415 when it is not said to be one.
  tl::expected<nlohmann::json, Refusal> json_body() const;
  /// The study's session, opened when needed; 404.
  tl::expected<std::shared_ptr<Conversation>, Refusal> conversation() const;
  std::shared_ptr<OpenStudy> open_study() const;
  /// Threads and progress on the session's events.
  Context context(ProgressSink* progress = nullptr) const;
  Precision precision() const;
};

enum class Speed {
  quick,     ///< answered at once
  opens,     ///< once the study is open
  computes,  ///< may compute or wait, unless `ready` says otherwise
};
enum class BodyKind { none, json, cells, upload };

struct Route {
  std::string method, pattern;  ///< "/studies/{id}/fields/{name}"; a last "{file*}" takes the rest
  std::string purpose;          ///< for the OpenAPI document: one English sentence
  Right right = Right::view;    ///< on {id}; without {id}: `none` for everybody, else who is known
  Speed speed = Speed::quick;
  BodyKind body = BodyKind::none;
  std::function<Outcome(Call&)> run;
  std::function<bool(Call&)> ready;  ///< for `computes`
  std::string answers = "application/json";
};

struct ApiOptions {
  std::string web;  ///< folder of the built page; empty: there is none
  std::uint64_t most_upload = 20'000'000'000;
  std::string version;
};

class Api final : public http::Application {
 public:
  Api(ApiOptions options, GateOptions gate, Library& library, Machine& machine);

  http::BodyRule before_body(http::Request& request) override;
  bool slow(const http::Request& request) override;
  http::Response answer(http::Request& request) override;
  http::Response refuse(unsigned status, const http::Request* request) override;

  const ApiOptions& options() const { return options_; }
  Gate& gate() { return gate_; }
  Library& library() { return library_; }
  Machine& machine() { return machine_; }
  ByteCache& cache() { return cache_; }
  const std::vector<Route>& routes() const { return routes_; }

 private:
  struct Matched;
  tl::expected<Matched, Refusal> match(http::Request& request) const;
  http::BodyRule body_rule(const Route& route) const;
  http::Response page(http::Request& request) const;

  ApiOptions options_;
  Gate gate_;
  Library& library_;
  Machine& machine_;
  ByteCache cache_;
  std::vector<Route> routes_;
};

// The groups of addresses; each file adds its own.
void add_account_routes(std::vector<Route>& routes);
void add_study_routes(std::vector<Route>& routes);
void add_column_routes(std::vector<Route>& routes);
void add_conversation_routes(std::vector<Route>& routes);
void add_history_routes(std::vector<Route>& routes);
void add_selection_routes(std::vector<Route>& routes);
void add_file_routes(std::vector<Route>& routes);
void add_field_routes(std::vector<Route>& routes);
void add_gene_set_routes(std::vector<Route>& routes);

nlohmann::json openapi(const std::vector<Route>& routes, const std::string& version);

/// A text field of a request's body; empty where there is none or it is no text.
std::string text_of(const nlohmann::json& body, const char* name);
/// 200 with JSON.
http::Response json_response(const nlohmann::json& document, unsigned status = 200);
http::Response refusal_response(const Refusal& refusal, Language language);
Language language_of(const http::Request& request);
/// Headers that every answer has.
void add_safety_headers(http::Response& response);

}  // namespace celloquy::server
