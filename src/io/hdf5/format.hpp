#pragma once
// The parts of the HDF5 file format (version 3 of its specification) that
// expression files use, read by ourselves: positional reads on all threads
// without the library's global lock, and no crash on a damaged file.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/input_file.hpp"
#include "io/refusal.hpp"

namespace celloquy::io::hdf5 {

constexpr std::uint64_t undefined_address = ~std::uint64_t{0};
constexpr std::size_t max_rank = 8;

/// `part` is a catalogue id below "io.part.".
[[noreturn]] void damaged(std::string_view part);
[[noreturn]] void unsupported(std::string_view what);

/// Reads little-endian fields; running over the end is damage.
class Cursor {
 public:
  Cursor(const std::uint8_t* data, std::size_t size, std::string_view part)
      : data_(data), size_(size), part_(part) {}
  std::uint64_t number(std::size_t bytes) {
    const auto* at = take(bytes);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value |= std::uint64_t{at[i]} << (8 * i);
    return value;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  const std::uint8_t* take(std::size_t bytes) {
    if (bytes > size_ - at_) damaged(part_);
    const auto* from = data_ + at_;
    at_ += bytes;
    return from;
  }
  void skip(std::size_t bytes) { take(bytes); }
  void expect(std::string_view signature) {
    const auto* at = take(signature.size());
    if (std::string_view(reinterpret_cast<const char*>(at), signature.size()) != signature)
      damaged(part_);
  }
  std::string text(std::size_t bytes) {
    const auto* at = take(bytes);
    return {reinterpret_cast<const char*>(at), bytes};
  }
  /// A text that ends with a zero byte, padded with `align` as HDF5 does.
  std::string terminated(std::size_t align);
  std::size_t position() const { return at_; }
  std::size_t left() const { return size_ - at_; }
  const std::uint8_t* data() const { return data_; }
  std::string_view part() const { return part_; }

 private:
  const std::uint8_t* data_;
  std::size_t size_, at_ = 0;
  std::string_view part_;
};

struct Datatype {
  enum class Class : std::uint8_t {
    fixed,
    floating,
    time,
    string,
    bitfield,
    opaque,
    compound,
    reference,
    enumeration,
    variable_length,
    array
  };
  struct Member {
    std::string name;
    std::uint32_t offset = 0;
    std::shared_ptr<const Datatype> type;
  };
  Class type_class = Class::fixed;
  std::uint32_t size = 0;  ///< bytes of one element
  bool big_endian = false;
  bool is_signed = false;
  bool variable_string = false;
  std::shared_ptr<const Datatype> base;  ///< of enumerations, arrays and variable length
  std::vector<Member> members;           ///< of compounds
  std::vector<std::string> names;        ///< of enumerations

  bool is_text() const {
    return type_class == Class::string || (type_class == Class::variable_length && variable_string);
  }
  /// h5py writes booleans as an enumeration FALSE, TRUE of one byte.
  bool is_boolean() const;
};
Datatype parse_datatype(Cursor& cursor, int depth = 0);

struct Dataspace {
  std::vector<std::uint64_t> shape;  ///< empty for a scalar
  bool null = false;
  std::uint64_t elements() const;  ///< refuses products above 2^62
};
Dataspace parse_dataspace(Cursor& cursor);

struct Filter {
  std::uint16_t id = 0;
  std::vector<std::uint32_t> values;
  std::string name;
};
std::vector<Filter> parse_filters(Cursor& cursor);

struct Layout {
  enum class Kind { none, compact, contiguous, chunked };
  enum class Index { b_tree_1, single, implicit, fixed_array, extensible_array, b_tree_2 };
  Kind kind = Kind::none;
  std::vector<std::uint8_t> compact;
  std::uint64_t address = undefined_address, bytes = 0;
  std::vector<std::uint64_t> chunk;  ///< elements along each dimension
  Index index = Index::b_tree_1;
  std::uint64_t single_bytes = 0;  ///< Index::single with filters
  std::uint32_t single_mask = 0;
  bool single_filtered = false;
};

struct Message {
  std::uint8_t type = 0, flags = 0;
  std::vector<std::uint8_t> data;
};

struct Attribute {
  std::string name;
  Datatype type;
  Dataspace space;
  std::vector<std::uint8_t> data;
};

/// A chunk of a dataset as it lies in the file.
struct Chunk {
  std::uint64_t address = undefined_address;
  std::uint64_t stored_bytes = 0;
  std::uint32_t filter_mask = 0;
};

struct Dataset {
  std::string path;
  Datatype type;
  Dataspace space;
  Layout layout;
  std::vector<Filter> filters;
  std::uint64_t chunk_bytes() const;  ///< of a whole decoded chunk
};

/// Name and place of what a group holds.
struct Link {
  std::string name;
  std::uint64_t address = undefined_address;
  std::string soft_target;
};

/// The metadata of one file. Everything throws Refusal on damage. Not for
/// several threads at once, except read().
class File {
 public:
  explicit File(std::shared_ptr<const InputFile> input);

  const InputFile& input() const { return *input_; }
  std::uint64_t root() const { return root_; }
  /// Reads bytes at an HDF5 address (thread-safe).
  bool read(std::uint64_t address, void* to, std::size_t bytes) const;
  std::vector<std::uint8_t> bytes(std::uint64_t address, std::size_t count,
                                  std::string_view part) const;

  /// Address of the object at `path` below `from`; undefined_address if there is none.
  std::uint64_t find(std::string_view path, std::uint64_t from) const;
  std::uint64_t find(std::string_view path) const { return find(path, root_); }
  /// What a group holds, by name; empty for datasets.
  const std::vector<Link>& links(std::uint64_t group) const;
  bool is_dataset(std::uint64_t object) const;
  bool is_group(std::uint64_t object) const;
  const std::vector<Attribute>& attributes(std::uint64_t object) const;
  const Attribute* attribute(std::uint64_t object, std::string_view name) const;
  /// A text attribute; empty if there is none of this name and type.
  std::string text_attribute(std::uint64_t object, std::string_view name) const;
  Dataset dataset(std::uint64_t object, std::string path) const;

  /// All chunks in row-major order of the chunk grid; missing ones keep an
  /// undefined address. Refuses grids larger than the file could hold.
  std::vector<Chunk> chunks(const Dataset& dataset) const;
  /// The bytes of a variable-length element in the global heap.
  std::string heap_text(const std::uint8_t* reference) const;

 private:
  const std::vector<Message>& messages(std::uint64_t object) const;
  void read_header_1(std::uint64_t address, std::vector<Message>& out) const;
  void read_header_2(std::uint64_t address, std::vector<Message>& out) const;
  Layout parse_layout(Cursor& cursor, const Datatype& type) const;
  Attribute parse_attribute(Cursor& cursor) const;
  Datatype message_datatype(const Message& message) const;
  Datatype shared_datatype(Cursor& cursor) const;
  void read_symbol_table(const Message& message, std::vector<Link>& out) const;
  void read_dense_links(const Message& message, std::vector<Link>& out) const;
  void read_dense_attributes(const Message& message, std::vector<Attribute>& out) const;

  void chunks_b_tree_1(const Dataset& dataset, std::uint64_t address, int level,
                       std::vector<Chunk>& out, std::uint64_t& budget) const;
  void chunks_fixed_array(const Dataset& dataset, std::vector<Chunk>& out) const;
  void chunks_extensible_array(const Dataset& dataset, std::vector<Chunk>& out) const;
  void chunks_b_tree_2(const Dataset& dataset, std::vector<Chunk>& out) const;

  struct Heap;
  const Heap& global_heap(std::uint64_t address) const;

  std::shared_ptr<const InputFile> input_;
  std::uint64_t base_ = 0, root_ = 0;
  mutable std::unordered_map<std::uint64_t, std::vector<Message>> messages_;
  mutable std::unordered_map<std::uint64_t, std::vector<Link>> links_;
  mutable std::unordered_map<std::uint64_t, std::vector<Attribute>> attributes_;
  mutable std::unordered_map<std::uint64_t, std::shared_ptr<Heap>> heaps_;
  mutable std::uint64_t last_heap_address_ = undefined_address, heap_bytes_ = 0;
  mutable const Heap* last_heap_ = nullptr;
};

/// All records of a version 2 B-tree, each of `record_bytes`, one after another.
struct Records {
  std::size_t record_bytes = 0;
  std::vector<std::uint8_t> data;
  std::size_t count() const { return record_bytes ? data.size() / record_bytes : 0; }
};
Records read_b_tree_2(const File& file, std::uint64_t address);

/// Objects of a fractal heap, found by their heap ids.
class FractalHeap {
 public:
  FractalHeap(const File& file, std::uint64_t address);
  std::size_t id_bytes() const { return id_bytes_; }
  std::vector<std::uint8_t> object(const std::uint8_t* id) const;

 private:
  std::vector<std::uint8_t> managed(std::uint64_t offset, std::uint64_t length) const;
  std::vector<std::uint8_t> in_indirect(std::uint64_t address, std::uint64_t block_offset,
                                        std::size_t rows, std::uint64_t offset,
                                        std::uint64_t length, int depth) const;
  std::uint64_t row_block_bytes(std::size_t row) const;

  const File& file_;
  std::size_t id_bytes_ = 0, offset_bytes_ = 0, length_bytes_ = 0, width_ = 0, max_direct_rows_ = 0;
  std::uint64_t start_bytes_ = 0, max_direct_bytes_ = 0, root_ = 0, heap_end_ = 0;
  std::size_t root_rows_ = 0;
};

}  // namespace celloquy::io::hdf5
