#include "server/http/compression.hpp"

#include <libdeflate.h>
#include <zstd.h>

#include <memory>

namespace celloquy::server::http {
namespace {

std::string trimmed(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\t') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return out;
}

}  // namespace

Encoding chosen_encoding(std::string_view accept) {
  bool gzip = false, zstd = false;
  while (!accept.empty()) {
    const auto end = accept.find(',');
    const std::string item = trimmed(accept.substr(0, end));
    accept = end == std::string_view::npos ? std::string_view() : accept.substr(end + 1);
    const auto semicolon = item.find(';');
    const std::string name = item.substr(0, semicolon);
    const std::string quality = semicolon == std::string::npos ? "" : item.substr(semicolon + 1);
    const bool forbidden =
        quality.starts_with("q=0") && quality.find_first_of("123456789") == std::string::npos;
    if (forbidden) continue;
    gzip |= name == "gzip";
    zstd |= name == "zstd";
  }
  return zstd ? Encoding::zstd : gzip ? Encoding::gzip : Encoding::identity;
}

std::string_view name_of(Encoding encoding) {
  return encoding == Encoding::zstd ? "zstd" : encoding == Encoding::gzip ? "gzip" : "identity";
}

std::string compressed(std::string_view body, Encoding encoding) {
  std::string out;
  if (encoding == Encoding::zstd) {
    out.resize(ZSTD_compressBound(body.size()));
    const auto size = ZSTD_compress(out.data(), out.size(), body.data(), body.size(), 1);
    out.resize(ZSTD_isError(size) ? 0 : size);
  } else if (encoding == Encoding::gzip) {
    const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
        libdeflate_alloc_compressor(1), &libdeflate_free_compressor);
    if (!compressor) return {};
    out.resize(libdeflate_gzip_compress_bound(compressor.get(), body.size()));
    out.resize(libdeflate_gzip_compress(compressor.get(), body.data(), body.size(), out.data(),
                                        out.size()));
  }
  return out;
}

}  // namespace celloquy::server::http
