// Groups of all ages, heaps, and the version 2 B-tree.
#include <algorithm>
#include <bit>
#include <cstring>

#include "io/hdf5/format.hpp"

namespace celloquy::io::hdf5 {
namespace {

constexpr std::size_t max_links = 1u << 20;

std::size_t bits_of(std::uint64_t value) { return value ? std::bit_width(value) - 1 : 0; }
std::size_t bytes_to_hold(std::uint64_t limit) { return bits_of(limit) / 8 + 1; }

Link parse_link(Cursor& cursor) {
  Link link;
  if (cursor.u8() != 1) damaged("group");
  const auto flags = cursor.u8();
  const auto kind = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8);
  if (flags & 16) cursor.skip(1);
  const auto name_bytes = cursor.number(std::size_t{1} << (flags & 3));
  if (name_bytes > cursor.left()) damaged("group");
  link.name = cursor.text(name_bytes);
  if (kind == 0)
    link.address = cursor.u64();
  else if (kind == 1)
    link.soft_target = cursor.text(cursor.u16());
  return link;
}

}  // namespace

const std::vector<Link>& File::links(std::uint64_t group) const {
  if (const auto found = links_.find(group); found != links_.end()) return found->second;
  std::vector<Link> out;
  for (const auto& item : messages(group)) {
    if (item.type == 6) {
      Cursor cursor(item.data.data(), item.data.size(), "group");
      out.push_back(parse_link(cursor));
    } else if (item.type == 17) {
      read_symbol_table(item, out);
    } else if (item.type == 2) {
      read_dense_links(item, out);
    }
  }
  std::sort(out.begin(), out.end(), [](const Link& a, const Link& b) { return a.name < b.name; });
  return links_.emplace(group, std::move(out)).first->second;
}

std::uint64_t File::find(std::string_view path, std::uint64_t from) const {
  int jumps = 0;
  std::string rest(path);
  std::uint64_t at = from;
  while (true) {
    const auto start = rest.find_first_not_of('/');
    if (start == std::string::npos) return at;
    rest.erase(0, start);
    const auto end = std::min(rest.find('/'), rest.size());
    const auto name = rest.substr(0, end);
    rest.erase(0, end);
    if (!is_group(at)) return undefined_address;
    const auto& all = links(at);
    const auto found =
        std::lower_bound(all.begin(), all.end(), name,
                         [](const Link& a, const std::string& b) { return a.name < b; });
    if (found == all.end() || found->name != name) return undefined_address;
    if (!found->soft_target.empty()) {
      if (++jumps > 16) damaged("group");
      if (found->soft_target.front() == '/') at = root_;
      rest = found->soft_target + rest;
      continue;
    }
    if (found->address == undefined_address) return undefined_address;
    at = found->address;
  }
}

void File::read_symbol_table(const Message& item, std::vector<Link>& out) const {
  Cursor fields(item.data.data(), item.data.size(), "group");
  const auto tree = fields.u64(), heap = fields.u64();
  const auto heap_header = bytes(heap, 32, "group");
  Cursor heap_cursor(heap_header.data(), 32, "group");
  heap_cursor.expect("HEAP");
  heap_cursor.skip(4);
  const auto heap_bytes = heap_cursor.u64();
  heap_cursor.skip(8);
  if (heap_bytes > (std::uint64_t{256} << 20)) damaged("group");
  const auto names = bytes(heap_cursor.u64(), heap_bytes, "group");
  const auto name_at = [&](std::uint64_t offset) {
    if (offset >= names.size()) damaged("group");
    const auto* begin = names.data() + offset;
    const auto* end = std::find(begin, names.data() + names.size(), std::uint8_t{0});
    if (end == names.data() + names.size()) damaged("group");
    return std::string(reinterpret_cast<const char*>(begin), static_cast<std::size_t>(end - begin));
  };
  // Depth first; the level falls by one a step, so no loop can close.
  std::vector<std::pair<std::uint64_t, int>> pending{{tree, -1}};
  std::size_t visited = 0;
  while (!pending.empty()) {
    const auto [address, level] = pending.back();
    pending.pop_back();
    if (++visited > max_links) damaged("group");
    if (level == -2) {
      const auto head = bytes(address, 8, "group");
      Cursor head_cursor(head.data(), 8, "group");
      head_cursor.expect("SNOD");
      head_cursor.skip(2);
      const std::size_t count = head_cursor.u16();
      const auto entries = bytes(address + 8, count * 40, "group");
      Cursor entry(entries.data(), entries.size(), "group");
      for (std::size_t i = 0; i < count; ++i) {
        Link link;
        link.name = name_at(entry.u64());
        link.address = entry.u64();
        const auto kind = entry.u32();
        entry.skip(4);
        const auto scratch = entry.u32();
        entry.skip(12);
        if (kind == 2) link.soft_target = name_at(scratch);
        if (out.size() > max_links) damaged("group");
        out.push_back(std::move(link));
      }
      continue;
    }
    const auto head = bytes(address, 24, "group");
    Cursor node(head.data(), 24, "group");
    node.expect("TREE");
    if (node.u8() != 0) damaged("group");
    const int node_level = node.u8();
    if (level >= 0 && node_level != level) damaged("group");
    const std::size_t count = node.u16();
    const auto body = bytes(address + 24, count * 16 + 8, "group");
    Cursor children(body.data(), body.size(), "group");
    for (std::size_t i = 0; i < count; ++i) {
      children.skip(8);
      pending.emplace_back(children.u64(), node_level == 0 ? -2 : node_level - 1);
    }
  }
}

void File::read_dense_links(const Message& item, std::vector<Link>& out) const {
  Cursor cursor(item.data.data(), item.data.size(), "group");
  cursor.skip(1);
  const auto flags = cursor.u8();
  if (flags & 1) cursor.skip(8);
  const auto heap_address = cursor.u64(), tree = cursor.u64();
  if (heap_address == undefined_address || tree == undefined_address) return;
  const FractalHeap heap(*this, heap_address);
  const auto records = read_b_tree_2(*this, tree);
  if (records.record_bytes < 4 + heap.id_bytes()) damaged("group");
  for (std::size_t i = 0; i < records.count(); ++i) {
    const auto data = heap.object(records.data.data() + i * records.record_bytes + 4);
    Cursor link(data.data(), data.size(), "group");
    out.push_back(parse_link(link));
  }
}

void File::read_dense_attributes(const Message& item, std::vector<Attribute>& out) const {
  Cursor cursor(item.data.data(), item.data.size(), "attribute");
  cursor.skip(1);
  const auto flags = cursor.u8();
  if (flags & 1) cursor.skip(2);
  const auto heap_address = cursor.u64(), tree = cursor.u64();
  if (heap_address == undefined_address || tree == undefined_address) return;
  const FractalHeap heap(*this, heap_address);
  const auto records = read_b_tree_2(*this, tree);
  if (records.record_bytes < heap.id_bytes() + 1) damaged("attribute");
  for (std::size_t i = 0; i < records.count(); ++i) {
    const auto* record = records.data.data() + i * records.record_bytes;
    if (record[heap.id_bytes()] & 2) continue;
    const auto data = heap.object(record);
    Cursor attribute(data.data(), data.size(), "attribute");
    out.push_back(parse_attribute(attribute));
  }
}

// ---- global heap ----------------------------------------------------------

struct File::Heap {
  std::vector<std::uint8_t> data;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> objects;  // by index: start, length
};

const File::Heap& File::global_heap(std::uint64_t address) const {
  if (address == last_heap_address_) return *last_heap_;
  auto& slot = heaps_[address];
  if (!slot) {
    const auto head = bytes(address, 16, "text_heap");
    Cursor cursor(head.data(), 16, "text_heap");
    cursor.expect("GCOL");
    cursor.skip(4);
    const auto size = cursor.u64();
    if (size < 16 || size > 0xffffffffULL) damaged("text_heap");
    // Heaps do not overlap, so together they are no larger than the file.
    heap_bytes_ += size;
    if (heap_bytes_ > input_->size()) damaged("text_heap");
    auto heap = std::make_shared<Heap>();
    heap->data = bytes(address, size, "text_heap");
    Cursor objects(heap->data.data(), size, "text_heap");
    objects.skip(16);
    while (objects.left() >= 16) {
      const auto index = objects.u16();
      objects.skip(6);
      const auto length = objects.u64();
      if (index == 0) break;
      const auto start = objects.position();
      if (length > objects.left()) damaged("text_heap");
      objects.skip(std::min<std::size_t>((length + 7) / 8 * 8, objects.left()));
      if (heap->objects.size() <= index) heap->objects.resize(std::size_t{index} + 1);
      heap->objects[index] = {static_cast<std::uint32_t>(start),
                              static_cast<std::uint32_t>(length)};
    }
    slot = std::move(heap);
  }
  last_heap_address_ = address;
  last_heap_ = slot.get();
  return *slot;
}

std::string File::heap_text(const std::uint8_t* reference) const {
  Cursor cursor(reference, 16, "text_heap");
  const std::size_t length = cursor.u32();
  const auto address = cursor.u64();
  const auto index = cursor.u32();
  if (length == 0 || address == 0 || address == undefined_address) return {};
  const auto& heap = global_heap(address);
  if (index >= heap.objects.size() || length > heap.objects[index].second) damaged("text_heap");
  return {reinterpret_cast<const char*>(heap.data.data() + heap.objects[index].first), length};
}

// ---- version 2 B-tree -----------------------------------------------------

namespace {

struct TreeShape {
  std::size_t node_bytes, record_bytes, count_bytes;
  std::vector<std::size_t> total_bytes;  // by depth: bytes of a child's total count
};

void read_tree_node(const File& file, const TreeShape& shape, std::uint64_t address,
                    std::size_t records, int depth, Records& out) {
  const auto node = file.bytes(address, shape.node_bytes, "group");
  Cursor cursor(node.data(), node.size(), "group");
  cursor.expect(depth ? "BTIN" : "BTLF");
  cursor.skip(2);
  const auto* data = cursor.take(records * shape.record_bytes);
  if (out.count() + records > max_links * 64) damaged("group");
  out.data.insert(out.data.end(), data, data + records * shape.record_bytes);
  if (depth == 0) return;
  for (std::size_t i = 0; i <= records; ++i) {
    const auto child = cursor.u64();
    const auto child_records = cursor.number(shape.count_bytes);
    if (depth > 1) cursor.skip(shape.total_bytes[static_cast<std::size_t>(depth) - 1]);
    if (child_records == 0) damaged("group");
    read_tree_node(file, shape, child, child_records, depth - 1, out);
  }
}

}  // namespace

Records read_b_tree_2(const File& file, std::uint64_t address) {
  const auto head = file.bytes(address, 38, "group");
  Cursor cursor(head.data(), head.size(), "group");
  cursor.expect("BTHD");
  cursor.skip(2);
  TreeShape shape{};
  shape.node_bytes = cursor.u32();
  shape.record_bytes = cursor.u16();
  const int depth = cursor.u16();
  cursor.skip(2);
  const auto root = cursor.u64();
  const std::size_t root_records = cursor.u16();
  const auto total = cursor.u64();
  if (shape.record_bytes == 0 || shape.node_bytes < 16 + shape.record_bytes ||
      shape.node_bytes > (1u << 26) || depth > 8)
    damaged("group");
  const std::uint64_t leaf_records = (shape.node_bytes - 10) / shape.record_bytes;
  shape.count_bytes = bytes_to_hold(leaf_records);
  shape.total_bytes = {0};
  std::uint64_t cumulative = leaf_records;
  for (int level = 1; level <= depth; ++level) {
    const std::size_t pointer = 8 + shape.count_bytes + shape.total_bytes.back();
    if (shape.node_bytes < 10 + pointer) damaged("group");
    const std::uint64_t most = (shape.node_bytes - (10 + pointer)) / (shape.record_bytes + pointer);
    if (cumulative > (std::uint64_t{1} << 48)) damaged("group");
    cumulative = (most + 1) * cumulative + most;
    shape.total_bytes.push_back(bytes_to_hold(cumulative));
  }
  Records out;
  out.record_bytes = shape.record_bytes;
  if (total == 0 || root == undefined_address) return out;
  if (total > file.input().size()) damaged("group");
  read_tree_node(file, shape, root, root_records, depth, out);
  return out;
}

// ---- fractal heap ---------------------------------------------------------

FractalHeap::FractalHeap(const File& file, std::uint64_t address) : file_(file) {
  const auto head = file.bytes(address, 146, "group");
  Cursor cursor(head.data(), head.size(), "group");
  cursor.expect("FRHP");
  cursor.skip(1);
  id_bytes_ = cursor.u16();
  const auto filter_bytes = cursor.u16();
  cursor.skip(1);
  const std::uint64_t max_managed = cursor.u32();
  cursor.skip(8 * 12);
  width_ = cursor.u16();
  start_bytes_ = cursor.u64();
  max_direct_bytes_ = cursor.u64();
  const std::size_t heap_bits = cursor.u16();
  cursor.skip(2);
  root_ = cursor.u64();
  root_rows_ = cursor.u16();
  if (filter_bytes) unsupported("compressed group heap");
  if (id_bytes_ < 2 || id_bytes_ > 64 || width_ == 0 || !std::has_single_bit(start_bytes_) ||
      !std::has_single_bit(max_direct_bytes_) || max_direct_bytes_ < start_bytes_ ||
      heap_bits == 0 || heap_bits > 64 || max_direct_bytes_ > (std::uint64_t{1} << 32) ||
      root_rows_ > 64)
    damaged("group");
  offset_bytes_ = (heap_bits + 7) / 8;
  length_bytes_ =
      std::min<std::size_t>((bits_of(max_direct_bytes_) + 7) / 8, bytes_to_hold(max_managed));
  max_direct_rows_ = bits_of(max_direct_bytes_) - bits_of(start_bytes_) + 2;
  if (1 + offset_bytes_ + length_bytes_ > id_bytes_) damaged("group");
}

std::uint64_t FractalHeap::row_block_bytes(std::size_t row) const {
  if (row < 2) return start_bytes_;
  if (row - 1 >= 63 || bits_of(start_bytes_) + row - 1 > 62) damaged("group");
  return start_bytes_ << (row - 1);
}

std::vector<std::uint8_t> FractalHeap::object(const std::uint8_t* id) const {
  const unsigned kind = (id[0] >> 4) & 3;
  if (kind == 2) {  // tiny: the object is in the id
    const std::size_t length = (id[0] & 15) + std::size_t{1};
    if (1 + length > id_bytes_) damaged("group");
    return {id + 1, id + 1 + length};
  }
  if (kind != 0) unsupported("huge object in a group heap");
  Cursor cursor(id + 1, id_bytes_ - 1, "group");
  const auto offset = cursor.number(offset_bytes_);
  const auto length = cursor.number(length_bytes_);
  return managed(offset, length);
}

std::vector<std::uint8_t> FractalHeap::managed(std::uint64_t offset, std::uint64_t length) const {
  if (root_rows_ == 0) {
    if (offset > start_bytes_ && offset > max_direct_bytes_) damaged("group");
    if (length > max_direct_bytes_) damaged("group");
    return file_.bytes(root_ + offset, length, "group");
  }
  return in_indirect(root_, 0, root_rows_, offset, length, 0);
}

std::vector<std::uint8_t> FractalHeap::in_indirect(std::uint64_t address,
                                                   std::uint64_t block_offset, std::size_t rows,
                                                   std::uint64_t offset, std::uint64_t length,
                                                   int depth) const {
  if (depth > 8) damaged("group");
  const auto head = file_.bytes(address, 5, "group");
  if (std::memcmp(head.data(), "FHIB", 4) != 0) damaged("group");
  const std::uint64_t entries = address + 13 + offset_bytes_;
  std::uint64_t row_start = block_offset;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto block = row_block_bytes(row);
    if (block > (std::uint64_t{1} << 56) / width_) damaged("group");
    const auto row_bytes = block * width_;
    if (offset >= row_start && offset - row_start < row_bytes) {
      const auto column = (offset - row_start) / block;
      const auto direct = std::min(row, max_direct_rows_);
      const auto entry = entries + 8 * (direct * width_ + (row - direct) * width_ + column);
      const auto field = file_.bytes(entry, 8, "group");
      Cursor cursor(field.data(), 8, "group");
      const auto child = cursor.u64();
      const auto child_offset = row_start + column * block;
      if (row < max_direct_rows_) {
        const auto within = offset - child_offset;
        if (length > block - within || child == undefined_address) damaged("group");
        return file_.bytes(child + within, length, "group");
      }
      // An indirect block of `block` bytes has as many rows as fill it.
      const std::size_t child_rows = bits_of(block) - bits_of(start_bytes_ * width_) + 1;
      return in_indirect(child, child_offset, child_rows, offset, length, depth + 1);
    }
    row_start += row_bytes;
  }
  damaged("group");
}

}  // namespace celloquy::io::hdf5
