#include "io/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/hashing.hpp"
#include "base/positional_read.hpp"
#include "io/refusal.hpp"

namespace celloquy::io {
namespace {

class DiskFile final : public InputFile {
 public:
  DiskFile(std::string path, int descriptor, std::uint64_t size)
      : InputFile(std::move(path)), descriptor_(descriptor), size_(size) {}
  ~DiskFile() override { close(descriptor_); }
  std::uint64_t size() const override { return size_; }

  bool read(std::uint64_t offset, void* to, std::size_t bytes) const override {
    if (offset > size_ || bytes > size_ - offset) return false;
    return read_exactly(descriptor_, offset, to, bytes);
  }

 private:
  int descriptor_;
  std::uint64_t size_;
};

}  // namespace

Expected<std::unique_ptr<InputFile>> open_input_file(const std::string& path) {
  struct stat status {};
  if (path.find('\0') != std::string::npos || stat(path.c_str(), &status) != 0) {
    if (errno == EACCES)
      return failure(ErrorCode::unusable_input, "io.not_readable", {{"path", path}});
    return failure(ErrorCode::unusable_input, "io.missing", {{"path", path}});
  }
  if (!S_ISREG(status.st_mode))
    return failure(ErrorCode::unusable_input, "io.not_a_file", {{"path", path}});
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return failure(ErrorCode::unusable_input, "io.not_readable", {{"path", path}});
  std::unique_ptr<InputFile> file =
      std::make_unique<DiskFile>(path, descriptor, static_cast<std::uint64_t>(status.st_size));
  if (status.st_size == 0)
    return failure(ErrorCode::unusable_input, "io.empty_file", {{"path", path}});
  return file;
}

bool MemoryFile::read(std::uint64_t offset, void* to, std::size_t bytes) const {
  if (offset > bytes_.size() || bytes > bytes_.size() - offset) return false;
  if (bytes) std::memcpy(to, bytes_.data() + offset, bytes);
  return true;
}

std::vector<std::uint8_t> read_whole(const InputFile& file, std::uint64_t most) {
  if (file.size() > most) require_memory(~std::uint64_t{0}, file.path());
  std::vector<std::uint8_t> bytes(file.size());
  if (!file.read(0, bytes.data(), bytes.size())) refuse("io.read_failed", {{"path", file.path()}});
  return bytes;
}

std::string fingerprint(const InputFile& file) {
  constexpr std::uint64_t block = 4096, samples = 62;
  constexpr std::uint64_t end_bytes = 64 * 1024;
  const std::uint64_t size = file.size();
  Hasher hasher;
  hasher.bytes(&size, sizeof size);
  std::vector<std::uint8_t> bytes(end_bytes);
  const auto add = [&](std::uint64_t offset, std::uint64_t count) {
    count = std::min(count, size - offset);
    if (!file.read(offset, bytes.data(), count)) refuse("io.read_failed", {{"path", file.path()}});
    hasher.bytes(bytes.data(), count);
  };
  if (size <= samples * block + 2 * end_bytes) {
    for (std::uint64_t at = 0; at < size; at += end_bytes) add(at, end_bytes);
    return hasher.hex();
  }
  add(0, end_bytes);
  for (std::uint64_t i = 1; i <= samples; ++i) add(size / (samples + 1) * i, block);
  add(size - end_bytes, end_bytes);
  return hasher.hex();
}

std::uint64_t available_memory() {
  std::uint64_t kilobytes = 0;
  if (std::FILE* info = std::fopen("/proc/meminfo", "r")) {
    char line[256];
    unsigned long long value = 0;
    while (std::fgets(line, sizeof line, info))
      if (std::sscanf(line, "MemAvailable: %llu", &value) == 1) kilobytes = value;
    std::fclose(info);
  }
  return kilobytes ? kilobytes * 1024 : std::uint64_t{4} << 30;
}

void require_memory(std::uint64_t bytes, const std::string& path) {
  const auto available = available_memory();
  if (bytes <= available / 10 * 9) return;
  refuse("io.too_large", {{"path", path},
                          {"needed", static_cast<double>(bytes) / 1e9},
                          {"available", static_cast<double>(available) / 1e9}});
}

}  // namespace celloquy::io
