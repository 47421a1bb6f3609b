#pragma once
// Finished bodies by what made them, the last used ones.

#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tl/expected.hpp>
#include <type_traits>

#include "server/http/message.hpp"

namespace celloquy::server {

class ByteCache {
 public:
  explicit ByteCache(std::size_t most_bytes) : most_(most_bytes) {}
  http::SharedBytes find(const std::string& key);
  /// Bodies above an eighth of the cache are not kept.
  http::SharedBytes put(const std::string& key, std::string body);
  /// The body under this key; made once, however many ask for it at the same time.
  /// `make` → tl::expected<std::string, E>; after a failure the next one tries again.
  template <class Make>
  auto find_or_make(const std::string& key, Make&& make)
      -> tl::expected<http::SharedBytes, typename std::invoke_result_t<Make>::error_type>;

 private:
  struct Entry {
    http::SharedBytes bytes;
    std::list<std::string>::iterator place;
  };
  /// The body, which is the last used one now; null when it is not kept. Holding the mutex.
  http::SharedBytes used(const std::string& key);

  std::mutex mutex_;
  std::condition_variable made_;
  std::set<std::string> making_;
  std::size_t most_, size_ = 0;
  std::list<std::string> order_;  ///< the last used one first
  std::map<std::string, Entry> entries_;
};

template <class Make>
auto ByteCache::find_or_make(const std::string& key, Make&& make)
    -> tl::expected<http::SharedBytes, typename std::invoke_result_t<Make>::error_type> {
  {
    std::unique_lock lock(mutex_);
    made_.wait(lock, [&] { return !making_.contains(key); });
    if (auto known = used(key)) return known;
    making_.insert(key);
  }
  struct Done {
    ByteCache& cache;
    const std::string& key;
    ~Done() {
      std::lock_guard lock(cache.mutex_);
      cache.making_.erase(key);
      cache.made_.notify_all();
    }
  } done{*this, key};
  auto body = make();
  if (!body) return tl::make_unexpected(std::move(body).error());
  return put(key, *std::move(body));
}

}  // namespace celloquy::server
