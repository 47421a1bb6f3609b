#include "server/studies/job.hpp"

#include <algorithm>
#include <filesystem>

#include "server/http/message.hpp"
#include "server/studies/answer_view.hpp"
#include "server/studies/base64.hpp"

namespace celloquy::server {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

Text purpose_of(const std::string& tool) {
  const auto* known = tools::Registry::standard().find(tool);
  return known ? known->schema().purpose : Text::same(tool);
}

/// Names of files that a question or call may give: their last part, made harmless.
std::string plain_file_name(const std::string& path) {
  std::string out;
  for (const char c : fs::path(path).filename().string()) {
    const auto byte = static_cast<unsigned char>(c);
    const bool ascii = byte < 0x80;
    if (!ascii || std::isalnum(byte) || c == '-' || c == '_' || (c == '.' && !out.empty()))
      out += c;
    else if (c == ' ')
      out += '_';
  }
  return out.substr(0, 120);
}

class Teller final : public chat::AskObserver {
 public:
  Teller(Job& job, const workspace::Study& study) : job_(job), study_(study) {}

  void planned(const chat::Plan& plan) override {
    json calls = json::array(), alternatives = json::array();
    for (const auto& call : plan.calls)
      calls.push_back({{"tool", call.tool},
                       {"arguments", call.arguments},
                       {"purpose", purpose_of(call.tool).in(job_.interface)}});
    for (const auto& other : plan.alternatives) alternatives.push_back(other.in(plan.language));
    job_.stream->send(
        "reading",
        dump({{"calls", calls}, {"confidence", plan.confidence}, {"alternatives", alternatives}}));
  }

  /// Files go to the job's own folder, whatever path was asked for.
  Status begins(std::size_t index, std::size_t of, chat::ToolCall& call) override {
    CELLOQUY_CHECK(place_files(call));
    job_.stream->send("step", dump({{"index", index},
                                    {"of", of},
                                    {"tool", call.tool},
                                    {"purpose", purpose_of(call.tool).in(job_.interface)},
                                    {"status", "started"}}));
    return {};
  }

  void ended(std::size_t index, std::size_t of, const chat::Step& step) override {
    job_.stream->send("step", dump({{"index", index},
                                    {"of", of},
                                    {"tool", step.tool},
                                    {"purpose", purpose_of(step.tool).in(job_.interface)},
                                    {"status", "done"},
                                    {"seconds", step.seconds},
                                    {"cached", step.cached}}));
  }

 private:
  Status place_files(chat::ToolCall& call) {
    const auto* tool = tools::Registry::standard().find(call.tool);
    if (!tool) return {};
    for (const auto& argument : tool->schema().arguments) {
      if (argument.type != tools::ArgumentType::file) continue;
      std::error_code error;
      fs::create_directories(job_.downloads, error);
      if (error)
        return failure(ErrorCode::unusable_input, "workspace.cannot_write",
                       {{"path", job_.downloads}, {"reason", error.message()}});
      std::string wanted;
      if (call.arguments.contains(argument.name) && call.arguments[argument.name].is_string())
        wanted = plain_file_name(call.arguments[argument.name].get<std::string>());
      if (wanted.empty()) wanted = default_name(call);
      call.arguments[argument.name] = job_.downloads + "/" + wanted;
    }
    return {};
  }

  std::string default_name(const chat::ToolCall& call) const {
    const std::string kind = call.arguments.is_object() ? call.arguments.value("kind", "") : "";
    const std::string stem = plain_file_name(fs::path(study_.path()).stem().string());
    const std::string ending = kind == "h5ad" || kind == "cellxgene" ? ".h5ad"
                               : kind == "report"                    ? ".html"
                               : kind == "scanpy"                    ? ".py"
                               : kind == "seurat"                    ? ".R"
                               : kind == "notebook"                  ? ".ipynb"
                                                                     : "_" + kind;
    return (stem.empty() ? "celloquy" : stem) + "_celloquy" + ending;
  }

  Job& job_;
  const workspace::Study& study_;
};

/// The files that were written, also inside of folders; names relative to it.
json downloads_of(const Job& job) {
  json out = json::array();
  std::error_code error;
  for (fs::recursive_directory_iterator entry(job.downloads, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    std::string name = fs::relative(entry->path(), job.downloads, error).generic_string();
    std::string url = job.download_url;
    for (const auto& part : fs::path(name)) url += "/" + http::percent_encoded(part.string());
    out.push_back({{"name", name}, {"bytes", entry->file_size(error)}, {"url", url}});
  }
  std::sort(out.begin(), out.end(), [](const json& a, const json& b) {
    return a["name"].get_ref<const std::string&>() < b["name"].get_ref<const std::string&>();
  });
  return out;
}

}  // namespace

std::string_view name(Job::Status status) {
  switch (status) {
    case Job::Status::waiting: return "waiting";
    case Job::Status::running: return "running";
    case Job::Status::done: return "done";
    case Job::Status::cancelled: return "cancelled";
    case Job::Status::failed: break;
  }
  return "failed";
}

json error_json(const Error& error, Language language) {
  return {{"error",
           {{"code", code_name(error.code)},
            {"message", error.message.in(language)},
            {"remedy", error.remedy.in(language)}}}};
}

void ProgressEvents::report(std::string_view step, double fraction) {
  const auto now = Clock::now();
  const bool other = step != step_;
  if (other) {
    step_ = step;
    begun_ = now;
  }
  if (!other && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  json event = {{"step", step},
                {"title", message("server.step." + step_).in(language_)},
                {"fraction", fraction},
                {"remaining_seconds", nullptr},
                {"job", job_ ? json(job_->id) : json()}};
  // Without a sentence for it the step's own name is better than an id.
  if (event["title"] == "server.step." + step_) event["title"] = step;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  if (fraction > 0.02 && fraction <= 1)
    event["remaining_seconds"] = seconds * (1 - fraction) / fraction;
  if (job_) job_->stream->send("progress", dump(event));
  hub_.tell("progress", event);
}

Expected<json> run_job(Job& job, workspace::Study& study, EventHub& hub, ThreadPool& threads,
                       const std::function<std::string(const tools::Selection&)>& bitmap) {
  ProgressEvents progress(&job, hub, job.interface);
  Context context;
  context.threads = &threads;
  context.cancellation = &job.cancellation;
  context.progress = &progress;
  Teller teller(job, study);
  if (context.cancelled()) return cancelled_error();
  auto answer =
      job.question.empty()
          ? chat::call(study, job.call, job.language.value_or(job.interface), &teller, context)
          : chat::ask(study, job.question, {job.language, &teller}, context);
  if (!answer) return tl::make_unexpected(std::move(answer).error());
  json document = chat::to_json(*answer);
  for (const auto& finding : answer->evidence)
    if (finding.selection && document["selection"].is_object())
      document["selection"]["bitmap"] = base64(bitmap(*finding.selection));
  document["downloads"] = downloads_of(job);
  document["view"] = answer_view(*answer, study, context);
  return document;
}

}  // namespace celloquy::server
