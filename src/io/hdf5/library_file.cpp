#include "io/hdf5/library_file.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "io/blocks.hpp"

namespace celloquy::io::hdf5 {
namespace {

[[noreturn]] void failed() {
  throw Refusal{failure(ErrorCode::unusable_input, "io.write_failed").value()};
}
void check(herr_t status) {
  if (status < 0) failed();
}

template <class T>
hid_t native() {
  if constexpr (std::is_same_v<T, float>) return H5T_NATIVE_FLOAT;
  if constexpr (std::is_same_v<T, double>) return H5T_NATIVE_DOUBLE;
  if constexpr (std::is_same_v<T, std::int8_t>) return H5T_NATIVE_INT8;
  if constexpr (std::is_same_v<T, std::int16_t>) return H5T_NATIVE_INT16;
  if constexpr (std::is_same_v<T, std::int32_t>) return H5T_NATIVE_INT32;
  if constexpr (std::is_same_v<T, std::int64_t>) return H5T_NATIVE_INT64;
}

Handle space_of(std::span<const hsize_t> extents) {
  return {extents.empty()
              ? H5Screate(H5S_SCALAR)
              : H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr),
          H5Sclose};
}

/// Bytes that are not UTF-8 become '?': anndata refuses the whole file otherwise.
std::string valid_utf8(const std::string& text) {
  std::string out = text;
  for (std::size_t i = 0; i < out.size();) {
    const auto lead = static_cast<unsigned char>(out[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    bool good = length > 0 && i + length <= out.size();
    for (std::size_t k = 1; good && k < length; ++k)
      good = (static_cast<unsigned char>(out[i + k]) & 0xc0) == 0x80;
    if (good && length == 3) {
      const auto second = static_cast<unsigned char>(out[i + 1]);
      good = !(lead == 0xe0 && second < 0xa0) && !(lead == 0xed && second >= 0xa0);
    }
    if (good && length == 4) {
      const auto second = static_cast<unsigned char>(out[i + 1]);
      good = !(lead == 0xf0 && second < 0x90) && !(lead == 0xf4 && second >= 0x90);
    }
    if (!good) out[i] = '?';
    i += good ? length : 1;
  }
  return out;
}

}  // namespace

Handle::Handle(hid_t id, herr_t (*closer)(hid_t)) : id_(id), close_(closer) {
  if (id < 0) failed();
}

void Handle::close() {
  if (id_ >= 0) check(close_(std::exchange(id_, -1)));
}

Writer::Writer(std::string path, int gzip_level, const Context& context)
    : path_(std::move(path)), gzip_level_(gzip_level), context_(context) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  // Large blocks of metadata keep the many small columns of a table together.
  H5Pset_meta_block_size(access, 1 << 20);
  file_ = Handle(H5Fcreate(path_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access), H5Fclose);
  text_type_ = Handle(H5Tcopy(H5T_C_S1), H5Tclose);
  check(H5Tset_size(text_type_, H5T_VARIABLE));
  check(H5Tset_cset(text_type_, H5T_CSET_UTF8));
  flag_type_ = Handle(H5Tenum_create(H5T_NATIVE_INT8), H5Tclose);
  const std::int8_t no = 0, yes = 1;
  check(H5Tenum_insert(flag_type_, "FALSE", &no));
  check(H5Tenum_insert(flag_type_, "TRUE", &yes));
}

void Writer::encoding(hid_t object, const char* type, const char* version) {
  text_attribute(object, "encoding-type", type);
  text_attribute(object, "encoding-version", version);
}

Handle Writer::group(hid_t parent, const std::string& name, const char* type, const char* version) {
  Handle group(H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  encoding(group, type, version);
  return group;
}

void Writer::text_attribute(hid_t object, const char* name, const std::string& value) {
  const auto space = space_of({});
  const Handle attribute(H5Acreate2(object, name, text_type_, space, H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const auto text = valid_utf8(value);
  const char* data = text.c_str();
  check(H5Awrite(attribute, text_type_, &data));
}

void Writer::texts_attribute(hid_t object, const char* name,
                             const std::vector<std::string>& values) {
  const hsize_t count = values.size();
  const auto space = space_of({&count, 1});
  const Handle attribute(H5Acreate2(object, name, text_type_, space, H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  std::vector<std::string> texts;
  std::vector<const char*> data;
  for (const auto& value : values) texts.push_back(valid_utf8(value));
  for (const auto& text : texts) data.push_back(text.c_str());
  if (count) check(H5Awrite(attribute, text_type_, data.data()));
}

void Writer::flag_attribute(hid_t object, const char* name, bool value) {
  const auto space = space_of({});
  const Handle attribute(H5Acreate2(object, name, flag_type_, space, H5P_DEFAULT, H5P_DEFAULT),
                         H5Aclose);
  const std::int8_t data = value;
  check(H5Awrite(attribute, flag_type_, &data));
}

void Writer::shape_attribute(hid_t object, std::uint64_t rows, std::uint64_t columns) {
  const hsize_t two = 2;
  const auto space = space_of({&two, 1});
  const Handle attribute(
      H5Acreate2(object, "shape", H5T_NATIVE_INT64, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  const std::int64_t data[2] = {static_cast<std::int64_t>(rows),
                                static_cast<std::int64_t>(columns)};
  check(H5Awrite(attribute, H5T_NATIVE_INT64, data));
}

Handle Writer::dataset(hid_t parent, const std::string& name, hid_t type,
                       std::span<const hsize_t> extents, hid_t properties) {
  const auto space = space_of(extents);
  return {H5Dcreate2(parent, name.c_str(), type, space, H5P_DEFAULT, properties, H5P_DEFAULT),
          H5Dclose};
}

void Writer::text(hid_t parent, const std::string& name, const std::string& value) {
  const auto target = dataset(parent, name, text_type_, {}, H5P_DEFAULT);
  encoding(target, "string", "0.2.0");
  const auto text = valid_utf8(value);
  const char* data = text.c_str();
  check(H5Dwrite(target, text_type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, &data));
}

void Writer::texts(hid_t parent, const std::string& name, const std::vector<std::string>& values) {
  const hsize_t count = values.size();
  const auto target = dataset(parent, name, text_type_, {&count, 1}, H5P_DEFAULT);
  encoding(target, "string-array", "0.2.0");
  std::vector<std::string> texts;
  std::vector<const char*> data;
  for (const auto& value : values) texts.push_back(valid_utf8(value));
  for (const auto& text : texts) data.push_back(text.c_str());
  if (count) check(H5Dwrite(target, text_type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data()));
}

void Writer::flags(hid_t parent, const std::string& name, std::span<const std::uint8_t> values) {
  const hsize_t count = values.size();
  const auto target = dataset(parent, name, flag_type_, {&count, 1}, H5P_DEFAULT);
  encoding(target, "array", "0.2.0");
  if (count) check(H5Dwrite(target, flag_type_, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
}

template <class T>
void Writer::numbers(hid_t parent, const std::string& name, std::span<const T> values) {
  const hsize_t count = values.size();
  const auto target = dataset(parent, name, native<T>(), {&count, 1}, H5P_DEFAULT);
  encoding(target, "array", "0.2.0");
  if (count) check(H5Dwrite(target, native<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()));
}

template <class T>
void Writer::pieces(hid_t parent, const std::string& name, std::span<const hsize_t> extents,
                    bool encoded,
                    const std::function<void(std::uint64_t, std::uint64_t, T*)>& fill) {
  constexpr std::uint64_t piece_elements = 65536;
  constexpr std::size_t batch = 64;  // chunks in memory at once
  const hsize_t rows = extents[0], columns = extents.size() > 1 ? extents[1] : 1;
  const hsize_t piece_rows =
      std::max<hsize_t>(1, std::min<hsize_t>(std::max<hsize_t>(1, rows),
                                             piece_elements / std::max<hsize_t>(1, columns)));
  const Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  const bool compressed = gzip_level_ > 0 && rows > 0 && columns > 0;
  const bool chunked = compressed || (rows > 0 && columns > 0);
  if (chunked) {
    const hsize_t chunk[2] = {piece_rows, columns};
    check(H5Pset_chunk(properties, static_cast<int>(extents.size()), chunk));
    if (compressed) check(H5Pset_deflate(properties, static_cast<unsigned>(gzip_level_)));
    // All chunks are written whole; filling them first would write everything twice.
    check(H5Pset_fill_time(properties, H5D_FILL_TIME_NEVER));
  }
  const auto target = dataset(parent, name, native<T>(), extents, properties);
  if (encoded) encoding(target, "array", "0.2.0");
  if (!chunked) return;
  struct Piece {
    std::vector<T> plain;
    std::vector<std::uint8_t> packed;
    std::size_t packed_bytes = 0;
  };
  std::vector<Piece> made(batch);
  const std::uint64_t count = (rows + piece_rows - 1) / piece_rows;
  for (std::uint64_t first = 0; first < count; first += batch) {
    const auto now = std::min<std::uint64_t>(batch, count - first);
    context_.report("write", static_cast<double>(first) / static_cast<double>(count));
    guarded_blocks(context_, now, 1, nullptr, [&](const Block& block) {
      auto& piece = made[block.index];
      const auto begin = (first + block.index) * piece_rows;
      const auto end = std::min<std::uint64_t>(rows, begin + piece_rows);
      piece.plain.resize(piece_rows * columns);
      fill(begin * columns, end * columns, piece.plain.data());
      std::fill(piece.plain.begin() + static_cast<std::ptrdiff_t>((end - begin) * columns),
                piece.plain.end(), T{});
      if (!compressed) return;
      const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> packer(
          libdeflate_alloc_compressor(gzip_level_), libdeflate_free_compressor);
      const std::size_t bytes = piece.plain.size() * sizeof(T);
      piece.packed.resize(libdeflate_zlib_compress_bound(packer.get(), bytes));
      piece.packed_bytes = libdeflate_zlib_compress(packer.get(), piece.plain.data(), bytes,
                                                    piece.packed.data(), piece.packed.size());
    });
    for (std::uint64_t p = 0; p < now; ++p) {
      const auto& piece = made[p];
      const hsize_t origin[2] = {(first + p) * piece_rows, 0};
      const void* data =
          compressed ? static_cast<const void*>(piece.packed.data()) : piece.plain.data();
      check(H5Dwrite_chunk(target, H5P_DEFAULT, 0, origin,
                           compressed ? piece.packed_bytes : piece.plain.size() * sizeof(T), data));
    }
  }
}

template void Writer::numbers(hid_t, const std::string&, std::span<const double>);
template void Writer::numbers(hid_t, const std::string&, std::span<const std::int8_t>);
template void Writer::numbers(hid_t, const std::string&, std::span<const std::int16_t>);
template void Writer::numbers(hid_t, const std::string&, std::span<const std::int32_t>);
template void Writer::numbers(hid_t, const std::string&, std::span<const std::int64_t>);
template void Writer::pieces(hid_t, const std::string&, std::span<const hsize_t>, bool,
                             const std::function<void(std::uint64_t, std::uint64_t, float*)>&);
template void Writer::pieces(
    hid_t, const std::string&, std::span<const hsize_t>, bool,
    const std::function<void(std::uint64_t, std::uint64_t, std::int32_t*)>&);
template void Writer::pieces(
    hid_t, const std::string&, std::span<const hsize_t>, bool,
    const std::function<void(std::uint64_t, std::uint64_t, std::int64_t*)>&);

}  // namespace celloquy::io::hdf5
