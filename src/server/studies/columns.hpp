#pragma once
// The binary columns of docs/server.md.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "server/studies/snapshot.hpp"

namespace celloquy::server {

/// Puts header and arrays together.
class ColumnWriter {
 public:
  explicit ColumnWriter(nlohmann::json header) : header_(std::move(header)) {
    header_["arrays"] = nlohmann::json::array();
  }
  void add(std::string_view name, std::span<const float> values);
  void add(std::string_view name, std::span<const std::uint8_t> values);
  void add(std::string_view name, std::span<const std::uint16_t> values);
  void add(std::string_view name, std::span<const std::uint32_t> values);
  nlohmann::json& header() { return header_; }
  std::string finish();

 private:
  void bytes(std::string_view name, std::string_view type, std::size_t length, const void* data,
             std::size_t size);
  nlohmann::json header_;
  std::string data_;
};

/// f32, or 65,535 or 255 steps between lowest and highest.
enum class Precision { full, half, quarter };

/// Numbers a kept cell, NaN where missing.
std::string number_column(nlohmann::json header, std::span<const float> values,
                          Precision precision);
/// `values`: `dimensions` a cell.
std::string embedding_column(nlohmann::json header, std::span<const float> values,
                             std::size_t dimensions, Precision precision);
/// `codes` −1: missing. 65,535 names at most.
std::string categorical_column(nlohmann::json header, const std::vector<std::int32_t>& codes,
                               const std::vector<std::string>& names);

}  // namespace celloquy::server
