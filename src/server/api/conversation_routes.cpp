// Questions, tools, jobs, turns, feedback, events.

#include "server/access/users.hpp"
#include "server/api/api.hpp"
#include "server/studies/base64.hpp"
#include "workspace/session.hpp"

namespace celloquy::server {

using nlohmann::json;

namespace {

constexpr std::size_t longest_question = 4000;

http::Response stream_response(std::shared_ptr<http::EventStream> stream) {
  http::Response response;
  response.body = std::move(stream);
  return response;
}

/// Hands the job in; its stream is the answer.
Outcome submit(Call& call, const json& body, std::shared_ptr<Job> job) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const std::string lang = text_of(body, "lang");
  if (!lang.empty()) job->language = lang == "zh" ? Language::chinese : Language::english;
  job->interface = job->language.value_or(call.language);
  job->client = text_of(body, "client").substr(0, 100);
  if (job->client.empty()) job->client = call.client;
  job->user = call.person.name;
  job->id = random_secret().substr(0, 22);
  const std::string folder = call.study + "~" + job->id;
  job->downloads = call.api.library().export_folder(folder);
  job->download_url =
      "/api/v1/studies/" + http::percent_encoded(call.study) + "/exports/" + job->id;
  if (!conversation->submit(job)) return busy();
  return stream_response(job->stream);
}

Outcome ask(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  auto job = std::make_shared<Job>();
  job->question = text_of(body, "question");
  if (job->question.find_first_not_of(" \t\r\n") == std::string::npos)
    return refused(400, "usage", "server.no_question");
  if (job->question.size() > longest_question)
    return refused(413, "too_large", "server.long_question", {{"most", longest_question}});
  return submit(call, body, std::move(job));
}

Outcome call_tool(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  auto job = std::make_shared<Job>();
  job->call.tool = call.parts["name"];
  if (!tools::Registry::standard().find(job->call.tool))
    return refused(404, "not_found", "server.no_tool", {{"tool", job->call.tool}});
  if (body.contains("arguments")) job->call.arguments = body["arguments"];
  if (!job->call.arguments.is_object()) return refused(400, "usage", "server.not_json");
  return submit(call, body, std::move(job));
}

Outcome export_files(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  call.api.library().remove_old_exports();
  auto job = std::make_shared<Job>();
  job->call = {"export", {{"kind", text_of(body, "kind")}}};
  return submit(call, body, std::move(job));
}

Outcome jobs(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  json out = json::array();
  for (const auto& job : conversation->jobs())
    out.push_back({{"job", job->id},
                   {"status", name(job->status)},
                   {"client", job->client},
                   {"user", job->user},
                   {"question", job->question},
                   {"tool", job->call.tool}});
  return json_response({{"jobs", out}});
}

Outcome cancel(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  if (!conversation->cancel(call.parts["job"]))
    return refused(404, "not_found", "server.no_job", {{"job", call.parts["job"]}});
  return json_response({{"job", call.parts["job"]}, {"status", "cancelling"}}, 202);
}

json turn_json(std::size_t number, const workspace::Turn& turn) {
  return {{"turn", number},
          {"question", turn.question},
          {"answer", turn.answer},
          {"calls", turn.calls},
          {"state", turn.state}};
}

Outcome turns(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  json out = json::array();
  for (std::size_t i = 0; i < now->turns->size(); ++i)
    out.push_back(turn_json(i, (*now->turns)[i]));
  return json_response({{"turns", out}});
}

/// The number of a turn in the address, or one beyond the last.
std::size_t turn_number(const std::string& text, std::size_t n_turns) {
  const bool number =
      !text.empty() && text.size() < 9 && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? std::stoul(text) : n_turns;
}

Outcome one_turn(Call& call) {
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const std::size_t number = turn_number(call.parts["n"], now->turns->size());
  if (number >= now->turns->size())
    return refused(404, "not_found", "server.no_turn", {{"turn", call.parts["n"]}});
  const auto& turn = (*now->turns)[number];
  const auto stored = conversation->results().find(
      turn_key(now->data->fingerprint, conversation->session(), number, turn));
  json out = turn_json(number, turn);
  // Turns of the command line kept their text only.
  out["document"] = stored ? stored->facts : json();
  return json_response(out);
}

Outcome feedback(Call& call) {
  CELLOQUY_TRY(const json body, call.json_body());
  CELLOQUY_TRY(const auto conversation, call.conversation());
  const auto now = conversation->snapshot();
  const auto turn = body.find("turn");
  const std::string verdict = text_of(body, "verdict");
  if (turn == body.end() || !turn->is_number_unsigned() || *turn >= now->turns->size() ||
      (verdict != "helpful" && verdict != "wrong"))
    return refused(400, "usage", "server.bad_feedback");
  const auto& about = (*now->turns)[turn->get<std::size_t>()];
  CELLOQUY_CHECK(workspace::append_line(conversation->folder() + "/feedback.jsonl",
                                        dump({{"time", workspace::utc_time()},
                                              {"session", call.session},
                                              {"user", call.person.name},
                                              {"question", about.question},
                                              {"answer", about.answer},
                                              {"state", about.state},
                                              {"verdict", verdict},
                                              {"note", text_of(body, "note").substr(0, 4000)}})));
  return json_response({{"kept", true}}, 201);
}

/// Also while the study opens: that is what it tells.
Outcome events(Call& call) {
  const auto hub = call.api.library().hub(call.study, call.session);
  const auto open = call.api.library().opened(call.study);
  const auto known = open ? open->known_conversation(call.session) : nullptr;
  const auto now = known ? known->snapshot() : nullptr;
  const std::string last = call.request.header("last-event-id");
  const bool number = !last.empty() && last.size() < 15 &&
                      last.find_first_not_of("0123456789") == std::string::npos;
  return stream_response(
      hub->join(number ? std::stoull(last) : 0,
                {{"state", now ? json(now->state) : json()}, {"session", call.session}}));
}

}  // namespace

void add_conversation_routes(std::vector<Route>& routes) {
  const char* stream = "text/event-stream";
  routes.push_back({"POST",
                    "/studies/{id}/ask",
                    "A question; the answer comes as a stream of events.",
                    Right::analyse,
                    Speed::opens,
                    BodyKind::json,
                    ask,
                    {},
                    stream});
  routes.push_back({"POST",
                    "/studies/{id}/tools/{name}",
                    "Runs one tool.",
                    Right::analyse,
                    Speed::opens,
                    BodyKind::json,
                    call_tool,
                    {},
                    stream});
  routes.push_back({"POST",
                    "/studies/{id}/exports",
                    "Writes results to files for download.",
                    Right::analyse,
                    Speed::opens,
                    BodyKind::json,
                    export_files,
                    {},
                    stream});
  routes.push_back({"GET",
                    "/studies/{id}/jobs",
                    "What runs and waits in this session.",
                    Right::view,
                    Speed::opens,
                    BodyKind::none,
                    jobs,
                    {}});
  routes.push_back({"DELETE",
                    "/studies/{id}/jobs/{job}",
                    "Stops a job.",
                    Right::analyse,
                    Speed::opens,
                    BodyKind::none,
                    cancel,
                    {}});
  routes.push_back({"GET",
                    "/studies/{id}/turns",
                    "The conversation so far.",
                    Right::view,
                    Speed::opens,
                    BodyKind::none,
                    turns,
                    {}});
  routes.push_back({"GET",
                    "/studies/{id}/turns/{n}",
                    "One turn with its whole answer.",
                    Right::view,
                    Speed::opens,
                    BodyKind::none,
                    one_turn,
                    {}});
  routes.push_back({"POST",
                    "/studies/{id}/feedback",
                    "Whether an answer was helpful; kept in the workspace.",
                    Right::view,
                    Speed::opens,
                    BodyKind::json,
                    feedback,
                    {}});
  routes.push_back({"GET",
                    "/studies/{id}/events",
                    "What others do, and progress.",
                    Right::view,
                    Speed::quick,
                    BodyKind::none,
                    events,
                    {},
                    stream});
}

}  // namespace celloquy::server
