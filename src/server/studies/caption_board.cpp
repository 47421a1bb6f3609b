#include "server/studies/caption_board.hpp"

namespace celloquy::server {

std::optional<CaptionBoard::Entry> CaptionBoard::look(
    const std::shared_ptr<Conversation>& conversation, Machine& machine) {
  const auto now = conversation->snapshot();
  if (!now->clusters) return std::nullopt;
  const std::string key = now->clusters->key;
  {
    std::lock_guard lock(mutex_);
    const auto [entry, fresh] = entries_.try_emplace(key);
    if (!fresh) return entry->second;
  }
  machine.workers.run([self = shared_from_this(), key, conversation, &machine] {
    self->make(key, conversation, machine);
  });
  return Entry();
}

void CaptionBoard::make(const std::string& key, const std::shared_ptr<Conversation>& conversation,
                        Machine& machine) {
  ProgressEvents progress(nullptr, conversation->hub(), Language::english);
  Context context;
  context.threads = &machine.threads;
  context.progress = &progress;
  tools::Shared<tools::Captions> made;
  // Behind the session's own work: a job that runs goes first.
  const auto done =
      conversation->with_study(context, "", "", [&](workspace::Study& study) -> Status {
        tools::Pipeline pipeline(study, context);
        CELLOQUY_TRY(const auto grouping, pipeline.cluster_grouping());
        CELLOQUY_TRY(made, tools::captions(pipeline, grouping));
        return pipeline.flush();
      });
  std::lock_guard lock(mutex_);
  if (!done) {
    entries_.erase(key);  // busy: the next look begins again
    return;
  }
  auto& entry = entries_[key];
  entry.status = *done ? Entry::Status::ready : Entry::Status::failed;
  if (*done)
    entry.captions = std::move(made);
  else
    entry.error = done->error();
}

}  // namespace celloquy::server
