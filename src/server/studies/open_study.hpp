#pragma once
// A study that is open: its data, once for all sessions.

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/studies/conversation.hpp"
#include "server/studies/gene_columns.hpp"

namespace celloquy::server {

/// What is served: a file, or the demonstration data.
struct Served {
  std::string id, name, path;
  std::string workspace;  ///< empty: beside the file or in the cache
  std::uint64_t bytes = 0;
  bool uploaded = false;
};

class OpenStudy {
 public:
  OpenStudy(Served served, Machine& machine) : served_(std::move(served)), machine_(machine) {}
  ~OpenStudy();

  /// The session of this name, taken up where it is; the first one reads the file.
  /// Many at once wait for one another.
  Expected<std::shared_ptr<Conversation>> conversation(const std::string& session,
                                                       const std::shared_ptr<EventHub>& hub,
                                                       Language language);
  /// Null when that session was not taken up yet.
  std::shared_ptr<Conversation> known_conversation(const std::string& session) const;
  std::vector<std::shared_ptr<Conversation>> conversations() const;

  /// Log-normalised values (the file's own where they are no counts) of one gene, a kept cell.
  Expected<std::vector<float>> gene_values(const Snapshot& snapshot, std::uint32_t gene);

  const Served& served() const { return served_; }
  std::shared_ptr<const Dataset> data() const;
  /// Memory that closing it would free, about.
  std::uint64_t bytes() const;
  bool idle() const;
  std::chrono::steady_clock::time_point last_used() const;
  void touch();

 private:
  void make_gene_columns(const std::shared_ptr<Conversation>& by);

  Served served_;
  Machine& machine_;
  std::mutex opening_;  ///< one reads, the others wait
  mutable std::mutex mutex_;
  std::shared_ptr<const Dataset> data_;
  std::shared_ptr<const GeneColumns> genes_;
  std::map<std::string, std::shared_ptr<Conversation>> conversations_;
  std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
};

}  // namespace celloquy::server
