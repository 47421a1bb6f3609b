#pragma once
// A study that is open: its data, once for all sessions.

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/studies/caption_board.hpp"
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

class OpenStudy : public std::enable_shared_from_this<OpenStudy> {
 public:
  OpenStudy(Served served, Machine& machine) : served_(std::move(served)), machine_(machine) {}

  /// The session of this name, taken up where it is; the first one reads the file.
  /// Many at once wait for one another.
  Expected<std::shared_ptr<Conversation>> conversation(const std::string& session,
                                                       const std::shared_ptr<EventHub>& hub,
                                                       Language language);
  /// Null when that session was not taken up yet.
  std::shared_ptr<Conversation> known_conversation(const std::string& session) const;
  std::vector<std::shared_ptr<Conversation>> conversations() const;

  /// Log-normalised values (the file's own where they are no counts) of one gene, a
  /// kept cell. Waits until the cells' totals are known, some seconds after opening at most.
  Expected<std::vector<float>> gene_values(const Snapshot& snapshot, std::uint32_t gene);
  /// True when gene_values() does not wait any more.
  bool genes_ready() const;

  CaptionBoard& captions() { return *captions_; }

  /// Stops everything that runs on it.
  void close();

  const Served& served() const { return served_; }
  std::shared_ptr<const Dataset> data() const;
  /// Memory that closing it would free, about.
  std::uint64_t bytes() const;
  bool idle() const;
  std::chrono::steady_clock::time_point last_used() const;
  void touch();

 private:
  /// In the background: the page's first requests do not wait for it.
  void make_gene_columns(const std::shared_ptr<Conversation>& by);
  Status make_gene_columns_of(workspace::Study& study, const Context& context);

  Served served_;
  Machine& machine_;
  CancellationToken closing_;
  std::mutex opening_;  ///< one reads, the others wait
  mutable std::mutex mutex_;
  std::shared_ptr<const Dataset> data_;
  std::condition_variable normalized_;
  std::shared_ptr<const Normalization> normalization_;  ///< of all cells; null: not known yet
  std::shared_ptr<const GeneColumns>
      genes_;  ///< null: not written yet, or there is no place for them
  std::map<std::string, std::shared_ptr<Conversation>> conversations_;
  std::shared_ptr<CaptionBoard> captions_ = std::make_shared<CaptionBoard>();
  std::chrono::steady_clock::time_point used_ = std::chrono::steady_clock::now();
};

}  // namespace celloquy::server
