#include "io/safetensors.hpp"

#include <bit>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace celloquy::io {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

using nlohmann::json;

constexpr std::uint64_t most_head = 100'000'000;  // the limit of the reference implementation

std::size_t size_of_type(const std::string& type) {
  if (type == "F64" || type == "I64" || type == "U64") return 8;
  if (type == "F32" || type == "I32" || type == "U32") return 4;
  if (type == "F16" || type == "BF16" || type == "I16" || type == "U16") return 2;
  return type == "I8" || type == "U8" || type == "BOOL" ? 1 : 0;
}

tl::unexpected<Error> damaged(const std::filesystem::path& path, const std::string& part) {
  return failure(ErrorCode::unusable_input, "io.safetensors_damaged",
                 {{"path", path.string()}, {"part", part}});
}

/// A list of unsigned numbers, or nothing.
std::optional<std::vector<std::size_t>> numbers(const json& object, const char* field) {
  const auto found = object.find(field);
  if (found == object.end() || !found->is_array()) return {};
  std::vector<std::size_t> out;
  for (const auto& number : *found) {
    if (!number.is_number_unsigned()) return {};
    out.push_back(number.get<std::size_t>());
  }
  return out;
}

/// Elements times size; nothing when that is no number of bytes.
std::optional<std::uint64_t> byte_count(const std::vector<std::size_t>& shape, std::size_t size) {
  std::uint64_t count = size;
  for (const auto extent : shape)
    if (__builtin_mul_overflow(count, static_cast<std::uint64_t>(extent), &count)) return {};
  return count;
}

}  // namespace

std::string safetensors_head(std::span<const TensorBytes> tensors,
                             const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json head;
  if (!metadata.empty()) head["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (const auto& tensor : tensors) {
    const std::uint64_t end = at + tensor.bytes.size();
    head[tensor.name] = {
        {"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = head.dump();
  while ((8 + text.size()) % 64 != 0) text += ' ';
  const std::uint64_t size = text.size();
  std::string out(reinterpret_cast<const char*>(&size), sizeof size);
  return out + text;
}

Expected<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  std::error_code error;
  const std::uint64_t file_size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  if (error || !in)
    return failure(ErrorCode::unusable_input, "io.missing", {{"path", path.string()}});
  std::uint64_t head_size = 0;
  if (file_size < 8 || !in.read(reinterpret_cast<char*>(&head_size), 8) || head_size > most_head ||
      head_size > file_size - 8)
    return damaged(path, "head");
  std::string text(head_size, '\0');
  if (!in.read(text.data(), static_cast<std::streamsize>(head_size))) return damaged(path, "head");
  const auto head = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!head.is_object()) return damaged(path, "head");
  SafetensorsFile out;
  out.path_ = path;
  const std::uint64_t data = 8 + head_size;
  for (const auto& [name, entry] : head.items()) {
    if (name == "__metadata__") {
      if (!entry.is_object()) return damaged(path, name);
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) return damaged(path, name);
        out.metadata_[key] = value.get<std::string>();
      }
      continue;
    }
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string())
      return damaged(path, name);
    const auto shape = numbers(entry, "shape"), offsets = numbers(entry, "data_offsets");
    const std::string type = entry["dtype"].get<std::string>();
    if (!shape || !offsets || offsets->size() != 2 || size_of_type(type) == 0)
      return damaged(path, name);
    const std::uint64_t begin = (*offsets)[0], end = (*offsets)[1];
    if (begin > end || end > file_size - data ||
        byte_count(*shape, size_of_type(type)) != std::optional(end - begin))
      return damaged(path, name);
    out.tensors_[name] = {type, *shape, data + begin, end - begin};
  }
  return out;
}

std::string SafetensorsFile::type(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? "" : found->second.type;
}

template <class T>
Expected<std::vector<T>> SafetensorsFile::read(const std::string& name, const char* type,
                                               const std::vector<std::size_t>& shape) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end() || found->second.type != type || found->second.shape != shape)
    return damaged(path_, name);
  std::vector<T> out(found->second.size / sizeof(T));
  std::ifstream in(path_, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(found->second.begin));
  if (!in.read(reinterpret_cast<char*>(out.data()),
               static_cast<std::streamsize>(out.size() * sizeof(T))))
    return damaged(path_, name);
  return out;
}

Expected<std::vector<float>> SafetensorsFile::floats(const std::string& name,
                                                     const std::vector<std::size_t>& shape) const {
  return read<float>(name, "F32", shape);
}

Expected<std::vector<std::int8_t>> SafetensorsFile::bytes(
    const std::string& name, const std::vector<std::size_t>& shape) const {
  return read<std::int8_t>(name, "I8", shape);
}

}  // namespace celloquy::io
