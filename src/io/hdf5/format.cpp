// Messages: datatypes, dataspaces, filters.
#include "io/hdf5/format.hpp"

#include <algorithm>

namespace celloquy::io::hdf5 {

void damaged(std::string_view part) {
  refuse("io.hdf5_damaged", {{"part", message("io.part." + std::string(part))}});
}

void unsupported(std::string_view what) { refuse("io.hdf5_unsupported", {{"what", what}}); }

std::string Cursor::terminated(std::size_t align) {
  const auto start = at_;
  while (at_ < size_ && data_[at_] != 0) ++at_;
  if (at_ >= size_) damaged(part_);
  std::string text(reinterpret_cast<const char*>(data_ + start), at_ - start);
  ++at_;
  const auto used = at_ - start;
  if (align > 1 && used % align) skip(align - used % align);
  return text;
}

bool Datatype::is_boolean() const {
  if (type_class != Class::enumeration || names.size() != 2) return false;
  return (names[0] == "FALSE" && names[1] == "TRUE") || (names[0] == "TRUE" && names[1] == "FALSE");
}

std::uint64_t Dataspace::elements() const {
  if (null) return 0;
  std::uint64_t product = 1;
  for (const auto extent : shape) {
    if (extent && product > (std::uint64_t{1} << 62) / extent) damaged("dataspace");
    product *= extent;
  }
  return product;
}

namespace {

void parse_compound(Cursor& cursor, Datatype& type, int version, std::size_t count, int depth) {
  for (std::size_t i = 0; i < count; ++i) {
    Datatype::Member member;
    member.name = cursor.terminated(version == 3 ? 1 : 8);
    if (version == 3) {
      std::size_t bytes = 1;
      while (bytes < 4 && type.size >> (8 * bytes)) ++bytes;
      member.offset = static_cast<std::uint32_t>(cursor.number(bytes));
    } else {
      member.offset = cursor.u32();
    }
    std::uint8_t dimensions = 0;
    std::uint64_t repeat = 1;
    if (version == 1) {
      dimensions = cursor.u8();
      cursor.skip(3 + 4 + 4);
      for (int d = 0; d < 4; ++d) {
        const auto extent = cursor.u32();
        if (d < dimensions) repeat *= extent;
      }
    }
    auto base = std::make_shared<Datatype>(parse_datatype(cursor, depth + 1));
    if (dimensions) {
      auto array = std::make_shared<Datatype>();
      array->type_class = Datatype::Class::array;
      array->size = static_cast<std::uint32_t>(base->size * repeat);
      array->base = base;
      base = array;
    }
    if (member.offset > type.size || base->size > type.size - member.offset) damaged("datatype");
    member.type = std::move(base);
    type.members.push_back(std::move(member));
  }
}

void parse_enumeration(Cursor& cursor, Datatype& type, int version, std::size_t count, int depth) {
  type.base = std::make_shared<Datatype>(parse_datatype(cursor, depth + 1));
  for (std::size_t i = 0; i < count; ++i)
    type.names.push_back(cursor.terminated(version >= 3 ? 1 : 8));
  cursor.skip(count * type.base->size);
}

}  // namespace

Datatype parse_datatype(Cursor& cursor, int depth) {
  if (depth > 8) damaged("datatype");
  const auto first = cursor.u8();
  const int version = first >> 4;
  const unsigned type_class = first & 15;
  const auto bits = static_cast<std::uint32_t>(cursor.number(3));
  Datatype type;
  if (version < 1 || version > 5 || type_class > 10) damaged("datatype");
  type.type_class = static_cast<Datatype::Class>(type_class);
  type.size = cursor.u32();
  using Class = Datatype::Class;
  switch (type.type_class) {
    case Class::fixed:
      type.big_endian = bits & 1;
      type.is_signed = bits & 8;
      cursor.skip(4);
      break;
    case Class::floating:
      type.big_endian = bits & 1;
      type.is_signed = true;
      cursor.skip(12);
      break;
    case Class::time: cursor.skip(2); break;
    case Class::string: break;
    case Class::bitfield: cursor.skip(4); break;
    case Class::opaque: cursor.skip(bits & 255); break;
    case Class::compound: parse_compound(cursor, type, version, bits & 65535, depth); break;
    case Class::reference: break;
    case Class::enumeration: parse_enumeration(cursor, type, version, bits & 65535, depth); break;
    case Class::variable_length:
      type.variable_string = (bits & 15) == 1;
      type.base = std::make_shared<Datatype>(parse_datatype(cursor, depth + 1));
      break;
    case Class::array: {
      const auto rank = cursor.u8();
      if (version == 2) cursor.skip(3);
      cursor.skip(std::size_t{rank} * (version == 2 ? 8 : 4));
      type.base = std::make_shared<Datatype>(parse_datatype(cursor, depth + 1));
      break;
    }
  }
  if (type.size == 0 || type.size > (1u << 24)) damaged("datatype");
  return type;
}

Dataspace parse_dataspace(Cursor& cursor) {
  Dataspace space;
  const auto version = cursor.u8();
  const auto rank = cursor.u8();
  cursor.skip(1);
  if (version == 1) {
    cursor.skip(5);
  } else if (version == 2) {
    space.null = cursor.u8() == 2;
  } else {
    damaged("dataspace");
  }
  if (rank > max_rank) damaged("dataspace");
  for (int i = 0; i < rank; ++i) space.shape.push_back(cursor.u64());
  space.elements();
  return space;
}

std::vector<Filter> parse_filters(Cursor& cursor) {
  const auto version = cursor.u8();
  const auto count = cursor.u8();
  if (version < 1 || version > 2 || count > 32) damaged("filters");
  if (version == 1) cursor.skip(6);
  std::vector<Filter> filters;
  for (int i = 0; i < count; ++i) {
    Filter filter;
    filter.id = cursor.u16();
    const std::size_t name_bytes = version == 1 || filter.id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const auto values = cursor.u16();
    filter.name = cursor.text(name_bytes);
    filter.name.erase(std::find(filter.name.begin(), filter.name.end(), '\0'), filter.name.end());
    if (version == 1 && name_bytes % 8) cursor.skip(8 - name_bytes % 8);
    for (int v = 0; v < values; ++v) filter.values.push_back(cursor.u32());
    if (version == 1 && values % 2) cursor.skip(4);
    filters.push_back(std::move(filter));
  }
  return filters;
}

}  // namespace celloquy::io::hdf5
