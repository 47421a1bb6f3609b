#pragma once
// Finished bodies by what made them, the last used ones.

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "server/http/message.hpp"

namespace celloquy::server {

class ByteCache {
 public:
  explicit ByteCache(std::size_t most_bytes) : most_(most_bytes) {}
  http::SharedBytes find(const std::string& key);
  /// Bodies above an eighth of the cache are not kept.
  http::SharedBytes put(const std::string& key, std::string body);

 private:
  struct Entry {
    http::SharedBytes bytes;
    std::list<std::string>::iterator place;
  };
  std::mutex mutex_;
  std::size_t most_, size_ = 0;
  std::list<std::string> order_;  ///< the last used one first
  std::map<std::string, Entry> entries_;
};

}  // namespace celloquy::server
