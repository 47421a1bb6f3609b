// Superblock, object headers, attributes, datasets.
#include <algorithm>
#include <cstring>

#include "io/hdf5/format.hpp"

namespace celloquy::io::hdf5 {
namespace {

constexpr std::size_t max_header_bytes = std::size_t{64} << 20;
constexpr std::size_t max_messages = 1u << 20;
enum : std::uint8_t {
  message_dataspace = 1,
  message_link_info = 2,
  message_type = 3,
  message_link = 6,
  message_external = 7,
  message_layout = 8,
  message_filters = 11,
  message_attribute = 12,
  message_continuation = 16,
  message_symbol_table = 17,
  message_attribute_info = 21
};

struct Superblock {
  std::uint64_t base = 0, end = 0, root = 0;
};

Superblock parse_superblock(const std::vector<std::uint8_t>& bytes) {
  Cursor cursor(bytes.data(), bytes.size(), "superblock");
  cursor.skip(8);
  const auto version = cursor.u8();
  Superblock block;
  std::uint8_t offset_bytes = 0, length_bytes = 0;
  if (version <= 1) {
    cursor.skip(4);
    offset_bytes = cursor.u8();
    length_bytes = cursor.u8();
    cursor.skip(1 + 2 + 2 + 4);
    if (version == 1) cursor.skip(4);
    block.base = cursor.u64();
    cursor.skip(8);
    block.end = cursor.u64();
    cursor.skip(8 + 8);
    block.root = cursor.u64();
  } else if (version <= 3) {
    offset_bytes = cursor.u8();
    length_bytes = cursor.u8();
    cursor.skip(1);
    block.base = cursor.u64();
    cursor.skip(8);
    block.end = cursor.u64();
    block.root = cursor.u64();
  } else {
    unsupported("superblock " + std::to_string(version));
  }
  if (offset_bytes != 8 || length_bytes != 8) unsupported("offsets other than 8 bytes");
  return block;
}

}  // namespace

File::File(std::shared_ptr<const InputFile> input) : input_(std::move(input)) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  const auto size = input_->size();
  for (std::uint64_t at = 0; at + 48 <= size; at = at ? at * 2 : 512) {
    char found[8];
    if (!input_->read(at, found, 8)) break;
    if (std::string_view(found, 8) != signature) continue;
    std::vector<std::uint8_t> bytes(std::min<std::uint64_t>(size - at, 112));
    if (!input_->read(at, bytes.data(), bytes.size())) damaged("superblock");
    const auto block = parse_superblock(bytes);
    base_ = block.base;
    root_ = block.root;
    if (block.end != undefined_address && (base_ > size || block.end > size - base_))
      refuse("io.truncated",
             {{"path", input_->path()}, {"expected", base_ + block.end}, {"size", size}});
    return;
  }
  refuse("io.not_hdf5", {{"path", input_->path()}});
}

bool File::read(std::uint64_t address, void* to, std::size_t bytes) const {
  if (address > ~base_) return false;
  return input_->read(base_ + address, to, bytes);
}

std::vector<std::uint8_t> File::bytes(std::uint64_t address, std::size_t count,
                                      std::string_view part) const {
  if (address >= input_->size() || count > input_->size()) damaged(part);
  std::vector<std::uint8_t> out(count);
  if (!read(address, out.data(), count)) damaged(part);
  return out;
}

void File::read_header_1(std::uint64_t address, std::vector<Message>& out) const {
  const auto prefix = bytes(address, 16, "object_header");
  Cursor cursor(prefix.data(), prefix.size(), "object_header");
  if (cursor.u8() != 1) damaged("object_header");
  cursor.skip(1);
  const std::size_t count = cursor.u16();
  cursor.skip(4);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks{{address + 16, cursor.u32()}};
  std::size_t total = 0;
  for (std::size_t b = 0; b < blocks.size() && out.size() < count; ++b) {
    total += blocks[b].second;
    if (total > max_header_bytes || blocks.size() > 4096) damaged("object_header");
    const auto data = bytes(blocks[b].first, blocks[b].second, "object_header");
    Cursor block(data.data(), data.size(), "object_header");
    while (block.left() >= 8 && out.size() < count) {
      Message item;
      item.type = static_cast<std::uint8_t>(std::min<std::uint16_t>(block.u16(), 255));
      const auto size = block.u16();
      item.flags = block.u8();
      block.skip(3);
      const auto* from = block.take(size);
      item.data.assign(from, from + size);
      if (item.type == message_continuation) {
        Cursor target(item.data.data(), item.data.size(), "object_header");
        const auto to = target.u64();
        blocks.emplace_back(to, target.u64());
      }
      out.push_back(std::move(item));
    }
  }
}

void File::read_header_2(std::uint64_t address, std::vector<Message>& out) const {
  const auto prefix = bytes(address, 6, "object_header");
  if (prefix[4] != 2) damaged("object_header");
  const auto flags = prefix[5];
  const std::size_t extra = ((flags & 32) ? 16 : 0) + ((flags & 16) ? 4 : 0);
  const std::size_t size_bytes = std::size_t{1} << (flags & 3);
  const auto size_field = bytes(address + 6 + extra, size_bytes, "object_header");
  Cursor size_cursor(size_field.data(), size_bytes, "object_header");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks{
      {address + 6 + extra + size_bytes, size_cursor.number(size_bytes)}};
  std::size_t total = 0;
  const std::size_t message_header = 4 + ((flags & 4) ? 2 : 0);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    total += blocks[b].second;
    if (blocks[b].second > max_header_bytes || total > max_header_bytes || blocks.size() > 4096)
      damaged("object_header");
    const auto data = bytes(blocks[b].first, blocks[b].second, "object_header");
    Cursor block(data.data(), data.size() - (b && data.size() >= 4 ? 4 : 0), "object_header");
    if (b) block.expect("OCHK");
    while (block.left() >= message_header) {
      Message item;
      item.type = block.u8();
      const auto size = block.u16();
      item.flags = block.u8();
      if (flags & 4) block.skip(2);
      const auto* from = block.take(size);
      item.data.assign(from, from + size);
      if (item.type == message_continuation) {
        Cursor target(item.data.data(), item.data.size(), "object_header");
        const auto to = target.u64();
        blocks.emplace_back(to, target.u64());
      }
      if (out.size() > max_messages) damaged("object_header");
      out.push_back(std::move(item));
    }
  }
}

const std::vector<Message>& File::messages(std::uint64_t object) const {
  if (const auto found = messages_.find(object); found != messages_.end()) return found->second;
  const auto start = bytes(object, 4, "object_header");
  std::vector<Message> out;
  if (std::memcmp(start.data(), "OHDR", 4) == 0)
    read_header_2(object, out);
  else
    read_header_1(object, out);
  return messages_.emplace(object, std::move(out)).first->second;
}

bool File::is_dataset(std::uint64_t object) const {
  for (const auto& item : messages(object))
    if (item.type == message_layout) return true;
  return false;
}

bool File::is_group(std::uint64_t object) const {
  for (const auto& item : messages(object))
    if (item.type == message_symbol_table || item.type == message_link_info ||
        item.type == message_link)
      return true;
  return false;
}

Datatype File::shared_datatype(Cursor& cursor) const {
  const auto version = cursor.u8();
  const auto kind = cursor.u8();
  if (version == 1) cursor.skip(6);
  if (version > 3 || (version == 3 && kind != 2)) unsupported("shared message heap");
  const auto address = cursor.u64();
  for (const auto& item : messages(address)) {
    if (item.type != message_type || (item.flags & 2)) continue;
    Cursor inner(item.data.data(), item.data.size(), "datatype");
    return parse_datatype(inner);
  }
  damaged("datatype");
}

Datatype File::message_datatype(const Message& item) const {
  Cursor cursor(item.data.data(), item.data.size(), "datatype");
  return item.flags & 2 ? shared_datatype(cursor) : parse_datatype(cursor);
}

Attribute File::parse_attribute(Cursor& cursor) const {
  Attribute out;
  const auto version = cursor.u8();
  const auto flags = cursor.u8();
  const std::size_t name_bytes = cursor.u16(), type_bytes = cursor.u16(),
                    space_bytes = cursor.u16();
  if (version < 1 || version > 3) damaged("attribute");
  if (version == 3) cursor.skip(1);
  const auto padded = [&](std::size_t bytes) { return version == 1 ? (bytes + 7) / 8 * 8 : bytes; };
  out.name = cursor.text(padded(name_bytes));
  out.name.erase(std::find(out.name.begin(), out.name.end(), '\0'), out.name.end());
  Cursor type(cursor.take(padded(type_bytes)), padded(type_bytes), "attribute");
  out.type = version > 1 && (flags & 1) ? shared_datatype(type) : parse_datatype(type);
  Cursor space(cursor.take(padded(space_bytes)), padded(space_bytes), "attribute");
  out.space = parse_dataspace(space);
  const auto elements = out.space.elements();
  if (elements > cursor.left() / out.type.size) damaged("attribute");
  const auto* from = cursor.take(elements * out.type.size);
  out.data.assign(from, from + elements * out.type.size);
  return out;
}

const std::vector<Attribute>& File::attributes(std::uint64_t object) const {
  if (const auto found = attributes_.find(object); found != attributes_.end()) return found->second;
  std::vector<Attribute> out;
  for (const auto& item : messages(object)) {
    if (item.flags & 2) continue;  // an attribute in the shared heap: nothing we need
    if (item.type == message_attribute) {
      Cursor cursor(item.data.data(), item.data.size(), "attribute");
      out.push_back(parse_attribute(cursor));
    } else if (item.type == message_attribute_info) {
      read_dense_attributes(item, out);
    }
  }
  return attributes_.emplace(object, std::move(out)).first->second;
}

const Attribute* File::attribute(std::uint64_t object, std::string_view name) const {
  for (const auto& item : attributes(object))
    if (item.name == name) return &item;
  return nullptr;
}

std::string File::text_attribute(std::uint64_t object, std::string_view name) const {
  const auto* found = attribute(object, name);
  if (!found || !found->type.is_text() || found->data.size() < found->type.size) return {};
  if (found->type.variable_string)
    return found->type.size == 16 ? heap_text(found->data.data()) : "";
  std::string text(reinterpret_cast<const char*>(found->data.data()), found->type.size);
  text.erase(std::find(text.begin(), text.end(), '\0'), text.end());
  return text;
}

Layout File::parse_layout(Cursor& cursor, const Datatype& type) const {
  Layout layout;
  const auto version = cursor.u8();
  if (version >= 1 && version <= 2) {
    const auto rank = cursor.u8();
    const auto kind = cursor.u8();
    cursor.skip(5);
    if (kind != 0) layout.address = cursor.u64();
    for (int i = 0; i < rank; ++i) layout.chunk.push_back(cursor.u32());
    layout.kind = kind == 0   ? Layout::Kind::compact
                  : kind == 1 ? Layout::Kind::contiguous
                              : Layout::Kind::chunked;
    if (kind > 2) damaged("layout");
    if (kind == 0) {
      const auto size = cursor.u32();
      const auto* from = cursor.take(size);
      layout.compact.assign(from, from + size);
    }
    if (kind == 2 && !layout.chunk.empty()) layout.chunk.pop_back();
    return layout;
  }
  if (version < 3 || version > 5) damaged("layout");
  const auto kind = cursor.u8();
  if (kind == 0) {
    layout.kind = Layout::Kind::compact;
    const auto size = cursor.u16();
    const auto* from = cursor.take(size);
    layout.compact.assign(from, from + size);
  } else if (kind == 1) {
    layout.kind = Layout::Kind::contiguous;
    layout.address = cursor.u64();
    layout.bytes = cursor.u64();
  } else if (kind == 2 && version == 3) {
    layout.kind = Layout::Kind::chunked;
    const auto rank = cursor.u8();
    layout.address = cursor.u64();
    for (int i = 0; i + 1 < rank; ++i) layout.chunk.push_back(cursor.u32());
    if (cursor.u32() != type.size) damaged("layout");
  } else if (kind == 2) {
    layout.kind = Layout::Kind::chunked;
    const auto flags = cursor.u8();
    const auto rank = cursor.u8();
    const auto extent_bytes = cursor.u8();
    if (extent_bytes == 0 || extent_bytes > 8) damaged("layout");
    for (int i = 0; i < rank; ++i) layout.chunk.push_back(cursor.number(extent_bytes));
    if (!layout.chunk.empty()) layout.chunk.pop_back();
    const auto index = cursor.u8();
    if (index < 1 || index > 5) damaged("layout");
    layout.index = static_cast<Layout::Index>(index);
    constexpr std::size_t parameters[] = {0, 0, 0, 1, 5, 6};
    if (layout.index == Layout::Index::single && (flags & 2)) {
      layout.single_filtered = true;
      layout.single_bytes = cursor.u64();
      layout.single_mask = cursor.u32();
    } else {
      cursor.skip(parameters[index]);
    }
    layout.address = cursor.u64();
  } else {
    unsupported("virtual dataset");
  }
  return layout;
}

Dataset File::dataset(std::uint64_t object, std::string path) const {
  Dataset out;
  out.path = std::move(path);
  const Message *type = nullptr, *space = nullptr, *layout = nullptr, *filters = nullptr;
  for (const auto& item : messages(object)) {
    if (item.type == message_type) type = &item;
    if (item.type == message_dataspace) space = &item;
    if (item.type == message_layout) layout = &item;
    if (item.type == message_filters) filters = &item;
    if (item.type == message_external) unsupported("external storage");
  }
  if (!type || !space || !layout) damaged("object_header");
  if ((space->flags | layout->flags | (filters ? filters->flags : 0)) & 2)
    unsupported("shared message heap");
  out.type = message_datatype(*type);
  Cursor space_cursor(space->data.data(), space->data.size(), "dataspace");
  out.space = parse_dataspace(space_cursor);
  Cursor layout_cursor(layout->data.data(), layout->data.size(), "layout");
  out.layout = parse_layout(layout_cursor, out.type);
  if (filters) {
    Cursor filter_cursor(filters->data.data(), filters->data.size(), "filters");
    out.filters = parse_filters(filter_cursor);
  }
  if (out.layout.kind == Layout::Kind::chunked) {
    if (out.layout.chunk.size() != out.space.shape.size() || out.layout.chunk.empty())
      damaged("layout");
    out.chunk_bytes();
  }
  return out;
}

std::uint64_t Dataset::chunk_bytes() const {
  std::uint64_t bytes = type.size;
  for (const auto extent : layout.chunk) {
    // HDF5 itself allows no chunk of 4 GiB or more.
    if (extent == 0 || bytes > 0xffffffffULL / extent) damaged("layout");
    bytes *= extent;
  }
  return bytes;
}

}  // namespace celloquy::io::hdf5
