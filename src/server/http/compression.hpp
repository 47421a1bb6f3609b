#pragma once
// Bodies made smaller for clients that say they can read them.

#include <string>
#include <string_view>

namespace celloquy::server::http {

enum class Encoding { identity, gzip, zstd };

/// The best of what an Accept-Encoding header allows; a quality of 0 forbids.
Encoding chosen_encoding(std::string_view accept);
std::string_view name_of(Encoding encoding);
/// Fast rather than small: zstd about 500 MB/s, gzip about 200 MB/s on one thread.
/// Empty when it fails.
std::string compressed(std::string_view body, Encoding encoding);

}  // namespace celloquy::server::http
