#pragma once
// What tests/parity/make_encoder_reference.py wrote: texts, and what the
// reference implementations make of them.

#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../parity/reference.hpp"

namespace celloquy::language {

/// One text a line, as a JSON string.
inline std::vector<std::string> reference_texts(const std::string& name) {
  const std::string path =
      std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/encoders/" + name + ".jsonl.gz";
  std::vector<std::string> texts;
  gzFile file = gzopen(path.c_str(), "rb");
  if (!file) {
    ADD_FAILURE() << path << " cannot be read";
    return texts;
  }
  std::string line;
  for (int byte = 0; (byte = gzgetc(file)) != -1;) {
    line.push_back(static_cast<char>(byte));
    if (byte != '\n') continue;
    texts.push_back(nlohmann::json::parse(line).get<std::string>());
    line.clear();
  }
  gzclose(file);
  return texts;
}

/// The checksum of token numbers that the reference holds for each text.
inline std::uint16_t token_checksum(const std::vector<std::int32_t>& tokens) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(tokens.data());
  return static_cast<std::uint16_t>(
      crc32(0, bytes, static_cast<unsigned>(tokens.size() * sizeof tokens[0])));
}

/// A float16 of the reference vectors.
inline double half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double value =
      exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
  return bits & 0x8000 ? -value : value;
}

}  // namespace celloquy::language
