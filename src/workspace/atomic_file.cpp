#include "workspace/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

namespace celloquy::workspace {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view temporary_mark = ".clq-tmp-";

/// A file descriptor that closes itself.
struct Descriptor {
  int value = -1;
  explicit Descriptor(int fd) : value(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (value >= 0) ::close(value);
  }
};

tl::unexpected<Error> write_failure(const std::string& path, int error) {
  return failure(ErrorCode::unusable_input, "workspace.cannot_write",
                 {{"path", path}, {"reason", std::generic_category().message(error)}});
}

std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  const fs::path target(path);
  const auto ticks = std::chrono::steady_clock::now().time_since_epoch().count();
  const std::string name = std::string(temporary_mark) + std::to_string(::getpid()) + "-" +
                           std::to_string(counter.fetch_add(1)) + "-" + std::to_string(ticks);
  return (target.parent_path() / name).string();
}

bool write_all(int fd, std::span<const std::byte> bytes) {
  constexpr std::size_t most = std::size_t{1} << 30;  // Linux writes at most 2 GB at once
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), std::min(bytes.size(), most));
    if (written < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_folder(const std::string& folder) {
  const Descriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.value >= 0) ::fsync(fd.value);
}

std::string folder_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace

bool make_folders(const std::string& folder) {
  std::error_code error;
  if (fs::is_directory(folder, error)) return true;
  fs::create_directories(folder, error);
  return fs::is_directory(folder, error);
}

bool writable_folder(const std::string& folder) {
  return ::access(folder.c_str(), W_OK | X_OK) == 0;
}

Status write_stream_atomically(const std::string& path,
                               const std::function<std::span<const std::byte>()>& next) {
  const std::string folder = folder_of(path);
  if (!make_folders(folder)) return write_failure(path, errno ? errno : EACCES);
  const std::string temporary = temporary_name(path);
  int error = 0;
  {
    const Descriptor fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (fd.value < 0) return write_failure(path, errno);
    for (auto piece = next(); !piece.empty(); piece = next())
      if (!write_all(fd.value, piece)) {
        error = errno;
        break;
      }
    if (!error && ::fsync(fd.value) != 0) error = errno;
  }
  if (!error && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error) {
    ::unlink(temporary.c_str());
    return write_failure(path, error);
  }
  sync_folder(folder);
  return {};
}

Status write_pieces_atomically(const std::string& path,
                               std::span<const std::span<const std::byte>> pieces) {
  std::size_t at = 0;
  return write_stream_atomically(path, [&]() -> std::span<const std::byte> {
    while (at < pieces.size() && pieces[at].empty()) ++at;
    return at < pieces.size() ? pieces[at++] : std::span<const std::byte>();
  });
}

Status write_file_atomically(const std::string& path, std::string_view content) {
  const std::span<const std::byte> piece = std::as_bytes(std::span(content));
  return write_pieces_atomically(path, {&piece, 1});
}

Status append_line(const std::string& path, std::string_view line) {
  if (!make_folders(folder_of(path))) return write_failure(path, errno ? errno : EACCES);
  const Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (fd.value < 0) return write_failure(path, errno);
  std::string text;
  const auto size = ::lseek(fd.value, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(fd.value, &last, 1, size - 1) == 1 && last != '\n') text += '\n';
  text += line;
  text += '\n';
  if (!write_all(fd.value, std::as_bytes(std::span(text)))) return write_failure(path, errno);
  if (::fsync(fd.value) != 0) return write_failure(path, errno);
  if (size == 0) sync_folder(folder_of(path));
  return {};
}

std::optional<std::string> read_file(const std::string& path, std::uint64_t most) {
  const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info {};
  if (fd.value < 0 || ::fstat(fd.value, &info) != 0 || !S_ISREG(info.st_mode)) return {};
  if (info.st_size < 0 || static_cast<std::uint64_t>(info.st_size) > most) return {};
  std::string content(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t at = 0;
  while (at < content.size()) {
    const auto got = ::read(fd.value, content.data() + at, content.size() - at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return {};
    if (got == 0) break;
    at += static_cast<std::size_t>(got);
  }
  content.resize(at);
  return content;
}

bool is_temporary_name(std::string_view file_name) {
  return file_name.substr(0, temporary_mark.size()) == temporary_mark;
}

void remove_stale_temporaries(const std::string& folder) {
  std::error_code error;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(1);
  auto entry = fs::recursive_directory_iterator(
      folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (entry.depth() >= 1) entry.disable_recursion_pending();
    if (!is_temporary_name(entry->path().filename().string())) continue;
    std::error_code ignored;
    const auto written = entry->last_write_time(ignored);
    if (!ignored && written < old) fs::remove(entry->path(), ignored);
  }
}

Expected<FileLock> FileLock::take(const std::string& path) {
  if (!make_folders(folder_of(path))) return write_failure(path, errno ? errno : EACCES);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd < 0) return write_failure(path, errno);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) break;  // the file system has no locks
    if (std::chrono::steady_clock::now() > until) {
      ::close(fd);
      return failure(ErrorCode::unusable_input, "workspace.busy", {{"path", path}});
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return FileLock(fd);
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace celloquy::workspace
