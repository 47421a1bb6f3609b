#include "io/read.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "io/demo.hpp"
#include "io/matrix_market_reader.hpp"
#include "io/table_reader.hpp"

namespace celloquy {
namespace io {
namespace {

std::shared_ptr<const InputFile> open_or_refuse(const std::string& path) {
  auto file = open_input_file(path);
  if (!file) throw Refusal{std::move(file).error()};
  return std::move(*file);
}

bool starts_with(const InputFile& file, std::uint64_t at, std::string_view wanted) {
  std::string found(wanted.size(), '\0');
  return file.read(at, found.data(), found.size()) && found == wanted;
}

bool looks_like_hdf5(const InputFile& file) {
  constexpr std::string_view signature("\x89HDF\r\n\x1a\n", 8);
  for (std::uint64_t at = 0; at < file.size() && at < (1u << 20); at = at ? at * 2 : 512)
    if (starts_with(file, at, signature)) return true;
  return false;
}

Dataset read_hdf5(std::shared_ptr<const InputFile> input, const Context& context) {
  const hdf5::File file(std::move(input));
  if (file.find("obs") != hdf5::undefined_address && file.find("var") != hdf5::undefined_address)
    return read_h5ad(file, context);
  if (is_tenx_h5(file)) return read_tenx_h5(file, context);
  if (file.find("row_attrs") != hdf5::undefined_address)
    refuse("io.loom", {{"path", file.input().path()}});
  refuse("io.hdf5_unknown", {{"path", file.input().path()}});
}

}  // namespace

Dataset read_any(std::shared_ptr<const InputFile> input, const Context& context) {
  if (looks_like_hdf5(*input)) return read_hdf5(std::move(input), context);
  if (input->path().ends_with(".h5ad") || input->path().ends_with(".h5"))
    refuse("io.not_hdf5", {{"path", input->path()}});
  const auto text = expanded(input);
  if (looks_like_hdf5(*text)) return read_hdf5(text, context);
  if (starts_with(*text, 0, "RDX") || starts_with(*text, 0, "RDA") || starts_with(*text, 0, "X\n"))
    refuse("io.rds", {{"path", input->path()}});
  if (starts_with(*text, 0, "%%MatrixMarket")) return read_matrix_market(text, context);
  return read_table(*text, context);
}

namespace {

Dataset read_folder(const std::string& path, const Context& context) {
  const auto names = files_in(path);
  if (auto market = matrix_market_in(path, names))
    return read_matrix_market(open_or_refuse(*market), context);
  std::vector<std::string> readable;
  for (const auto& name : names)
    for (const char* ending :
         {".h5ad", ".h5", ".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zip", ".txt", ".txt.gz"})
      if (name.ends_with(ending)) readable.push_back(name);
  if (readable.size() == 1) {
    auto dataset = read_any(open_or_refuse(path + "/" + readable.front()), context);
    dataset.fingerprint = fingerprint(*open_or_refuse(path + "/" + readable.front()));
    return dataset;
  }
  refuse(readable.empty() ? "io.folder_empty" : "io.folder_many",
         {{"path", path}, {"count", readable.size()}});
}

Dataset read_path(const std::string& path, const Context& context) {
  struct stat status {};
  if (path == "demo" && stat(path.c_str(), &status) != 0) return read_demo(context);
  Dataset dataset;
  if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    dataset = read_folder(path, context);
  } else {
    const auto file = open_or_refuse(path);
    dataset = read_any(file, context);
    if (dataset.fingerprint.empty()) dataset.fingerprint = fingerprint(*file);
  }
  dataset.path = path;
  return dataset;
}

}  // namespace

Expected<Dataset> guarded_read(const std::function<Dataset()>& read, const std::string& path) {
  try {
    return read();
  } catch (const Refusal& refusal) {
    return tl::make_unexpected(refusal.error);
  } catch (const std::bad_alloc&) {
    return failure(ErrorCode::unusable_input, "io.out_of_memory", {{"path", path}});
  } catch (const std::length_error&) {
    return failure(ErrorCode::unusable_input, "io.out_of_memory", {{"path", path}});
  } catch (const std::exception& error) {
    return failure(ErrorCode::internal, "base.internal", {{"what", error.what()}});
  }
}

}  // namespace io

Expected<Dataset> read_dataset(const std::string& path, const Context& context) {
  return io::guarded_read([&] { return io::read_path(path, context); }, path);
}

}  // namespace celloquy
