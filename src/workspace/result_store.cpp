#include "workspace/result_store.hpp"

#include "base/hashing.hpp"
#include "workspace/atomic_file.hpp"
#include "workspace/blob_format.hpp"

namespace celloquy::workspace {
namespace {

/// Keys are file names: letters, digits, '-' and '_', three characters at least.
bool usable_key(const std::string& key) {
  if (key.size() < 3 || key.size() > 200) return false;
  for (const char c : key) {
    const bool fine = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      c == '-' || c == '_';
    if (!fine) return false;
  }
  return true;
}

std::string path_of(const std::string& folder, const std::string& key) {
  return folder + "/" + key.substr(0, 2) + "/" + key + ".clq";
}

}  // namespace

std::string result_key(std::span<const std::string> input_keys, std::string_view step,
                       const nlohmann::json& options, int version) {
  Hasher hasher;
  hasher.text("celloquy result 1");
  const std::uint64_t count = input_keys.size();
  hasher.bytes(&count, sizeof count);
  for (const auto& key : input_keys) hasher.text(key);
  hasher.text(step);
  // CBOR of an object whose keys are sorted: one byte sequence for one value,
  // and total (text that is not UTF-8 would stop the JSON writer).
  const auto bytes = nlohmann::json::to_cbor(options);
  hasher.values(std::span<const std::uint8_t>(bytes));
  const std::int64_t stored_version = version;
  hasher.bytes(&stored_version, sizeof stored_version);
  return hasher.hex();
}

ResultStore::ResultStore(std::string folder) : folder_(std::move(folder)) {}

bool ResultStore::contains(const std::string& key) const {
  return usable_key(key) && blob_looks_whole(path_of(folder_, key));
}

std::optional<Blob> ResultStore::find(const std::string& key) const {
  if (!usable_key(key)) return std::nullopt;
  return read_blob(path_of(folder_, key));
}

Status ResultStore::put(const std::string& key, const Blob& blob) {
  if (!usable_key(key))
    return failure(ErrorCode::internal, "base.internal", {{"what", "result key '" + key + "'"}});
  return write_blob(path_of(folder_, key), blob);
}

}  // namespace celloquy::workspace
