#pragma once
// Captions of clusters, made in the background when a page asks for them.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "server/studies/conversation.hpp"
#include "tools/space/captions.hpp"

namespace celloquy::server {

class CaptionBoard : public std::enable_shared_from_this<CaptionBoard> {
 public:
  struct Entry {
    enum class Status { working, ready, failed } status = Status::working;
    tools::Shared<tools::Captions> captions;  ///< when ready
    Error error;                              ///< when failed
  };
  /// What is known of the present clusters' captions; begins to make them when nothing
  /// is. Nothing when there are no clusters yet. Does not wait.
  std::optional<Entry> look(const std::shared_ptr<Conversation>& conversation, Machine& machine);

 private:
  void make(const std::string& key, const std::shared_ptr<Conversation>& conversation,
            Machine& machine);

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  ///< by the key of the clusters
};

}  // namespace celloquy::server
