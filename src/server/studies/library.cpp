#include "server/studies/library.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/hashing.hpp"
#include "io/read.hpp"
#include "workspace/source.hpp"

namespace celloquy::server {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 9> endings = {
    ".h5ad", ".h5", ".csv", ".tsv", ".csv.gz", ".tsv.gz", ".txt", ".txt.gz", ".csv.zip"};

bool readable_name(const std::string& name) {
  return !name.starts_with('.') && std::any_of(endings.begin(), endings.end(),
                                               [&](auto ending) { return name.ends_with(ending); });
}

bool is_matrix_market(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "matrix.mtx", error) || fs::exists(folder / "matrix.mtx.gz", error);
}

std::uint64_t bytes_at(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

std::string study_id_of(const std::string& name) {
  std::string stem = name;
  for (const auto ending : endings)
    if (stem.size() > ending.size() && stem.ends_with(ending)) {
      stem.resize(stem.size() - ending.size());
      break;
    }
  std::string out;
  for (const char c : stem) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || (c == '.' && !out.empty());
    if (plain)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  // Names without a single Latin letter still get different ids.
  const bool known = std::any_of(
      out.begin(), out.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)); });
  if (!known) out = "study-" + hash_text(name).substr(0, 8);
  return out.substr(0, 80);
}

Expected<std::unique_ptr<Library>> Library::make(const LibraryOptions& options, Machine& machine) {
  std::unique_ptr<Library> library(new Library(machine));
  library->uploads_ =
      options.uploads.empty() ? workspace::cache_root() + "/uploads" : options.uploads;
  std::error_code error;
  fs::create_directories(library->uploads_, error);
  if (error)
    return failure(ErrorCode::usage, "workspace.cannot_write",
                   {{"path", library->uploads_}, {"reason", error.message()}});
  library->uploads_ = fs::canonical(library->uploads_, error).string();
  fs::permissions(library->uploads_, fs::perms::owner_all, error);
  library->memory_ = options.memory;
  if (library->memory_ == 0)
    library->memory_ = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                       static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
  for (const auto& path : options.paths) CELLOQUY_CHECK(library->add_path(path, options.workspace));
  // Earlier uploads are still there.
  for (fs::directory_iterator entry(library->uploads_, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!entry->is_regular_file() || !readable_name(name)) continue;
    library->add(
        {study_id_of(name), name, entry->path().string(), "", bytes_at(entry->path()), true});
  }
  library->remove_old_exports();
  return library;
}

Status Library::add_path(const std::string& path, const std::string& workspace) {
  if (workspace::is_demonstration(path)) {
    add({"demo", "demo", path, workspace, 0, false});
    return {};
  }
  CELLOQUY_CHECK(workspace::source_stamp(path).map([](const std::string&) {}));
  std::error_code error;
  const fs::path whole = fs::canonical(path, error);
  if (!fs::is_directory(whole, error) || is_matrix_market(whole)) {
    add({study_id_of(whole.filename().string()), whole.filename().string(), whole.string(),
         workspace, bytes_at(whole), false});
    return {};
  }
  std::vector<fs::path> found;
  for (fs::directory_iterator entry(whole, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const bool file = entry->is_regular_file(error) && readable_name(name);
    if (file || (entry->is_directory(error) && is_matrix_market(entry->path())))
      found.push_back(entry->path());
  }
  if (found.empty()) return failure(ErrorCode::usage, "server.folder_empty", {{"path", path}});
  std::sort(found.begin(), found.end());
  for (const auto& one : found)
    add({study_id_of(one.filename().string()), one.filename().string(), one.string(), "",
         bytes_at(one), false});
  return {};
}

void Library::add(Served served) {
  std::lock_guard lock(mutex_);
  const std::string wanted = served.id;
  for (int number = 2; std::any_of(served_.begin(), served_.end(),
                                   [&](const Served& other) { return other.id == served.id; });
       ++number)
    served.id = wanted + "-" + std::to_string(number);
  served_.push_back(std::move(served));
}

std::vector<Served> Library::served() const {
  std::lock_guard lock(mutex_);
  return served_;
}

std::optional<Served> Library::find(const std::string& id) const {
  std::lock_guard lock(mutex_);
  for (const auto& one : served_)
    if (one.id == id) return one;
  return std::nullopt;
}

std::shared_ptr<OpenStudy> Library::opened(const std::string& id) const {
  std::lock_guard lock(mutex_);
  const auto found = open_.find(id);
  return found == open_.end() ? nullptr : found->second;
}

std::shared_ptr<OpenStudy> Library::open(const std::string& id) {
  const auto served = find(id);
  if (!served) return nullptr;
  if (auto known = opened(id)) return known;
  make_room(id);
  std::lock_guard lock(mutex_);
  auto& study = open_[id];
  if (!study) study = std::make_shared<OpenStudy>(*served, machine_);
  return study;
}

void Library::make_room(const std::string& for_id) {
  const auto served = find(for_id);
  // A packed file grows about threefold; unpacked ones do not, and are closed a little early.
  std::uint64_t wanted = served ? served->bytes * 3 : 0;
  std::vector<std::shared_ptr<OpenStudy>> gone;  // destroyed without the lock
  std::lock_guard lock(mutex_);
  for (const auto& [id, study] : open_) wanted += study->bytes();
  while (wanted > memory_) {
    auto oldest = open_.end();
    for (auto one = open_.begin(); one != open_.end(); ++one)
      if (one->second->idle() &&
          (oldest == open_.end() || one->second->last_used() < oldest->second->last_used()))
        oldest = one;
    if (oldest == open_.end()) break;
    wanted -= std::min(wanted, oldest->second->bytes());
    oldest->second->close();
    gone.push_back(oldest->second);
    open_.erase(oldest);
  }
}

std::shared_ptr<EventHub> Library::hub(const std::string& id, const std::string& session) {
  std::lock_guard lock(mutex_);
  // Names come from clients: hubs that nobody listens to are not kept without end.
  if (hubs_.size() > 4096)
    std::erase_if(hubs_, [](const auto& one) {
      return one.second.use_count() == 1 && one.second->clients() == 0;
    });
  auto& hub = hubs_[{id, session}];
  if (!hub) hub = std::make_shared<EventHub>();
  return hub;
}

void Library::close() {
  std::vector<std::shared_ptr<OpenStudy>> all;
  std::vector<std::shared_ptr<EventHub>> hubs;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [id, study] : open_) all.push_back(study);
    for (const auto& [key, hub] : hubs_) hubs.push_back(hub);
  }
  for (const auto& hub : hubs) hub->close();
  for (const auto& study : all) study->close();
}

Expected<Served> Library::add_upload(const std::string& temporary, const std::string& name,
                                     const Context& context) {
  const std::string id = study_id_of(name);
  std::string ending;
  for (const auto known : endings)
    if (name.ends_with(known) && known.size() > ending.size()) ending = known;
  std::string path;
  std::error_code error;
  for (int number = 1; path.empty() || fs::exists(path, error); ++number)
    path = uploads_ + "/" + id + (number > 1 ? "-" + std::to_string(number) : "") + ending;
  // Looked at under its own name: the reader goes by the content, its sentences by the name.
  fs::rename(temporary, path, error);
  if (error)
    return failure(ErrorCode::unusable_input, "workspace.cannot_write",
                   {{"path", path}, {"reason", error.message()}});
  if (const auto data = read_dataset(path, context); !data) {
    fs::remove(path, error);
    return tl::make_unexpected(data.error());
  }
  const std::string file = fs::path(path).filename().string();
  add({study_id_of(file), name, path, "", bytes_at(path), true});
  std::lock_guard lock(mutex_);
  return served_.back();
}

bool Library::remove_upload(const std::string& id) {
  const auto served = find(id);
  if (!served || !served->uploaded) return false;
  std::shared_ptr<OpenStudy> gone;
  {
    std::lock_guard lock(mutex_);
    if (const auto found = open_.find(id); found != open_.end()) {
      gone = found->second;
      open_.erase(found);
    }
    std::erase_if(served_, [&](const Served& one) { return one.id == id; });
  }
  if (gone) gone->close();
  std::error_code error;
  fs::remove(served->path, error);
  fs::remove_all(served->path + ".celloquy", error);
  return true;
}

void Library::remove_old_exports() const {
  std::error_code error;
  const auto day_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  for (fs::directory_iterator entry(uploads_ + "/exports", error), end; !error && entry != end;
       entry.increment(error))
    if (fs::last_write_time(entry->path(), error) < day_ago) fs::remove_all(entry->path(), error);
}

}  // namespace celloquy::server
