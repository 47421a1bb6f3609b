#include "server/http/event_stream.hpp"

namespace celloquy::server::http {

bool EventStream::send(std::string_view event, std::string_view data, std::uint64_t id) {
  std::string text;
  text.reserve(event.size() + data.size() + 40);
  if (id) text.append("id: ").append(std::to_string(id)).append("\n");
  text.append("event: ").append(event).append("\ndata: ").append(data).append("\n\n");
  {
    std::lock_guard lock(mutex_);
    if (closed_ || abandoned_) return false;
    if (waiting_.size() + text.size() > most_waiting) {
      waiting_.clear();
      closed_ = abandoned_ = true;
    } else {
      waiting_ += text;
    }
  }
  wake();
  return true;
}

void EventStream::close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  wake();
}

void EventStream::abandon() {
  std::lock_guard lock(mutex_);
  abandoned_ = closed_ = true;
  waiting_.clear();
  ready_ = nullptr;
}

bool EventStream::abandoned() const {
  std::lock_guard lock(mutex_);
  return abandoned_;
}

bool EventStream::take(std::string& out) {
  std::lock_guard lock(mutex_);
  out.clear();
  out.swap(waiting_);
  return !out.empty() || !closed_;
}

void EventStream::on_ready(std::function<void()> ready) {
  std::lock_guard lock(mutex_);
  ready_ = std::move(ready);
}

void EventStream::wake() {
  // Called under the lock, so that it cannot outlive abandon(); it only posts.
  std::lock_guard lock(mutex_);
  if (ready_) ready_();
}

}  // namespace celloquy::server::http
