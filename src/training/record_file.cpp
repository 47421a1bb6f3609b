#include "training/record_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/hashing.hpp"
#include "base/positional_read.hpp"

namespace celloquy::training {
namespace {

struct Header {
  char magic[8] = {'C', 'Q', 'R', 'E', 'C', 'O', 'R', 'D'};
  std::uint64_t record_bytes = 0;
  std::uint64_t identity[2] = {};
  std::uint64_t size = 0;  // records that are whole; written after them
};
constexpr std::uint64_t data_start = 64;
static_assert(sizeof(Header) <= data_start);

bool write_exactly(int file, std::uint64_t offset, const void* from, std::size_t bytes) {
  const auto* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const auto written = ::pwrite(file, at, bytes, static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    offset += static_cast<std::uint64_t>(written);
    bytes -= static_cast<std::size_t>(written);
  }
  return true;
}

tl::unexpected<Error> cannot_write(const std::filesystem::path& path) {
  return failure(ErrorCode::unusable_input, "workspace.cannot_write",
                 {{"path", path.string()}, {"reason", std::generic_category().message(errno)}});
}

}  // namespace

RecordFile::RecordFile(RecordFile&& other) noexcept { *this = std::move(other); }
RecordFile& RecordFile::operator=(RecordFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  std::swap(size_, other.size_);
  std::swap(record_bytes_, other.record_bytes_);
  return *this;
}
RecordFile::~RecordFile() {
  if (file_ >= 0) ::close(file_);
}

Expected<RecordFile> RecordFile::open(const std::filesystem::path& path, std::string_view identity,
                                      std::size_t record_bytes) {
  RecordFile out;
  out.path_ = path;
  out.record_bytes_ = record_bytes;
  out.file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (out.file_ < 0) return cannot_write(path);
  Header wanted, found;
  const auto hash = Hasher().text(identity).words();
  wanted.record_bytes = record_bytes;
  std::memcpy(wanted.identity, hash.data(), sizeof wanted.identity);
  struct stat info {};
  if (::fstat(out.file_, &info) == 0 && read_exactly(out.file_, 0, &found, sizeof found)) {
    const auto held = static_cast<std::uint64_t>(info.st_size);
    wanted.size = found.size;
    if (std::memcmp(&wanted, &found, sizeof found) == 0 &&
        (found.size == 0 ||
         (held > data_start && found.size <= (held - data_start) / record_bytes))) {
      out.size_ = found.size;
      return out;
    }
    wanted.size = 0;
  }
  if (::ftruncate(out.file_, 0) != 0 || !write_exactly(out.file_, 0, &wanted, sizeof wanted) ||
      ::fdatasync(out.file_) != 0)
    return cannot_write(path);
  return out;
}

Status RecordFile::append(std::span<const std::byte> records) {
  const std::uint64_t size = size_ + records.size() / record_bytes_;
  // The count follows the records to the disk, so it never names one that is not there.
  if (!write_exactly(file_, data_start + size_ * record_bytes_, records.data(), records.size()) ||
      ::fdatasync(file_) != 0 ||
      !write_exactly(file_, offsetof(Header, size), &size, sizeof size) || ::fdatasync(file_) != 0)
    return cannot_write(path_);
  size_ = size;
  return {};
}

Status RecordFile::clear() {
  const std::uint64_t size = 0;
  if (!write_exactly(file_, offsetof(Header, size), &size, sizeof size) || ::fdatasync(file_) != 0)
    return cannot_write(path_);
  size_ = 0;
  return {};
}

Status RecordFile::read(std::size_t first, std::size_t count, void* to) const {
  return read_part(first, 0, count * record_bytes_, to);
}

Status RecordFile::read_part(std::size_t record, std::size_t begin, std::size_t bytes,
                             void* to) const {
  const std::uint64_t offset = record * record_bytes_ + begin;
  if (offset + bytes > size_ * record_bytes_ ||
      !read_exactly(file_, data_start + offset, to, bytes))
    return failure(ErrorCode::unusable_input, "training.unreadable_work",
                   {{"path", path_.string()}});
  return {};
}

}  // namespace celloquy::training
