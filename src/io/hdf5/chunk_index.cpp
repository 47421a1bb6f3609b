// Where the chunks of a dataset lie: the five kinds of chunk index.
#include <algorithm>
#include <bit>

#include "io/hdf5/format.hpp"

namespace celloquy::io::hdf5 {
namespace {

/// Chunks along each dimension.
std::vector<std::uint64_t> chunk_grid(const Dataset& dataset) {
  std::vector<std::uint64_t> grid;
  for (std::size_t d = 0; d < dataset.space.shape.size(); ++d) {
    const auto extent = dataset.space.shape[d], chunk = dataset.layout.chunk[d];
    grid.push_back(extent / chunk + (extent % chunk != 0));
  }
  return grid;
}

/// Row-major number of the chunk at grid position `scaled`; SIZE_MAX outside.
std::size_t chunk_number(const std::vector<std::uint64_t>& grid, const std::uint64_t* scaled) {
  std::uint64_t number = 0;
  for (std::size_t d = 0; d < grid.size(); ++d) {
    if (scaled[d] >= grid[d]) return SIZE_MAX;
    number = number * grid[d] + scaled[d];
  }
  return number;
}

Chunk read_element(Cursor& cursor, bool filtered, std::size_t size_bytes, std::uint64_t plain) {
  Chunk chunk;
  chunk.address = cursor.u64();
  chunk.stored_bytes = plain;
  if (filtered) {
    chunk.stored_bytes = cursor.number(size_bytes);
    chunk.filter_mask = cursor.u32();
  }
  return chunk;
}

}  // namespace

std::vector<Chunk> File::chunks(const Dataset& dataset) const {
  const auto grid = chunk_grid(dataset);
  std::uint64_t count = 1;
  for (const auto extent : grid) {
    // Every stored chunk costs at least 8 bytes of index; the factor leaves
    // room for sparse datasets.
    if (extent && count > (input_->size() + (1u << 20)) / extent) damaged("chunk_index");
    count *= extent;
  }
  std::vector<Chunk> out(count);
  if (count == 0 || dataset.layout.address == undefined_address) return out;
  const auto plain = dataset.chunk_bytes();
  switch (dataset.layout.index) {
    case Layout::Index::b_tree_1: {
      std::uint64_t budget = 4 * count + 1024;
      chunks_b_tree_1(dataset, dataset.layout.address, -1, out, budget);
      break;
    }
    case Layout::Index::single:
      if (count != 1) damaged("chunk_index");
      out[0] = {dataset.layout.address,
                dataset.layout.single_filtered ? dataset.layout.single_bytes : plain,
                dataset.layout.single_mask};
      break;
    case Layout::Index::implicit:
      for (std::size_t i = 0; i < count; ++i)
        out[i] = {dataset.layout.address + i * plain, plain, 0};
      break;
    case Layout::Index::fixed_array: chunks_fixed_array(dataset, out); break;
    case Layout::Index::extensible_array: chunks_extensible_array(dataset, out); break;
    case Layout::Index::b_tree_2: chunks_b_tree_2(dataset, out); break;
  }
  for (const auto& chunk : out) {
    if (chunk.address == undefined_address) continue;
    if (chunk.address > input_->size() || chunk.stored_bytes > input_->size() - chunk.address)
      damaged("chunk_index");
  }
  return out;
}

void File::chunks_b_tree_1(const Dataset& dataset, std::uint64_t address, int level,
                           std::vector<Chunk>& out, std::uint64_t& budget) const {
  const auto head = bytes(address, 24, "chunk_index");
  Cursor node(head.data(), 24, "chunk_index");
  node.expect("TREE");
  if (node.u8() != 1) damaged("chunk_index");
  const int node_level = node.u8();
  if (level >= 0 && node_level != level) damaged("chunk_index");
  const std::size_t count = node.u16();
  if (count > budget) damaged("chunk_index");
  budget -= count;
  const std::size_t rank = dataset.space.shape.size();
  const std::size_t key_bytes = 8 + 8 * (rank + 1);
  const auto body = bytes(address + 24, count * (key_bytes + 8) + key_bytes, "chunk_index");
  Cursor cursor(body.data(), body.size(), "chunk_index");
  const auto grid = chunk_grid(dataset);
  for (std::size_t i = 0; i < count; ++i) {
    Chunk chunk;
    chunk.stored_bytes = cursor.u32();
    chunk.filter_mask = cursor.u32();
    std::array<std::uint64_t, max_rank + 1> scaled{};
    for (std::size_t d = 0; d < rank; ++d) scaled[d] = cursor.u64() / dataset.layout.chunk[d];
    cursor.skip(8);
    chunk.address = cursor.u64();
    if (node_level > 0) {
      chunks_b_tree_1(dataset, chunk.address, node_level - 1, out, budget);
      continue;
    }
    // Chunks beyond the present extent are left over from a shrunken dataset.
    const auto number = chunk_number(grid, scaled.data());
    if (number != SIZE_MAX) out[number] = chunk;
  }
}

void File::chunks_fixed_array(const Dataset& dataset, std::vector<Chunk>& out) const {
  const auto head = bytes(dataset.layout.address, 28, "chunk_index");
  Cursor cursor(head.data(), head.size(), "chunk_index");
  cursor.expect("FAHD");
  cursor.skip(1);
  const bool filtered = cursor.u8() == 1;
  const std::size_t element_bytes = cursor.u8();
  const unsigned page_bits = cursor.u8();
  const auto count = cursor.u64();
  const auto block = cursor.u64();
  if (block == undefined_address) return;
  if (count < out.size() || page_bits > 40 || element_bytes < (filtered ? 13u : 8u) ||
      element_bytes > 20)
    damaged("chunk_index");
  const std::uint64_t page = std::uint64_t{1} << page_bits;
  const bool paged = count > page;
  const std::uint64_t pages = paged ? (count + page - 1) / page : 1;
  const auto start = bytes(block, 4, "chunk_index");
  Cursor(start.data(), 4, "chunk_index").expect("FADB");
  const std::uint64_t header = 4 + 1 + 1 + 8;
  std::vector<std::uint8_t> made;
  if (paged) made = bytes(block + header, (pages + 7) / 8, "chunk_index");
  std::uint64_t at = block + header + (paged ? made.size() + 4 : 0);
  const auto plain = dataset.chunk_bytes();
  for (std::uint64_t p = 0; p < pages; ++p) {
    const auto first = p * page;
    if (first >= out.size()) break;
    const auto in_page = paged ? std::min<std::uint64_t>(page, count - first) : count;
    const auto wanted = std::min<std::uint64_t>(in_page, out.size() - first);
    if (!paged || (made[p / 8] & (0x80 >> (p % 8)))) {
      const auto data = bytes(at, wanted * element_bytes, "chunk_index");
      Cursor elements(data.data(), data.size(), "chunk_index");
      for (std::uint64_t i = 0; i < wanted; ++i)
        out[first + i] = read_element(elements, filtered, element_bytes - 12, plain);
    }
    at += in_page * element_bytes + 4;
  }
}

namespace {

/// The fields of an extensible array's header that its walk needs.
struct ExtensibleArray {
  bool filtered = false;
  std::size_t element_bytes = 0, offset_bytes = 0;
  unsigned page_bits = 0;
  std::uint64_t plain = 0;
};

/// Elements of one data block into out[first …].
void read_data_block(const File& file, const ExtensibleArray& array, std::uint64_t address,
                     std::uint64_t elements, std::uint64_t first, std::vector<Chunk>& out) {
  if (address == undefined_address || first >= out.size()) return;
  const auto start = file.bytes(address, 4, "chunk_index");
  Cursor(start.data(), 4, "chunk_index").expect("EADB");
  const std::uint64_t page = std::uint64_t{1} << array.page_bits;
  const bool paged = elements > page;
  std::uint64_t at = address + 4 + 1 + 1 + 8 + array.offset_bytes + (paged ? 4 : 0);
  for (std::uint64_t done = 0; done < elements && first + done < out.size();) {
    const auto in_page = paged ? page : elements;
    const auto wanted = std::min<std::uint64_t>(in_page, out.size() - first - done);
    const auto data = file.bytes(at, wanted * array.element_bytes, "chunk_index");
    Cursor cursor(data.data(), data.size(), "chunk_index");
    for (std::uint64_t i = 0; i < wanted; ++i)
      out[first + done + i] =
          read_element(cursor, array.filtered, array.element_bytes - 12, array.plain);
    at += in_page * array.element_bytes + 4;
    done += in_page;
  }
}

}  // namespace

void File::chunks_extensible_array(const Dataset& dataset, std::vector<Chunk>& out) const {
  const auto head = bytes(dataset.layout.address, 72, "chunk_index");
  Cursor cursor(head.data(), head.size(), "chunk_index");
  cursor.expect("EAHD");
  cursor.skip(1);
  ExtensibleArray array;
  array.filtered = cursor.u8() == 1;
  array.element_bytes = cursor.u8();
  const unsigned element_bits = cursor.u8();
  const std::uint64_t in_index = cursor.u8(), block_least = cursor.u8(),
                      least_pointers = cursor.u8();
  array.page_bits = cursor.u8();
  cursor.skip(6 * 8);
  const auto index_block = cursor.u64();
  if (index_block == undefined_address) return;
  if (element_bits == 0 || element_bits > 64 || !std::has_single_bit(block_least) ||
      !std::has_single_bit(least_pointers) || array.page_bits > 40 ||
      array.element_bytes < (array.filtered ? 13u : 8u) || array.element_bytes > 20)
    damaged("chunk_index");
  array.offset_bytes = (element_bits + 7) / 8;
  array.plain = dataset.chunk_bytes();
  const auto log2 = [](std::uint64_t value) {
    return static_cast<unsigned>(std::bit_width(value) - 1);
  };
  if (log2(block_least) > element_bits) damaged("chunk_index");
  const unsigned super_blocks = 1 + element_bits - log2(block_least);
  const unsigned in_index_block =
      2 * log2(least_pointers);  // super blocks whose data blocks are listed directly
  const std::uint64_t direct_blocks = 2 * (least_pointers - 1);
  const auto index_head = bytes(index_block, 14, "chunk_index");
  Cursor(index_head.data(), 14, "chunk_index").expect("EAIB");
  std::uint64_t at = index_block + 14, element = 0;
  {
    const auto wanted = std::min<std::uint64_t>(in_index, out.size());
    const auto data = bytes(at, in_index * array.element_bytes, "chunk_index");
    Cursor elements(data.data(), data.size(), "chunk_index");
    for (std::uint64_t i = 0; i < wanted; ++i)
      out[i] = read_element(elements, array.filtered, array.element_bytes - 12, array.plain);
    at += in_index * array.element_bytes;
    element = in_index;
  }
  const std::uint64_t super_pointers =
      super_blocks > in_index_block ? super_blocks - in_index_block : 0;
  const auto pointer_data = bytes(at, 8 * (direct_blocks + super_pointers), "chunk_index");
  Cursor pointers(pointer_data.data(), pointer_data.size(), "chunk_index");
  for (unsigned super = 0; super < super_blocks && element < out.size(); ++super) {
    const std::uint64_t blocks = std::uint64_t{1} << (super / 2);
    const std::uint64_t elements = (std::uint64_t{1} << ((super + 1) / 2)) * block_least;
    if (super < in_index_block) {
      for (std::uint64_t b = 0; b < blocks; ++b, element += elements)
        read_data_block(*this, array, pointers.u64(), elements, element, out);
      continue;
    }
    const auto super_address = pointers.u64();
    if (super_address == undefined_address) {
      element += blocks * elements;
      continue;
    }
    const auto super_head = bytes(super_address, 4, "chunk_index");
    Cursor(super_head.data(), 4, "chunk_index").expect("EASB");
    const std::uint64_t page = std::uint64_t{1} << array.page_bits;
    const std::uint64_t bitmap =
        elements > page ? blocks * ((elements / page + 7) / 8) : 0;  // which pages are made
    if (bitmap > input_->size() || blocks > input_->size()) damaged("chunk_index");
    const auto list =
        bytes(super_address + 14 + array.offset_bytes + bitmap, blocks * 8, "chunk_index");
    Cursor addresses(list.data(), list.size(), "chunk_index");
    for (std::uint64_t b = 0; b < blocks && element < out.size(); ++b, element += elements)
      read_data_block(*this, array, addresses.u64(), elements, element, out);
  }
}

void File::chunks_b_tree_2(const Dataset& dataset, std::vector<Chunk>& out) const {
  const auto records = read_b_tree_2(*this, dataset.layout.address);
  const std::size_t rank = dataset.space.shape.size();
  const bool filtered = !dataset.filters.empty();
  const std::size_t fixed = 8 + 8 * rank + (filtered ? 4 : 0);
  if (records.count() && (records.record_bytes < fixed || records.record_bytes > fixed + 8))
    damaged("chunk_index");
  const auto grid = chunk_grid(dataset);
  const auto plain = dataset.chunk_bytes();
  for (std::size_t i = 0; i < records.count(); ++i) {
    Cursor cursor(records.data.data() + i * records.record_bytes, records.record_bytes,
                  "chunk_index");
    const auto chunk = read_element(cursor, filtered, records.record_bytes - fixed, plain);
    std::array<std::uint64_t, max_rank> scaled{};
    for (std::size_t d = 0; d < rank; ++d) scaled[d] = cursor.u64();
    const auto number = chunk_number(grid, scaled.data());
    if (number != SIZE_MAX) out[number] = chunk;
  }
}

}  // namespace celloquy::io::hdf5
