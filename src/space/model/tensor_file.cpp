#include "space/model/tensor_file.hpp"

#include <bit>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace celloquy::space {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 30;
constexpr std::size_t alignment = 8;

std::size_t rounded_up(std::size_t size) { return (size + alignment - 1) / alignment * alignment; }

}  // namespace

tl::unexpected<Error> TensorFile::unusable(std::string_view reason) const {
  return failure(ErrorCode::unusable_input, "space.model_unusable",
                 {{"file", path_}, {"reason", reason}});
}

Expected<TensorFile> TensorFile::read(const std::filesystem::path& path) {
  TensorFile file;
  file.path_ = path.string();
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  if (!in) return failure(ErrorCode::unusable_input, "space.model_missing", {{"file", file.path_}});
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(in.tellg(), 0));
  if (size < 8 || size > most_bytes) return file.unusable("size");
  in.seekg(0);
  std::uint64_t head = 0;
  in.read(reinterpret_cast<char*>(&head), 8);
  if (!in || head > size - 8) return file.unusable("head");
  // The head is moved so that the arrays behind it are aligned in memory.
  const std::size_t shift = rounded_up(head) - static_cast<std::size_t>(head);
  file.data_.resize(size - 8 + shift);
  in.read(reinterpret_cast<char*>(file.data_.data() + shift),
          static_cast<std::streamsize>(size - 8));
  if (!in) return file.unusable("size");
  file.start_ = static_cast<std::size_t>(head) + shift;
  std::memset(file.data_.data(), ' ', shift);
  CELLOQUY_CHECK(file.read_head(file.start_));
  return file;
}

Status TensorFile::read_head(std::size_t head_bytes) {
  const auto* text = reinterpret_cast<const char*>(data_.data());
  const auto head = nlohmann::json::parse(text, text + head_bytes, nullptr, false);
  if (!head.is_object()) return unusable("head");
  const std::size_t data_bytes = data_.size() - start_;
  for (const auto& [name, value] : head.items()) {
    if (name == "__metadata__") {
      if (!value.is_object()) return unusable(name);
      for (const auto& [key, entry] : value.items())
        if (entry.is_string()) metadata_[key] = entry.get<std::string>();
      continue;
    }
    const auto offsets = value.find("data_offsets");
    const auto type = value.find("dtype");
    if (!value.is_object() || offsets == value.end() || type == value.end() || !type->is_string() ||
        !offsets->is_array() || offsets->size() != 2 || !(*offsets)[0].is_number_unsigned() ||
        !(*offsets)[1].is_number_unsigned())
      return unusable(name);
    const auto begin = (*offsets)[0].get<std::size_t>(), end = (*offsets)[1].get<std::size_t>();
    if (begin > end || end > data_bytes || begin % alignment != 0) return unusable(name);
    entries_[name] = {type->get<std::string>(), begin, end};
  }
  return {};
}

Expected<std::span<const std::byte>> TensorFile::find(std::string_view name, std::string_view type,
                                                      std::size_t size,
                                                      std::size_t elements) const {
  const auto found = entries_.find(name);
  if (found == entries_.end() || found->second.type != type) return unusable(name);
  const auto bytes = found->second.end - found->second.begin;
  if (bytes % size != 0 || (elements != 0 && bytes / size != elements)) return unusable(name);
  return std::span(data_.data() + start_ + found->second.begin, bytes);
}

std::string_view TensorFile::metadata(std::string_view name) const {
  const auto found = metadata_.find(name);
  return found == metadata_.end() ? std::string_view() : std::string_view(found->second);
}

std::string TensorWriter::bytes() const {
  nlohmann::json head = nlohmann::json::object();
  head["__metadata__"] = metadata_;
  std::size_t place = 0;
  for (const auto& tensor : tensors_) {
    head[tensor.name] = {{"dtype", tensor.type},
                         {"shape", tensor.shape},
                         {"data_offsets", {place, place + tensor.data.size()}}};
    place = rounded_up(place + tensor.data.size());
  }
  std::string text = head.dump();
  text.resize(rounded_up(text.size()), ' ');
  std::string out(8, '\0');
  const std::uint64_t length = text.size();
  std::memcpy(out.data(), &length, 8);
  out += text;
  for (const auto& tensor : tensors_) {
    out.append(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size());
    out.resize(8 + text.size() + rounded_up(out.size() - 8 - text.size()), '\0');
  }
  return out;
}

}  // namespace celloquy::space
