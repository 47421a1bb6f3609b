#pragma once
// Reads the reference values of tests/parity/reference (see its README).

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

namespace celloquy::parity {

/// One array of the reference set, `demo` or `pbmc68k`: its values row by row.
/// The type must be the file's own.
template <class T>
std::vector<T> reference(const std::string& set, const std::string& name) {
  const std::string path =
      std::string(CELLOQUY_SOURCE_DIR) + "/tests/parity/reference/" + set + "/" + name + ".npy.gz";
  std::string bytes;
  if (gzFile file = gzopen(path.c_str(), "rb")) {
    char buffer[1 << 16];
    for (int got = 0; (got = gzread(file, buffer, sizeof buffer)) > 0;)
      bytes.append(buffer, static_cast<std::size_t>(got));
    gzclose(file);
  }
  if (bytes.size() < 10 || bytes.compare(1, 5, "NUMPY") != 0) {
    ADD_FAILURE() << path << " cannot be read";
    return {};
  }
  const std::size_t header =
      static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  const std::string type = std::string("'") + (sizeof(T) == 1 ? "|" : "<") +
                           (std::is_floating_point_v<T> ? "f"
                            : std::is_signed_v<T>       ? "i"
                                                        : "u") +
                           std::to_string(sizeof(T)) + "'";
  EXPECT_NE(bytes.substr(10, header).find(type), std::string::npos) << path << " is not " << type;
  std::vector<T> values((bytes.size() - 10 - header) / sizeof(T));
  std::memcpy(values.data(), bytes.data() + 10 + header, values.size() * sizeof(T));
  return values;
}

/// Agreement of two partitions beyond chance (Hubert & Arabie 1985): 1 when equal.
template <class A, class B>
double adjusted_rand_index(const std::vector<A>& a, const std::vector<B>& b) {
  std::map<std::pair<A, B>, double> both;
  std::map<A, double> rows;
  std::map<B, double> columns;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ++both[{a[i], b[i]}];
    ++rows[a[i]];
    ++columns[b[i]];
  }
  const auto pairs = [](const auto& table) {
    double sum = 0;
    for (const auto& [key, count] : table) sum += count * (count - 1) / 2;
    return sum;
  };
  const auto n = static_cast<double>(a.size());
  const double expected = pairs(rows) * pairs(columns) / (n * (n - 1) / 2);
  const double most = (pairs(rows) + pairs(columns)) / 2;
  return most == expected ? 1 : (pairs(both) - expected) / (most - expected);
}

}  // namespace celloquy::parity
