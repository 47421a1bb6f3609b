#include "workspace/source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <vector>

#include "base/hashing.hpp"
#include "base/thread_pool.hpp"
#include "io/assets.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::workspace {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t block_bytes = std::uint64_t{1} << 20;
constexpr std::uint64_t most_blocks = 4096;
constexpr std::size_t most_files = 10'000;
constexpr std::int64_t settling_seconds = 2;

struct Member {
  std::string relative;
  std::string path;
};

tl::unexpected<Error> no_source(const std::string& path) {
  return failure(ErrorCode::unusable_input, "workspace.no_file", {{"path", path}});
}

bool left_out(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.empty() || name.front() == '.' || path.extension() == ".celloquy";
}

/// The file itself, or the files of a folder in the order of their names.
Expected<std::vector<Member>> members(const std::string& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) return std::vector<Member>{{"", path}};
  if (!fs::is_directory(path, error)) return no_source(path);
  std::vector<Member> files;
  auto entry =
      fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (left_out(entry->path())) {
      if (entry->is_directory(ignored)) entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file(ignored)) continue;
    if (files.size() == most_files)
      return failure(ErrorCode::unusable_input, "workspace.too_many_files",
                     {{"path", path}, {"most", static_cast<long>(most_files)}});
    files.push_back({fs::relative(entry->path(), path, ignored).string(), entry->path().string()});
  }
  if (files.empty()) return no_source(path);
  std::sort(files.begin(), files.end(),
            [](const Member& a, const Member& b) { return a.relative < b.relative; });
  return files;
}

/// The stamp of all members, and whether one changed just now.
Expected<std::pair<std::string, bool>> stamp_members(const std::vector<Member>& files) {
  using namespace std::chrono;
  const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
  Hasher hasher;
  bool settled = true;
  for (const auto& file : files) {
    struct stat info {};
    if (::stat(file.path.c_str(), &info) != 0) return no_source(file.path);
    const std::int64_t facts[] = {info.st_size,         info.st_mtim.tv_sec,
                                  info.st_mtim.tv_nsec, info.st_ctim.tv_sec,
                                  info.st_ctim.tv_nsec, static_cast<std::int64_t>(info.st_ino)};
    hasher.text(file.relative).values(std::span<const std::int64_t>(facts));
    settled &= now - std::max(info.st_mtim.tv_sec, info.st_ctim.tv_sec) >= settling_seconds;
  }
  return std::pair{hasher.hex(), settled};
}

/// Fills `into` from `offset` on; the number of bytes there were, or -1.
ssize_t read_block(int fd, std::span<char> into, std::uint64_t offset) {
  ssize_t got = 0;
  do got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
  while (got < 0 && errno == EINTR);
  return got;
}

/// A block has a hash of its own, so that all threads can work; these are hashed in block order.
Status hash_content(const std::string& path, Hasher& hasher, const Context& context) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info {};
  if (fd < 0 || ::fstat(fd, &info) != 0) {
    if (fd >= 0) ::close(fd);
    return no_source(path);
  }
  const auto size = static_cast<std::uint64_t>(info.st_size);
  hasher.bytes(&size, sizeof size);
  const std::uint64_t blocks = (size + block_bytes - 1) / block_bytes;
  const std::uint64_t taken = std::min(blocks, most_blocks);
  std::vector<std::string> digests(taken);
  std::vector<std::vector<char>> buffers(worker_count(context));
  std::atomic<bool> unreadable = false;
  parallel_for_blocks(context, taken, 1, [&](const Block& item) {
    // Evenly spaced, the first and the last one among them.
    const std::uint64_t i = item.index;
    const std::uint64_t block = taken == blocks ? i : i * (blocks - 1) / (taken - 1);
    auto& buffer = buffers[item.worker];
    buffer.resize(std::min(block_bytes, size));
    const auto want = std::min(block_bytes, size - block * block_bytes);
    const auto got = read_block(fd, std::span(buffer.data(), want), block * block_bytes);
    if (got < 0) {
      unreadable = true;
    } else {
      digests[i] = hash_text(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
    }
  });
  ::close(fd);
  if (context.cancelled()) return cancelled_error();
  if (unreadable) return no_source(path);
  for (const auto& digest : digests) hasher.text(digest);
  return {};
}

}  // namespace

bool is_demonstration(const std::string& path) {
  std::error_code error;
  return path == "demo" && !fs::exists(path, error);
}

Expected<std::string> source_location(const std::string& path) {
  if (!is_demonstration(path)) return path;
  CELLOQUY_TRY(const auto counts, asset_path("demo_blood", "hao1_counts_small.csv"));
  return fs::path(counts).parent_path().string();
}

Expected<std::string> source_stamp(const std::string& path) {
  CELLOQUY_TRY(const auto files, members(path));
  CELLOQUY_TRY(const auto stamp, stamp_members(files));
  return stamp.first;
}

Expected<Source> identify_source(const std::string& path, const Context& context) {
  CELLOQUY_TRY(const auto files, members(path));
  // Stamped before it is read: a change in between gives a stamp that is out of date.
  CELLOQUY_TRY(auto stamp, stamp_members(files));
  Hasher hasher;
  for (const auto& file : files) {
    hasher.text(file.relative);
    CELLOQUY_CHECK(hash_content(file.path, hasher, context));
  }
  return Source{hasher.hex(), stamp.first, stamp.second};
}

std::string cache_root() {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache == '/') return std::string(cache) + "/celloquy";
  const char* home = std::getenv("HOME");
  return std::string(home && *home ? home : "/tmp") + "/.cache/celloquy";
}

Expected<std::string> workspace_folder(const std::string& path, const std::string& wanted,
                                       bool in_cache) {
  std::error_code error;
  const auto usable = [](const std::string& folder) {
    return make_folders(folder) && writable_folder(folder);
  };
  if (!wanted.empty()) {
    if (usable(wanted)) return wanted;
    return failure(ErrorCode::unusable_input, "workspace.no_folder", {{"path", wanted}});
  }
  fs::path absolute = fs::weakly_canonical(path, error);
  if (error) absolute = path;
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  const auto cache = fs::weakly_canonical(cache_root(), error).string() + "/";
  const bool is_cached = absolute.string().rfind(cache, 0) == 0;
  if (!in_cache && !is_cached) {
    const std::string beside = absolute.string() + ".celloquy";
    if (usable(beside)) return beside;
  }
  const std::string cached =
      cache_root() + "/workspaces/" + hash_text(absolute.string()).substr(0, 16);
  if (usable(cached)) return cached;
  return failure(ErrorCode::unusable_input, "workspace.no_folder", {{"path", cached}});
}

}  // namespace celloquy::workspace
