#include "server/studies/conversation.hpp"

#include <exception>

#include "tools/selection_groups.hpp"

namespace celloquy::server {

using nlohmann::json;

std::string turn_key(const std::string& fingerprint, const std::string& session, std::size_t index,
                     const workspace::Turn& turn) {
  return workspace::result_key(
      std::vector<std::string>{fingerprint}, "turn",
      {{"session", session}, {"turn", index}, {"question", turn.question}, {"state", turn.state}},
      1);
}

Conversation::Conversation(std::unique_ptr<workspace::Study> study, std::shared_ptr<EventHub> hub,
                           Machine& machine)
    : machine_(machine), hub_(std::move(hub)), study_(std::move(study)) {}

std::shared_ptr<const Snapshot> Conversation::snapshot() const {
  std::lock_guard lock(mutex_);
  return snapshot_;
}

std::shared_ptr<const Dataset> Conversation::shared_dataset() {
  std::lock_guard lock(study_mutex_);
  return study_->shared_dataset();
}

Status Conversation::prepare(const Context& context) {
  std::lock_guard lock(study_mutex_);
  CELLOQUY_TRY(auto taken, take_snapshot(*study_, context));
  std::lock_guard quick(mutex_);
  snapshot_ = std::move(taken);
  return {};
}

void Conversation::refresh(const Context& given, const std::string& client,
                           const std::string& user) {
  // What was done is shown, also after it was cancelled.
  Context context = given;
  context.cancellation = nullptr;
  context.progress = nullptr;
  auto taken = take_snapshot(*study_, context);
  if (!taken) return;
  std::shared_ptr<const Snapshot> before;
  {
    std::lock_guard lock(mutex_);
    before = std::exchange(snapshot_, *taken);
  }
  const Snapshot& now = **taken;
  if (!before || before->state != now.state || before->branch != now.branch) {
    const auto& state = study_->state();
    hub_->tell("state", {{"state", now.state},
                         {"n_kept", now.n_kept()},
                         {"tool", state.tool},
                         {"summary", {{"en", state.summary.en}, {"zh", state.summary.zh}}},
                         {"client", client},
                         {"user", user}});
  }
}

Status Conversation::select(const std::string& name, const std::optional<tools::CellList>& cells) {
  std::string key;
  if (cells) {
    key = tools::selection_key(snapshot()->data->fingerprint, *cells);
    if (!results().contains(key)) CELLOQUY_CHECK(results().put(key, tools::to_blob(*cells)));
  }
  CELLOQUY_CHECK(study_->set_selection(name, key));
  look_at_selections();
  return {};
}

void Conversation::look_at_selections() {
  const auto selections = study_->selections();
  const auto before = snapshot();
  if (!selections || !before) return;
  std::map<std::string, Snapshot::Selected> now;
  for (const auto& [name, key] : *selections) {
    const auto known = before->selections.find(name);
    if (known != before->selections.end() && known->second.key == key) {
      now[name] = known->second;
      continue;
    }
    const auto blob = results().find(key);
    auto list = std::make_shared<tools::CellList>();
    if (blob && tools::from_blob(*blob, *list)) now[name] = {key, std::move(list)};
  }
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*snapshot_);
  next->selections = std::move(now);
  snapshot_ = std::move(next);
}

bool Conversation::submit(const std::shared_ptr<Job>& job) {
  bool begin = false;
  std::size_t position = 0;
  {
    std::lock_guard lock(mutex_);
    if (waiting_.size() >= machine_.most_waiting_of_session ||
        machine_.waiting_jobs >= machine_.most_waiting_jobs)
      return false;
    position = waiting_.size() + (running_ ? 1 : 0);
    ++machine_.waiting_jobs;
    waiting_.push_back(job);
    begin = position == 0;
    job->stream->send("job", dump({{"job", job->id}, {"position", position}}));
  }
  tell_job(*job);
  if (begin) machine_.workers.run([self = shared_from_this()] { self->run_next(); });
  return true;
}

void Conversation::run_next() {
  std::shared_ptr<Job> job;
  {
    std::lock_guard lock(mutex_);
    if (running_ || waiting_.empty()) return;
    job = running_ = waiting_.front();
    waiting_.pop_front();
    --machine_.waiting_jobs;
    job->status = Job::Status::running;
  }
  tell_job(*job);
  tell_positions();
  {
    std::lock_guard lock(study_mutex_);
    const std::size_t turns = study_->turns().size();
    Expected<json> answer = json();
    try {
      answer = run_job(*job, *study_, *hub_, machine_.threads, [&](const tools::Selection& chosen) {
        // Of the cells that are kept after the job: what the page shows then.
        Context context;
        const auto now = take_snapshot(*study_, context);
        return now ? bitmap_of(**now, chosen.cells) : std::string();
      });
    } catch (const std::exception& thrown) {
      answer = failure(ErrorCode::internal, "base.internal", {{"what", thrown.what()}});
    }
    if (answer && study_->turns().size() > turns) {
      (*answer)["turn"] = turns;
      workspace::Blob kept;
      kept.facts = *answer;
      // A full disk costs this turn its evidence after a restart, not its answer.
      (void)study_->results().put(
          turn_key(study_->fingerprint(), study_->session(), turns, study_->turns()[turns]), kept);
    }
    if (study_->turns().size() > turns)
      hub_->tell("turn", {{"turn", turns},
                          {"question", job->question},
                          {"client", job->client},
                          {"user", job->user}});
    Context context;
    refresh(context, job->client, job->user);
    finish(*job, answer);
  }
  {
    std::lock_guard lock(mutex_);
    running_ = nullptr;
    if (waiting_.empty()) return;
  }
  // Behind the other sessions' jobs, so that none has the workers for itself.
  machine_.workers.run([self = shared_from_this()] { self->run_next(); });
}

void Conversation::finish(Job& job, const Expected<json>& answer) {
  if (answer) {
    job.status = Job::Status::done;
    job.stream->send("answer", dump(*answer));
  } else {
    job.status =
        answer.error().code == ErrorCode::cancelled ? Job::Status::cancelled : Job::Status::failed;
    job.stream->send("error",
                     dump(error_json(answer.error(), job.language.value_or(job.interface))));
  }
  job.stream->close();
  tell_job(job);
}

void Conversation::tell_job(const Job& job) {
  json event = {
      {"job", job.id}, {"status", name(job.status)}, {"client", job.client}, {"user", job.user}};
  if (job.question.empty())
    event["tool"] = job.call.tool;
  else
    event["question"] = job.question;
  hub_->tell("job", event);
}

void Conversation::tell_positions() {
  std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < waiting_.size(); ++i)
    waiting_[i]->stream->send("job", dump({{"job", waiting_[i]->id}, {"position", i + 1}}));
}

std::vector<std::shared_ptr<Job>> Conversation::jobs() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Job>> out;
  if (running_) out.push_back(running_);
  out.insert(out.end(), waiting_.begin(), waiting_.end());
  return out;
}

bool Conversation::cancel(const std::string& id) {
  for (const auto& job : jobs())
    if (job->id == id) {
      job->cancellation.cancel();
      return true;
    }
  return false;
}

void Conversation::cancel_all() {
  for (const auto& job : jobs()) job->cancellation.cancel();
}

bool Conversation::idle() const {
  std::lock_guard lock(mutex_);
  return !running_ && waiting_.empty();
}

}  // namespace celloquy::server
