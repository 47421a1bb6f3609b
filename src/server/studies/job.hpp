#pragma once
// One question or tool call: what is to be done, and its telling while it runs.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "chat/ask.hpp"
#include "server/http/event_stream.hpp"
#include "server/studies/event_hub.hpp"

namespace celloquy::server {

struct Job {
  enum class Status { waiting, running, done, cancelled, failed };

  std::string id;
  std::string question;  ///< empty: a tool call
  chat::ToolCall call;
  std::optional<Language> language;        ///< of the answer; none: that of the question
  Language interface = Language::english;  ///< of everything else
  std::string client, user;                ///< who asked
  std::string downloads;                   ///< folder for files that tools write
  std::string download_url;                ///< what stands before a file's name
  std::shared_ptr<http::EventStream> stream = std::make_shared<http::EventStream>();
  CancellationToken cancellation;
  std::atomic<Status> status{Status::waiting};
};
std::string_view name(Job::Status status);

/// {"error":{"code","message","remedy"}}
nlohmann::json error_json(const Error& error, Language language);

/// Progress of steps as events, at most ten a second, with the time that is left.
class ProgressEvents final : public ProgressSink {
 public:
  /// `job` may be null (opening, columns): then only the hub is told.
  ProgressEvents(const Job* job, EventHub& hub, Language language)
      : job_(job), hub_(hub), language_(language) {}
  void report(std::string_view step, double fraction) override;

 private:
  using Clock = std::chrono::steady_clock;
  const Job* job_;
  EventHub& hub_;
  Language language_;
  std::string step_;
  Clock::time_point begun_{}, last_{};
};

/// Runs it on the study (by its one thread) and tells its stream everything but
/// the end. The answer's document, with downloads and the selection's cells.
Expected<nlohmann::json> run_job(Job& job, workspace::Study& study, EventHub& hub,
                                 ThreadPool& threads,
                                 const std::function<std::string(const tools::Selection&)>& bitmap);

}  // namespace celloquy::server
