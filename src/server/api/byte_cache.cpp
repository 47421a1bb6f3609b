#include "server/api/byte_cache.hpp"

namespace celloquy::server {

http::SharedBytes ByteCache::find(const std::string& key) {
  std::lock_guard lock(mutex_);
  return used(key);
}

http::SharedBytes ByteCache::used(const std::string& key) {
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second.place);
  return found->second.bytes;
}

http::SharedBytes ByteCache::put(const std::string& key, std::string body) {
  auto bytes = std::make_shared<const std::string>(std::move(body));
  if (bytes->size() > most_ / 8) return bytes;
  std::lock_guard lock(mutex_);
  if (entries_.contains(key)) return bytes;
  while (size_ + bytes->size() > most_ && !order_.empty()) {
    const auto last = entries_.find(order_.back());
    size_ -= last->second.bytes->size();
    entries_.erase(last);
    order_.pop_back();
  }
  order_.push_front(key);
  entries_[key] = {bytes, order_.begin()};
  size_ += bytes->size();
  return bytes;
}

}  // namespace celloquy::server
