#pragma once
// Immutable results on disk, found by the hash of what made them.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/expected.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::workspace {

/// One stored array; strings are kept in `facts`.
using Array =
    std::variant<std::vector<std::uint8_t>, std::vector<std::int32_t>, std::vector<std::uint32_t>,
                 std::vector<std::uint64_t>, std::vector<float>, std::vector<double>>;

/// A result as it is stored: facts (numbers, names, options) and named arrays.
struct Blob {
  nlohmann::json facts;
  std::vector<std::pair<std::string, Array>> arrays;

  template <class T>
  const std::vector<T>* array(std::string_view name) const {
    for (const auto& [key, value] : arrays)
      if (key == name) return std::get_if<std::vector<T>>(&value);
    return nullptr;
  }
  template <class T>
  void add(std::string name, std::vector<T> values) {
    arrays.emplace_back(std::move(name), Array(std::move(values)));
  }
};

/// The key of a result: hash of (keys of the inputs, step, options, version).
/// `options` is canonical JSON (keys sorted by nlohmann's default map).
std::string result_key(std::span<const std::string> input_keys, std::string_view step,
                       const nlohmann::json& options, int version);

/// A folder of blobs. Writing is atomic (temporary file, fsync, rename, fsync of
/// the folder) and idempotent; a damaged file is treated as absent and replaced
/// (its checksums are verified when it is read). Safe for several threads and
/// processes at once. File format: docs/workspace.md.
class ResultStore {
 public:
  explicit ResultStore(std::string folder);
  /// Reads the first 64 bytes only; find() may still find damage further on.
  bool contains(const std::string& key) const;
  std::optional<Blob> find(const std::string& key) const;
  /// Keys are letters, digits, '-' and '_' (as result_key() makes them).
  Status put(const std::string& key, const Blob& blob);
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

}  // namespace celloquy::workspace
