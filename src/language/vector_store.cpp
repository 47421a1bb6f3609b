#include "language/vector_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/hashing.hpp"
#include "base/positional_read.hpp"

namespace celloquy::language {
namespace {

std::string check_of(std::string_view key_and_vector) {
  return Hasher().bytes(key_and_vector.data(), key_and_vector.size()).hex();
}

bool write_exactly(int descriptor, std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written =
        ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return true;
}

}  // namespace

VectorStore::VectorStore(const std::filesystem::path& file, std::size_t dimension,
                         std::string_view title)
    : dimension_(dimension),
      header_("celloquy vectors 1\t" + std::to_string(dimension) + "\t" + std::string(title) +
              "\n") {
  std::error_code ignored;
  std::filesystem::create_directories(file.parent_path(), ignored);
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) descriptor_ = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  refresh();
}

VectorStore::~VectorStore() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::uint64_t VectorStore::file_size() const {
  struct stat status {};
  return descriptor_ >= 0 && ::fstat(descriptor_, &status) == 0
             ? static_cast<std::uint64_t>(status.st_size)
             : 0;
}

void VectorStore::refresh() {
  const auto size = file_size();
  if (size < read_) {  // somebody has begun it anew
    read_ = 0;
    offsets_.clear();
  }
  if (read_ == 0) {
    std::string header(header_.size(), '\0');
    if (size < header.size() || !read_exactly(descriptor_, 0, header.data(), header.size()) ||
        header != header_)
      return;
    read_ = header.size();
  }
  std::string key(key_size, '\0');
  for (; read_ + record_size() <= size; read_ += record_size()) {
    if (!read_exactly(descriptor_, read_, key.data(), key.size())) return;
    offsets_.insert_or_assign(key, read_);
  }
}

bool VectorStore::find(const std::string& key, std::span<float> vector) const {
  const auto found = offsets_.find(key);
  if (found == offsets_.end()) return false;
  std::string record(record_size(), '\0');
  if (!read_exactly(descriptor_, found->second, record.data(), record.size())) return false;
  const std::string_view whole(record);
  if (whole.substr(0, key_size) != key ||
      whole.substr(record.size() - key_size) != check_of(whole.substr(0, record.size() - key_size)))
    return false;
  std::memcpy(vector.data(), record.data() + key_size, dimension_ * sizeof(float));
  return true;
}

void VectorStore::append(std::span<const std::string> keys, std::span<const float> vectors) {
  if (descriptor_ < 0 || ::flock(descriptor_, LOCK_EX) != 0) return;
  std::string records;
  records.reserve(keys.size() * record_size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto begin = records.size();
    records += keys[i];
    records.append(reinterpret_cast<const char*>(vectors.data() + i * dimension_),
                   dimension_ * sizeof(float));
    records += check_of(std::string_view(records).substr(begin));
  }
  refresh();
  if (read_ == 0 && ::ftruncate(descriptor_, 0) == 0) {  // new, or its header is damaged
    write_exactly(descriptor_, 0, header_);
    refresh();
  }
  if (read_ > 0) {
    // What stands after the last whole record was never finished.
    if (::ftruncate(descriptor_, static_cast<off_t>(read_)) == 0)
      write_exactly(descriptor_, read_, records);
    refresh();
  }
  ::flock(descriptor_, LOCK_UN);
}

}  // namespace celloquy::language
