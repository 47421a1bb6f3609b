#pragma once
// Results of this process, beside the open study; and the thread that stores
// them on disk while the next step already runs.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <typeindex>
#include <utility>

#include "workspace/result_store.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools {

/// Stores results in the order in which they were given, in a thread that
/// sleeps while there are none. Syncing to disk takes longer than computing
/// many a result, so nobody waits for it before flush().
class StoreWriter {
 public:
  explicit StoreWriter(workspace::ResultStore& store);
  ~StoreWriter();  ///< stores what is left
  StoreWriter(const StoreWriter&) = delete;
  StoreWriter& operator=(const StoreWriter&) = delete;

  /// `make` is called in the writing thread; what it borrows must live until flush().
  void put(std::string key, std::function<workspace::Blob()> make);
  /// Waits until all is on disk; the first failure since the last flush.
  Status flush();

 private:
  void work();
  workspace::ResultStore& store_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::deque<std::pair<std::string, std::function<workspace::Blob()>>> queue_;
  bool busy_ = false, stop_ = false;
  Status failed_;
  std::thread thread_;  ///< started by the first put()
};

/// Everything that was computed or loaded in this process, by result key.
/// Dropped with the study. Keys are content hashes, so nothing here gets stale.
class Memory {
 public:
  explicit Memory(workspace::ResultStore& store) : writer(store) {}
  /// The memory of this study, made at the first call.
  static Memory& of(workspace::Study& study);

  template <class T>
  std::shared_ptr<const T> find(const std::string& key) const {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end() || found->second.type != std::type_index(typeid(T))) return nullptr;
    return std::static_pointer_cast<const T>(found->second.value);
  }
  template <class T>
  void put(const std::string& key, std::shared_ptr<const T> value) {
    std::lock_guard lock(mutex_);
    entries_.insert_or_assign(key, Entry{std::type_index(typeid(T)), std::move(value)});
  }
  void drop(const std::string& key);

  StoreWriter writer;

 private:
  struct Entry {
    std::type_index type;
    std::shared_ptr<const void> value;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace celloquy::tools
