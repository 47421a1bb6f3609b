#pragma once
// One session of an open study: its place in the history, its jobs one after
// another, and what it shows.

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/studies/job.hpp"
#include "server/studies/snapshot.hpp"
#include "server/studies/workers.hpp"

namespace celloquy::server {

/// What a server gives to all its studies.
struct Machine {
  ThreadPool& threads;  ///< for loops
  Workers& workers;     ///< for jobs
  std::atomic<std::size_t> waiting_jobs{0};
  std::size_t most_waiting_jobs = 64, most_waiting_of_session = 8;
};

class Conversation : public std::enable_shared_from_this<Conversation> {
 public:
  /// Reads nothing yet but the session's record.
  Conversation(std::unique_ptr<workspace::Study> study, std::shared_ptr<EventHub> hub,
               Machine& machine);

  EventHub& hub() { return *hub_; }
  /// Never waits for a running job.
  std::shared_ptr<const Snapshot> snapshot() const;
  /// Waits for the running job, but not for long; then `work` has the study for
  /// itself, and what it shows is looked at again afterwards. Nothing: it is busy,
  /// and the caller's thread is better used for others.
  template <class F>
  auto with_study(const Context& context, const std::string& client, const std::string& user,
                  F&& work) -> std::optional<decltype(work(std::declval<workspace::Study&>()))> {
    if (waiting_for_study_.fetch_add(1) >= most_waiting_for_study) {
      --waiting_for_study_;
      return std::nullopt;
    }
    std::unique_lock lock(study_mutex_, longest_wait_for_study);
    --waiting_for_study_;
    if (!lock) return std::nullopt;
    auto result = work(*study_);
    refresh(context, client, user);
    return result;
  }

  // What follows touches only what never changes while a study is open, or files
  // that are locked: it does not wait for a job.
  const std::string& session() const { return study_->session(); }
  const std::string& folder() const { return study_->folder(); }
  workspace::ResultStore& results() { return study_->results(); }
  Expected<std::vector<workspace::State>> states() const { return study_->all_states(); }
  /// Stores the cells under this name ("": the present selection); none: removes it.
  Status select(const std::string& name, const std::optional<tools::CellList>& cells);
  /// Looks at the selections again (another session may have named one).
  void look_at_selections();

  /// Makes the first snapshot.
  Status prepare(const Context& context);
  std::shared_ptr<const Dataset> shared_dataset();

  /// False when too many wait already.
  bool submit(const std::shared_ptr<Job>& job);
  std::vector<std::shared_ptr<Job>> jobs() const;  ///< waiting and running
  bool cancel(const std::string& id);
  void cancel_all();
  bool idle() const;

 private:
  void run_next();
  void finish(Job& job, const Expected<nlohmann::json>& answer);
  /// A new snapshot; tells what is different from the last one.
  void refresh(const Context& context, const std::string& client, const std::string& user);
  void tell_job(const Job& job);
  void tell_positions();

  Machine& machine_;
  std::shared_ptr<EventHub> hub_;
  static constexpr int most_waiting_for_study = 4;
  static constexpr std::chrono::seconds longest_wait_for_study{20};
  std::timed_mutex study_mutex_;  ///< one at a time
  std::atomic<int> waiting_for_study_{0};
  std::unique_ptr<workspace::Study> study_;
  mutable std::mutex mutex_;  ///< of what follows; held for moments
  std::shared_ptr<const Snapshot> snapshot_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::shared_ptr<Job> running_;
};

/// Where the whole answer of a turn is kept among the results.
std::string turn_key(const std::string& fingerprint, const std::string& session, std::size_t index,
                     const workspace::Turn& turn);

}  // namespace celloquy::server
