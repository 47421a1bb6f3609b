#pragma once
// Bytes in JSON.

#include <string>
#include <string_view>

namespace celloquy::server {

/// With padding, as atob() reads it.
std::string base64(std::string_view bytes);

}  // namespace celloquy::server
