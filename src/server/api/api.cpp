#include "server/api/api.hpp"

#include <algorithm>

#include "base/hashing.hpp"
#include "server/api/static_page.hpp"

namespace celloquy::server {

using http::BodyRule;
using http::Request;
using http::Response;
using nlohmann::json;

namespace {

constexpr std::size_t cache_bytes = std::size_t{48} << 20;
constexpr std::uint64_t most_json = std::uint64_t{1} << 20;

/// {name} → text where the pattern fits.
std::optional<std::map<std::string, std::string>> fit(const std::string& pattern,
                                                      const std::vector<std::string>& segments,
                                                      std::size_t from) {
  std::map<std::string, std::string> parts;
  std::size_t at = from;
  for (std::size_t begin = 1; begin <= pattern.size();) {
    const auto end = std::min(pattern.find('/', begin), pattern.size());
    const std::string piece = pattern.substr(begin, end - begin);
    begin = end + 1;
    if (piece.ends_with("*}")) {
      std::string rest;
      for (; at < segments.size(); ++at) rest += (rest.empty() ? "" : "/") + segments[at];
      if (rest.empty()) return std::nullopt;
      parts[piece.substr(1, piece.size() - 3)] = rest;
      return parts;
    }
    if (at == segments.size()) return std::nullopt;
    if (piece.starts_with('{'))
      parts[piece.substr(1, piece.size() - 2)] = segments[at];
    else if (piece != segments[at])
      return std::nullopt;
    ++at;
  }
  if (at != segments.size()) return std::nullopt;
  return parts;
}

bool changes(const Request& request) { return request.method != "GET"; }

}  // namespace

Refusal::Refusal(const Error& error)
    : code(code_name(error.code)), message(error.message), remedy(error.remedy) {
  switch (error.code) {
    case ErrorCode::usage: status = 400; break;
    case ErrorCode::unusable_input:
    case ErrorCode::cannot_answer: status = 422; break;
    case ErrorCode::cancelled: status = 409; break;
    case ErrorCode::internal: status = 500; break;
  }
}

tl::unexpected<Refusal> refused(unsigned status, std::string_view code, std::string_view id,
                                const TextArguments& arguments) {
  const auto error = failure(ErrorCode::usage, id, arguments).value();
  return tl::make_unexpected(Refusal(status, std::string(code), error.message, error.remedy));
}

tl::unexpected<Refusal> busy() {
  auto out = refused(429, "busy", "server.busy");
  out.value().retry_seconds = 2;
  return out;
}

Language language_of(const Request& request) {
  std::string wanted = request.value("lang");
  if (wanted.empty()) {
    const std::string accept = request.header("accept-language");
    const auto zh = accept.find("zh"), en = accept.find("en");
    wanted = zh < en ? "zh" : "en";
  }
  return wanted.starts_with("zh") ? Language::chinese : Language::english;
}

Response json_response(const json& document, unsigned status) {
  Response response;
  response.status = status;
  response.with("Content-Type", "application/json; charset=utf-8");
  response.body = dump(document);
  return response;
}

Response refusal_response(const Refusal& refusal, Language language) {
  Response response = json_response({{"error",
                                      {{"code", refusal.code},
                                       {"message", refusal.message.in(language)},
                                       {"remedy", refusal.remedy.in(language)}}}},
                                    refusal.status);
  response.with("Cache-Control", "no-store");
  if (refusal.retry_seconds) response.with("Retry-After", std::to_string(refusal.retry_seconds));
  if (refusal.status == 405)
    response.with("Allow", refusal.allow.empty() ? "GET, HEAD" : refusal.allow);
  if (refusal.status == 401) response.with("WWW-Authenticate", "Bearer");
  return response;
}

void add_safety_headers(Response& response) {
  response.with("X-Content-Type-Options", "nosniff")
      .with("Referrer-Policy", "no-referrer")
      .with("X-Frame-Options", "DENY")
      .with("Cross-Origin-Resource-Policy", "same-origin")
      .with("Cross-Origin-Opener-Policy", "same-origin");
  if (!response.find("Content-Security-Policy"))
    response.with("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
}

struct Api::Matched {
  const Route* route = nullptr;  ///< null: the page
  std::map<std::string, std::string> parts;
  Person person;
};

Api::Api(ApiOptions options, GateOptions gate, Library& library, Machine& machine)
    : options_(std::move(options)),
      gate_(std::move(gate)),
      library_(library),
      machine_(machine),
      cache_(cache_bytes) {
  add_account_routes(routes_);
  add_study_routes(routes_);
  add_column_routes(routes_);
  add_conversation_routes(routes_);
  add_history_routes(routes_);
  add_selection_routes(routes_);
  add_file_routes(routes_);
  add_field_routes(routes_);
  add_gene_set_routes(routes_);
}

tl::expected<Api::Matched, Refusal> Api::match(Request& request) const {
  if (!gate_.right_host(request)) return refused(421, "forbidden", "server.wrong_host");
  const auto& segments = request.segments;
  Matched matched;
  if (segments.empty() || segments[0] != "api") {
    if (changes(request))
      return refused(405, "wrong_method", "server.wrong_method", {{"allowed", "GET"}});
    return matched;
  }
  std::string allowed;
  if (segments.size() >= 2 && segments[1] == "v1")
    for (const auto& route : routes_) {
      auto parts = fit(route.pattern, segments, 2);
      if (!parts) continue;
      if (route.method != request.method) {
        allowed += (allowed.empty() ? "" : ", ") + route.method;
        continue;
      }
      matched.route = &route;
      matched.parts = std::move(*parts);
      break;
    }
  if (!matched.route) {
    // Who may not come in does not learn what there is.
    if (!gate_.person(request)) return refused(401, "unauthorized", "server.unauthorized");
    if (allowed.empty()) return refused(404, "not_found", "server.not_found");
    auto out = refused(405, "wrong_method", "server.wrong_method", {{"allowed", allowed}});
    out.value().allow = allowed;
    return out;
  }
  if (matched.route->right == Right::none) {
    if (changes(request) && !request.header("origin").empty() && !gate_.same_site(request))
      return refused(403, "forbidden", "server.cross_site");
    return matched;
  }
  const auto person = gate_.person(request);
  if (!person) return refused(401, "unauthorized", "server.unauthorized");
  if (changes(request) && !gate_.same_site(request))
    return refused(403, "forbidden", "server.cross_site");
  matched.person = *person;
  if (const auto id = matched.parts.find("id"); id != matched.parts.end()) {
    const Right has = person->on(id->second);
    if (has < Right::view || !library_.find(id->second))
      return refused(404, "not_found", "server.no_study", {{"study", id->second}});
    if (has < matched.route->right) return refused(403, "forbidden", "server.forbidden");
  }
  return matched;
}

BodyRule Api::body_rule(const Route& route) const {
  BodyRule rule;
  switch (route.body) {
    case BodyKind::none: break;
    case BodyKind::json: rule.most = most_json; break;
    // A bit a cell; the exact length is checked when the cells are known.
    case BodyKind::cells: rule.most = (std::uint64_t{1} << 32) / 8 / 64; break;
    case BodyKind::upload:
      rule.most = options_.most_upload;
      rule.folder = library_.uploads();
      break;
  }
  return rule;
}

BodyRule Api::before_body(Request& request) {
  auto matched = match(request);
  BodyRule rule;
  if (!matched) {
    rule.refusal = refusal_response(matched.error(), language_of(request));
    add_safety_headers(*rule.refusal);
    return rule;
  }
  if (matched->route) {
    rule = body_rule(*matched->route);
    // Right on all studies, before a byte of it is read.
    const bool upload = matched->route->body == BodyKind::upload;
    if (upload && matched->person.on("*") < Right::own) {
      rule.refusal = refusal_response(refused(403, "forbidden", "server.forbidden").value(),
                                      language_of(request));
      add_safety_headers(*rule.refusal);
    }
  }
  request.matched = *std::move(matched);
  return rule;
}

namespace {

/// What all handlers need; the study's session is by default the user's own.
Call make_call(Api& api, Request& request, const Person& person,
               const std::map<std::string, std::string>& parts) {
  Call call{api, request, person, language_of(request), parts, "", "", ""};
  const auto id = parts.find("id");
  if (id != parts.end()) call.study = id->second;
  call.session = request.value("session");
  if (call.session.empty())
    call.session = person.owner || person.name.empty() ? "default" : person.name;
  call.session = call.session.substr(0, 200);
  call.client = request.value("client").substr(0, 100);
  return call;
}

}  // namespace

bool Api::slow(const Request& request) {
  const auto& matched = std::any_cast<const Matched&>(request.matched);
  if (!matched.route) return false;
  switch (matched.route->speed) {
    case Speed::quick: return false;
    case Speed::computes:
      if (!matched.route->ready) return true;
      break;
    case Speed::opens: break;
  }
  Call call = make_call(*this, const_cast<Request&>(request), matched.person, matched.parts);
  const auto study = library_.opened(call.study);
  if (!study || !study->known_conversation(call.session)) return true;
  return matched.route->speed == Speed::computes && !matched.route->ready(call);
}

Response Api::answer(Request& request) {
  const auto& matched = std::any_cast<const Matched&>(request.matched);
  Response response;
  if (!matched.route) {
    response = page(request);
  } else {
    Call call = make_call(*this, request, matched.person, matched.parts);
    auto outcome = matched.route->run(call);
    response = outcome ? *std::move(outcome) : refusal_response(outcome.error(), call.language);
  }
  if (!request.upload.empty()) std::remove(request.upload.c_str());  // nobody took it
  const auto* text = std::get_if<std::string>(&response.body);
  if (!changes(request) && response.status == 200 && text && !response.find("ETag"))
    response.with("ETag", "\"" + hash_text(*text) + "\"");
  if (!response.find("Cache-Control")) response.with("Cache-Control", "private, no-cache");
  if (const auto* etag = response.find("ETag");
      etag && response.status == 200 &&
      request.header("if-none-match").find(*etag) != std::string::npos) {
    response.status = 304;
    response.body = std::string();
  }
  add_safety_headers(response);
  return response;
}

Response Api::page(Request& request) const {
  if (request.segments.empty() && !request.value("secret").empty()) {
    const auto cookie = gate_.cookie_for_secret(request);
    if (!cookie)
      return refusal_response(refused(401, "unauthorized", "server.wrong_secret").value(),
                              language_of(request));
    Response response;
    response.status = 303;
    std::string rest;
    for (const auto& [name, value] : request.query)
      if (name != "secret")
        rest += (rest.empty() ? "?" : "&") + http::percent_encoded(name) + "=" +
                http::percent_encoded(value);
    response.with("Location", "/" + rest)
        .with("Set-Cookie", *cookie)
        .with("Cache-Control", "no-store");
    return response;
  }
  return static_page(options_.web, request, language_of(request));
}

Response Api::refuse(unsigned status, const Request* request) {
  const Language language = request ? language_of(*request) : Language::english;
  const auto made = [&]() -> tl::unexpected<Refusal> {
    switch (status) {
      case 413: return refused(413, "too_large", "server.too_large");
      case 429: return busy();
      case 431: return refused(431, "too_large", "server.headers_too_large");
      case 507: return refused(507, "no_space", "server.no_space");
      case 500: return refused(500, "internal", "server.internal");
      default: return refused(400, "usage", "server.bad_request");
    }
  };
  Response response = refusal_response(made().value(), language);
  add_safety_headers(response);
  return response;
}

}  // namespace celloquy::server
