#include "server/studies/event_hub.hpp"

namespace celloquy::server {

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::shared_ptr<http::EventStream> EventHub::join(std::uint64_t last_seen, nlohmann::json hello) {
  auto stream = std::make_shared<http::EventStream>();
  std::lock_guard lock(mutex_);
  forget_the_gone();
  hello["clients"] = streams_.size() + 1;
  stream->send("hello", dump(hello));
  if (last_seen)
    for (const auto& event : last_)
      if (event.id > last_seen) stream->send(event.name, event.data, event.id);
  streams_.push_back(stream);
  return stream;
}

void EventHub::tell(std::string_view name, const nlohmann::json& data) {
  Event event{0, std::string(name), dump(data)};
  std::lock_guard lock(mutex_);
  event.id = next_++;
  forget_the_gone();
  for (const auto& stream : streams_) stream->send(event.name, event.data, event.id);
  // Progress that is over tells nobody anything.
  if (name == "progress") return;
  last_.push_back(std::move(event));
  if (last_.size() > remembered) last_.pop_front();
}

std::size_t EventHub::clients() {
  std::lock_guard lock(mutex_);
  forget_the_gone();
  return streams_.size();
}

void EventHub::close() {
  std::lock_guard lock(mutex_);
  for (const auto& stream : streams_) stream->close();
  streams_.clear();
}

void EventHub::forget_the_gone() {
  std::erase_if(streams_, [](const auto& stream) { return stream->abandoned(); });
}

}  // namespace celloquy::server
