#include "workspace/blob_format.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <bit>
#include <cstring>

#include "base/positional_read.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::workspace {
namespace {

static_assert(std::endian::native == std::endian::little, "blobs are little-endian");

constexpr char magic[8] = {'C', 'L', 'Q', 'B', 'L', 'O', 'B', '\n'};
constexpr std::uint32_t format_version = 1;
constexpr std::uint64_t alignment = 64;
constexpr std::uint32_t most_arrays = 1u << 16;
constexpr std::uint64_t most_description = std::uint64_t{1} << 30;

struct Header {
  char magic[8];
  std::uint32_t version;
  std::uint32_t n_arrays;
  std::uint64_t file_size;
  std::uint64_t directory_size;
  std::uint64_t facts_size;
  std::uint64_t reserved;
  std::uint64_t description_checksum;  // of directory and facts
  std::uint64_t header_checksum;       // of the 56 bytes before
};
static_assert(sizeof(Header) == 64);

struct Entry {
  std::uint32_t type;  // 1 + index in Array
  std::uint32_t name_size;
  std::uint64_t offset, count, checksum;
};
static_assert(sizeof(Entry) == 32);

std::uint64_t checksum(const void* data, std::size_t size) { return XXH3_64bits(data, size); }

std::uint64_t aligned(std::uint64_t offset) {
  return (offset + alignment - 1) / alignment * alignment;
}

std::span<const std::byte> bytes_of(const Array& array) {
  return std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, array);
}

std::size_t element_size(std::uint32_t type) {
  constexpr std::size_t sizes[] = {0, 1, 4, 4, 8, 4, 8};
  return type < std::size(sizes) ? sizes[type] : 0;
}

Array empty_array(std::uint32_t type, std::size_t count) {
  switch (type) {
    case 1: return std::vector<std::uint8_t>(count);
    case 2: return std::vector<std::int32_t>(count);
    case 3: return std::vector<std::uint32_t>(count);
    case 4: return std::vector<std::uint64_t>(count);
    case 5: return std::vector<float>(count);
    default: return std::vector<double>(count);
  }
}

/// Positional reads from one open file.
class Reader {
 public:
  explicit Reader(const std::string& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat info {};
    if (fd_ >= 0 && ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode))
      size_ = static_cast<std::uint64_t>(info.st_size);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (fd_ >= 0) ::close(fd_);
  }
  std::uint64_t size() const { return size_; }
  bool read(std::uint64_t offset, void* to, std::size_t bytes) const {
    return read_exactly(fd_, offset, to, bytes);
  }

 private:
  int fd_ = -1;
  std::uint64_t size_ = 0;
};

std::optional<Header> read_header(const Reader& file) {
  Header header;
  if (file.size() < sizeof header || !file.read(0, &header, sizeof header)) return {};
  if (std::memcmp(header.magic, magic, sizeof magic) != 0) return {};
  if (header.version != format_version || header.file_size != file.size()) return {};
  if (header.header_checksum != checksum(&header, offsetof(Header, header_checksum))) return {};
  const auto described = header.directory_size + header.facts_size;
  if (header.n_arrays > most_arrays || header.directory_size > most_description ||
      header.facts_size > most_description || described > file.size() - sizeof header)
    return {};
  return header;
}

bool read_arrays(const Reader& file, const Header& header, std::string_view directory, Blob& blob) {
  for (std::uint32_t i = 0; i < header.n_arrays; ++i) {
    Entry entry;
    if (directory.size() < sizeof entry) return false;
    std::memcpy(&entry, directory.data(), sizeof entry);
    directory.remove_prefix(sizeof entry);
    const std::size_t size = element_size(entry.type);
    if (size == 0 || directory.size() < entry.name_size) return false;
    std::string name(directory.substr(0, entry.name_size));
    directory.remove_prefix(entry.name_size);
    if (entry.offset > file.size() || entry.count > (file.size() - entry.offset) / size)
      return false;
    Array array = empty_array(entry.type, entry.count);
    const bool whole = std::visit(
        [&](auto& values) {
          const std::size_t bytes = values.size() * size;
          return file.read(entry.offset, values.data(), bytes) &&
                 checksum(values.data(), bytes) == entry.checksum;
        },
        array);
    if (!whole) return false;
    blob.arrays.emplace_back(std::move(name), std::move(array));
  }
  return directory.empty();
}

}  // namespace

Status write_blob(const std::string& path, const Blob& blob) {
  const auto facts = nlohmann::json::to_cbor(blob.facts);
  Header header{};
  std::memcpy(header.magic, magic, sizeof magic);
  header.version = format_version;
  header.n_arrays = static_cast<std::uint32_t>(blob.arrays.size());
  header.facts_size = facts.size();
  for (const auto& [name, array] : blob.arrays)
    header.directory_size += sizeof(Entry) + name.size();
  if (blob.arrays.size() > most_arrays || header.directory_size > most_description ||
      header.facts_size > most_description)
    return failure(ErrorCode::internal, "base.internal", {{"what", "result too large to store"}});

  std::string description;
  std::uint64_t at = sizeof header + header.directory_size + header.facts_size;
  for (const auto& [name, array] : blob.arrays) {
    const auto bytes = bytes_of(array);
    const auto type = static_cast<std::uint32_t>(array.index() + 1);
    at = aligned(at);
    const Entry entry{type, static_cast<std::uint32_t>(name.size()), at,
                      bytes.size() / element_size(type), checksum(bytes.data(), bytes.size())};
    at += bytes.size();
    description.append(reinterpret_cast<const char*>(&entry), sizeof entry);
    description += name;
  }
  description.append(reinterpret_cast<const char*>(facts.data()), facts.size());
  header.file_size = at;
  header.description_checksum = checksum(description.data(), description.size());
  header.header_checksum = checksum(&header, offsetof(Header, header_checksum));

  static constexpr std::byte zeros[alignment] = {};
  std::vector<std::span<const std::byte>> pieces;
  pieces.push_back(std::as_bytes(std::span(&header, 1)));
  pieces.push_back(std::as_bytes(std::span(description)));
  std::uint64_t written = sizeof header + description.size();
  for (const auto& [name, array] : blob.arrays) {
    const auto bytes = bytes_of(array);
    pieces.push_back(std::span(zeros).first(aligned(written) - written));
    pieces.push_back(bytes);
    written = aligned(written) + bytes.size();
  }
  return write_pieces_atomically(path, pieces);
}

std::optional<Blob> read_blob(const std::string& path) {
  const Reader file(path);
  const auto header = read_header(file);
  if (!header) return std::nullopt;
  std::string description(header->directory_size + header->facts_size, '\0');
  if (!file.read(sizeof(Header), description.data(), description.size())) return std::nullopt;
  if (checksum(description.data(), description.size()) != header->description_checksum)
    return std::nullopt;
  const std::string_view view(description);
  Blob blob;
  blob.facts = nlohmann::json::from_cbor(view.substr(header->directory_size), true,
                                         /*allow_exceptions=*/false);
  if (blob.facts.is_discarded()) return std::nullopt;
  if (!read_arrays(file, *header, view.substr(0, header->directory_size), blob))
    return std::nullopt;
  return blob;
}

bool blob_looks_whole(const std::string& path) { return read_header(Reader(path)).has_value(); }

}  // namespace celloquy::workspace
