#include "io/text_source.hpp"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "io/refusal.hpp"

namespace celloquy::io {
namespace {

constexpr std::uint64_t block_bytes = 1u << 20;
constexpr std::uint64_t line_most = std::uint64_t{1} << 30;
constexpr std::uint64_t expansion_most = 1100;  // deflate's own limit is 1,032

std::uint32_t little32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) | static_cast<std::uint32_t>(at[1]) << 8 |
         static_cast<std::uint32_t>(at[2]) << 16 | static_cast<std::uint32_t>(at[3]) << 24;
}
std::uint16_t little16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] | at[1] << 8);
}

std::uint64_t expanded_most(std::uint64_t stored) {
  return std::min<std::uint64_t>(stored * expansion_most + 65536, available_memory() / 2);
}

[[noreturn]] void damaged_archive(const std::string& path) {
  refuse("io.compressed_damaged", {{"path", path}});
}

/// One member in one go when its size is as the trailer says (the usual case).
bool inflate_at_once(const std::vector<std::uint8_t>& in, std::vector<std::uint8_t>& out) {
  const std::uint64_t claimed = little32(in.data() + in.size() - 4);
  if (claimed < in.size() / 2 || claimed > expanded_most(in.size())) return false;
  auto* inflater = libdeflate_alloc_decompressor();
  out.resize(claimed);
  std::size_t used = 0, made = 0;
  const auto result = libdeflate_gzip_decompress_ex(inflater, in.data(), in.size(), out.data(),
                                                    out.size(), &used, &made);
  libdeflate_free_decompressor(inflater);
  return result == LIBDEFLATE_SUCCESS && made == claimed && used == in.size();
}

/// Any number of gzip members (bgzip writes many), growing as needed.
std::vector<std::uint8_t> inflate_stream(const std::vector<std::uint8_t>& in, int window,
                                         const std::string& path) {
  const auto most = expanded_most(in.size());
  std::vector<std::uint8_t> out(std::min<std::uint64_t>(most, in.size() * 4 + 65536));
  std::size_t made = 0, from = 0;
  while (from < in.size()) {
    z_stream stream{};
    if (inflateInit2(&stream, window) != Z_OK) damaged_archive(path);
    int status = Z_OK;
    while (status == Z_OK) {
      if (made == out.size()) {
        if (out.size() >= most) {
          inflateEnd(&stream);
          refuse("io.expands_too_much", {{"path", path}});
        }
        out.resize(std::min<std::uint64_t>(most, out.size() * 2));
      }
      const auto room = std::min<std::size_t>(out.size() - made, 1u << 30);
      const auto left = std::min<std::size_t>(in.size() - from, 1u << 30);
      stream.next_in = const_cast<std::uint8_t*>(in.data() + from);
      stream.avail_in = static_cast<unsigned>(left);
      stream.next_out = out.data() + made;
      stream.avail_out = static_cast<unsigned>(room);
      status = inflate(&stream, Z_NO_FLUSH);
      from += left - stream.avail_in;
      made += room - stream.avail_out;
      if (status == Z_OK && left == stream.avail_in && room == stream.avail_out)
        status = Z_BUF_ERROR;
      if (status == Z_OK && from == in.size() && stream.avail_out) status = Z_BUF_ERROR;
    }
    inflateEnd(&stream);
    if (status != Z_STREAM_END) damaged_archive(path);
    // Padding after the last member is not a member.
    if (window > 0 && from < in.size() && in[from] != 0x1f) break;
    if (window < 0) break;
  }
  out.resize(made);
  return out;
}

std::vector<std::uint8_t> expand_gzip(const std::vector<std::uint8_t>& in,
                                      const std::string& path) {
  std::vector<std::uint8_t> out;
  if (in.size() >= 18 && inflate_at_once(in, out)) return out;
  return inflate_stream(in, 15 + 16, path);
}

std::vector<std::uint8_t> expand_zstd(const std::vector<std::uint8_t>& in,
                                      const std::string& path) {
  const auto most = std::min<std::uint64_t>(in.size() * 65536 + 65536, available_memory() / 2);
  std::vector<std::uint8_t> out(std::min<std::uint64_t>(most, in.size() * 4 + 65536));
  auto* stream = ZSTD_createDStream();
  ZSTD_inBuffer source{in.data(), in.size(), 0};
  ZSTD_outBuffer target{out.data(), out.size(), 0};
  std::size_t status = 1;
  bool too_much = false;
  while (!too_much && (source.pos < source.size || status != 0)) {
    if (target.pos == out.size()) {
      too_much = out.size() >= most;
      out.resize(std::min<std::uint64_t>(most, out.size() * 2));
      target.dst = out.data();
      target.size = out.size();
    }
    const auto before = source.pos;
    const auto made = target.pos;
    status = ZSTD_decompressStream(stream, &target, &source);
    if (ZSTD_isError(status) || (before == source.pos && made == target.pos)) {
      ZSTD_freeDStream(stream);
      damaged_archive(path);
    }
  }
  ZSTD_freeDStream(stream);
  if (too_much) refuse("io.expands_too_much", {{"path", path}});
  out.resize(target.pos);
  return out;
}

/// A zip archive that holds one file (besides folders and macOS extras).
std::vector<std::uint8_t> expand_zip(const std::vector<std::uint8_t>& in, const std::string& path) {
  constexpr std::size_t end_bytes = 22;
  if (in.size() < end_bytes) damaged_archive(path);
  std::size_t end = in.size() - end_bytes;
  const std::size_t lowest = in.size() > 65557 ? in.size() - 65557 : 0;
  while (little32(in.data() + end) != 0x06054b50) {
    if (end == lowest) damaged_archive(path);
    --end;
  }
  std::size_t at = little32(in.data() + end + 16);
  const std::size_t entries = little16(in.data() + end + 10);
  std::size_t files = 0, local = 0, stored = 0, size = 0;
  unsigned method = 0;
  for (std::size_t e = 0; e < entries; ++e) {
    if (at > in.size() || in.size() - at < 46 || little32(in.data() + at) != 0x02014b50)
      damaged_archive(path);
    const std::size_t name_bytes = little16(in.data() + at + 28);
    if (in.size() - at < 46 + name_bytes) damaged_archive(path);
    const std::string_view name(reinterpret_cast<const char*>(in.data() + at + 46), name_bytes);
    if (!name.ends_with('/') && !name.starts_with("__MACOSX")) {
      ++files;
      method = little16(in.data() + at + 10);
      stored = little32(in.data() + at + 20);
      size = little32(in.data() + at + 24);
      local = little32(in.data() + at + 42);
    }
    at += 46 + name_bytes + little16(in.data() + at + 30) + little16(in.data() + at + 32);
  }
  if (files != 1) refuse("io.zip_files", {{"path", path}, {"count", files}});
  if (local > in.size() || in.size() - local < 30 || little32(in.data() + local) != 0x04034b50)
    damaged_archive(path);
  const std::size_t begin =
      local + 30 + little16(in.data() + local + 26) + little16(in.data() + local + 28);
  if (begin > in.size() || stored > in.size() - begin) damaged_archive(path);
  const std::vector<std::uint8_t> body(in.begin() + static_cast<std::ptrdiff_t>(begin),
                                       in.begin() + static_cast<std::ptrdiff_t>(begin + stored));
  if (method == 0) return body;
  if (method != 8) refuse("io.zip_method", {{"path", path}});
  auto out = inflate_stream(body, -15, path);
  if (size != 0xffffffff && out.size() != size) damaged_archive(path);
  return out;
}

}  // namespace

Compression compression_of(const InputFile& file) {
  std::uint8_t start[4] = {};
  if (!file.read(0, start, std::min<std::uint64_t>(4, file.size()))) return Compression::none;
  if (start[0] == 0x1f && start[1] == 0x8b) return Compression::gzip;
  if (little32(start) == 0x04034b50) return Compression::zip;
  if (little32(start) == 0xfd2fb528) return Compression::zstd;
  return Compression::none;
}

std::shared_ptr<const InputFile> expanded(std::shared_ptr<const InputFile> file) {
  const auto compression = compression_of(*file);
  if (compression == Compression::none) return file;
  const auto in = read_whole(*file, available_memory() / 4);
  const auto& path = file->path();
  auto out = compression == Compression::gzip  ? expand_gzip(in, path)
             : compression == Compression::zip ? expand_zip(in, path)
                                               : expand_zstd(in, path);
  if (out.empty()) refuse("io.empty_file", {{"path", path}});
  return std::make_shared<MemoryFile>(path, std::move(out));
}

std::string first_line(const InputFile& file, std::uint64_t begin, std::uint64_t& next) {
  std::string line;
  std::vector<char> buffer(65536);
  for (auto at = begin; at < file.size();) {
    const auto count = std::min<std::uint64_t>(buffer.size(), file.size() - at);
    if (!file.read(at, buffer.data(), count)) refuse("io.read_failed", {{"path", file.path()}});
    const auto* end = static_cast<const char*>(std::memchr(buffer.data(), '\n', count));
    line.append(buffer.data(), end ? static_cast<std::size_t>(end - buffer.data()) : count);
    if (line.size() > line_most) refuse("io.line_too_long", {{"path", file.path()}});
    at += count;
    if (end || at >= file.size()) {
      next = std::min(file.size(), begin + line.size() + 1);
      if (line.ends_with('\r')) line.pop_back();
      return line;
    }
    buffer.resize(std::min<std::size_t>(buffer.size() * 2, 16u << 20));
  }
  next = file.size();
  return line;
}

std::size_t LineBlocks::count() const {
  return begin_ >= file_.size() ? 0 : (file_.size() - begin_ + block_bytes - 1) / block_bytes;
}

std::string_view LineBlocks::read(std::size_t index, std::vector<char>& scratch) const {
  // One byte more in front tells whether a line starts exactly at the border.
  const auto first = begin_ + index * block_bytes;
  const auto start = index == 0 ? first : first - 1;
  const auto stop = std::min(file_.size(), first + block_bytes);
  std::size_t have = stop - start;
  const auto grow = [&](std::size_t bytes) {
    if (scratch.size() < bytes) scratch.resize(bytes);
  };
  grow(have + 65536);
  if (!file_.read(start, scratch.data(), have)) refuse("io.read_failed", {{"path", file_.path()}});
  std::size_t begin = 0;
  if (index > 0) {
    const auto* end = static_cast<const char*>(std::memchr(scratch.data(), '\n', have));
    if (!end || static_cast<std::size_t>(end - scratch.data()) + 1 >= have) {
      // The only line end is the last byte, whose line belongs to the next block.
      return {};
    }
    begin = static_cast<std::size_t>(end - scratch.data()) + 1;
  }
  // Read on to the end of the last line that starts here.
  std::size_t searched = have - 1;
  while (start + have < file_.size() || searched < have) {
    const auto* end =
        static_cast<const char*>(std::memchr(scratch.data() + searched, '\n', have - searched));
    if (end) {
      have = static_cast<std::size_t>(end - scratch.data()) + 1;
      break;
    }
    searched = have;
    if (start + have >= file_.size()) break;
    const auto more = std::min<std::uint64_t>(block_bytes, file_.size() - start - have);
    if (have + more > line_most) refuse("io.line_too_long", {{"path", file_.path()}});
    grow(have + more);
    if (!file_.read(start + have, scratch.data() + have, more))
      refuse("io.read_failed", {{"path", file_.path()}});
    have += more;
  }
  return {scratch.data() + begin, have - begin};
}

}  // namespace celloquy::io
