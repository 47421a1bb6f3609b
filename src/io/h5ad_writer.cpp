#include "io/h5ad_writer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <set>

#include "io/hdf5/library_file.hpp"
#include "io/hdf5/library_filters.hpp"
#include "io/refusal.hpp"

namespace celloquy {
namespace io {
namespace {

using hdf5::Handle;
using hdf5::Writer;

/// HDF5 takes '/' in a name for a path.
std::string link_name(std::string name) {
  std::replace(name.begin(), name.end(), '/', '_');
  return name.empty() ? "_" : name == "." ? "_." : name;
}

class H5adWriter {
 public:
  H5adWriter(Writer& out, const H5adContent& content) : out_(out), content_(content) {}

  void write() {
    const hid_t root = out_.file();
    out_.text_attribute(root, "encoding-type", "anndata");
    out_.text_attribute(root, "encoding-version", "0.1.0");
    if (content_.x) matrix(root, "X", *content_.x, content_.x_normalization);
    frame(root, "obs", content_.obs, content_.x ? content_.x->n_cells() : 0, "cell_");
    frame(root, "var", content_.var, content_.x ? content_.x->n_genes() : 0, "gene_");
    if (content_.raw) raw(root);
    const auto layers = dictionary(root, "layers");
    for (const auto& [name, layer] : content_.layers)
      matrix(layers, link_name(name), *layer, nullptr);
    const auto obsm = dictionary(root, "obsm");
    for (const auto& [name, block] : content_.obsm) dense(obsm, link_name(name), *block);
    const auto varm = dictionary(root, "varm");
    for (const auto& [name, block] : content_.varm) dense(varm, link_name(name), *block);
    const auto obsp = dictionary(root, "obsp");
    for (const auto& [name, graph] : content_.obsp) square(obsp, link_name(name), *graph);
    dictionary(root, "varp");
    const auto uns = dictionary(root, "uns");
    for (const auto& [path, value] : content_.uns) unstructured(uns, path, value);
  }

 private:
  void raw(hid_t root) {
    const auto group = out_.group(root, "raw", "raw", "0.1.0");
    matrix(group, "X", *content_.raw, nullptr);
    frame(group, "var", content_.raw_var, content_.raw->n_genes(), "gene_");
    dictionary(group, "varm");
  }
  Handle dictionary(hid_t parent, const std::string& name) {
    return out_.group(parent, name, "dict", "0.1.0");
  }

  template <class Index>
  void sparse_arrays(hid_t group, std::span<const std::uint64_t> offsets, const auto& index_at,
                     const auto& fill_values) {
    const hsize_t count = offsets.back(), pointers = offsets.size();
    out_.pieces<float>(group, "data", {&count, 1}, false, fill_values);
    out_.pieces<Index>(group, "indices", {&count, 1}, false,
                       [&](std::uint64_t begin, std::uint64_t end, Index* to) {
                         for (auto k = begin; k < end; ++k)
                           to[k - begin] = static_cast<Index>(index_at(k));
                       });
    out_.pieces<Index>(group, "indptr", {&pointers, 1}, false,
                       [&](std::uint64_t begin, std::uint64_t end, Index* to) {
                         for (auto k = begin; k < end; ++k)
                           to[k - begin] = static_cast<Index>(offsets[k]);
                       });
  }

  void sparse(hid_t parent, const std::string& name, std::uint64_t rows, std::uint64_t columns,
              std::span<const std::uint64_t> offsets, const auto& index_at,
              const std::function<void(std::uint64_t, std::uint64_t, float*)>& fill_values) {
    const auto group = out_.group(parent, name, "csr_matrix", "0.1.0");
    out_.shape_attribute(group, rows, columns);
    // SciPy wants one type for both; 32 bits as long as they suffice.
    if (offsets.back() <= 0x7fffffff && columns <= 0x7fffffff)
      sparse_arrays<std::int32_t>(group, offsets, index_at, fill_values);
    else
      sparse_arrays<std::int64_t>(group, offsets, index_at, fill_values);
  }

  void matrix(hid_t parent, const std::string& name, const CountMatrix& matrix,
              const Normalization* normalization) {
    const auto& cells = matrix.by_cell();
    const auto offsets = cells.offsets();
    cells.visit([&](const auto& view) {
      sparse(
          parent, name, cells.n_cells(), cells.n_genes(), offsets,
          [&](std::uint64_t k) { return view.indices[k]; },
          [&](std::uint64_t begin, std::uint64_t end, float* to) {
            expression(view, offsets, normalization, begin, end, to);
          });
    });
  }

  /// Values [begin, end) as the normalization makes them.
  static void expression(const auto& view, std::span<const std::uint64_t> offsets,
                         const Normalization* normalization, std::uint64_t begin, std::uint64_t end,
                         float* to) {
    if (!normalization || normalization->kind == Normalization::Kind::identity) {
      for (auto k = begin; k < end; ++k) to[k - begin] = static_cast<float>(view.values[k]);
      return;
    }
    const bool logged = normalization->kind == Normalization::Kind::log1p;
    auto cell = static_cast<std::size_t>(std::upper_bound(offsets.begin(), offsets.end(), begin) -
                                         offsets.begin() - 1);
    for (auto k = begin; k < end; ++cell) {
      const float scale = normalization->scale[cell];
      for (const auto stop = std::min(end, offsets[cell + 1]); k < stop; ++k) {
        const float value = static_cast<float>(view.values[k]) * scale;
        to[k - begin] = logged ? std::log1p(value) : value;
      }
    }
  }

  void square(hid_t parent, const std::string& name, const SquareSparse& graph) {
    const std::uint64_t rows = graph.offsets.empty() ? 0 : graph.offsets.size() - 1;
    static constexpr std::uint64_t none[1] = {0};
    const std::span<const std::uint64_t> offsets =
        graph.offsets.empty() ? std::span<const std::uint64_t>(none)
                              : std::span<const std::uint64_t>(graph.offsets);
    sparse(
        parent, name, rows, rows, offsets, [&](std::uint64_t k) { return graph.indices[k]; },
        [&](std::uint64_t begin, std::uint64_t end, float* to) {
          std::copy(graph.values.begin() + static_cast<std::ptrdiff_t>(begin),
                    graph.values.begin() + static_cast<std::ptrdiff_t>(end), to);
        });
  }

  void dense(hid_t parent, const std::string& name, const DenseBlock& block) {
    const hsize_t extents[2] = {block.n_rows, block.n_columns};
    out_.pieces<float>(parent, name, extents, true,
                       [&](std::uint64_t begin, std::uint64_t end, float* to) {
                         std::copy(block.values.begin() + static_cast<std::ptrdiff_t>(begin),
                                   block.values.begin() + static_cast<std::ptrdiff_t>(end), to);
                       });
  }

  void frame(hid_t parent, const std::string& name, const DataFrame* frame, std::size_t rows,
             const std::string& stem) {
    const auto group = out_.group(parent, name, "dataframe", "0.2.0");
    out_.text_attribute(group, "_index", "_index");
    std::vector<std::string> order;
    std::set<std::string> used = {"_index"};
    if (frame) {
      out_.texts(group, "_index", frame->index);
      for (const auto& [column_name, values] : frame->columns) {
        auto link = link_name(column_name);
        while (!used.insert(link).second) link += "_";
        column(group, link, values);
        order.push_back(std::move(link));
      }
    } else {
      std::vector<std::string> names;
      for (std::size_t i = 0; i < rows; ++i) names.push_back(stem + std::to_string(i));
      out_.texts(group, "_index", names);
    }
    out_.texts_attribute(group, "column-order", order);
  }

  void column(hid_t parent, const std::string& name, const Column& values) {
    if (const auto* reals = std::get_if<std::vector<double>>(&values)) {
      out_.numbers<double>(parent, name, *reals);
    } else if (const auto* integers = std::get_if<NullableInteger>(&values)) {
      if (integers->missing.empty())
        return out_.numbers<std::int64_t>(parent, name, integers->values);
      const auto group = out_.group(parent, name, "nullable-integer", "0.1.0");
      out_.numbers<std::int64_t>(group, "values", integers->values);
      out_.flags(group, "mask", integers->missing);
    } else if (const auto* flags = std::get_if<NullableBoolean>(&values)) {
      if (flags->missing.empty()) return out_.flags(parent, name, flags->values);
      const auto group = out_.group(parent, name, "nullable-boolean", "0.1.0");
      out_.flags(group, "values", flags->values);
      out_.flags(group, "mask", flags->missing);
    } else if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
      out_.texts(parent, name, *texts);
    } else {
      categorical(parent, name, std::get<Categorical>(values));
    }
  }

  void categorical(hid_t parent, const std::string& name, const Categorical& values) {
    const auto group = out_.group(parent, name, "categorical", "0.2.0");
    out_.flag_attribute(group, "ordered", values.ordered);
    out_.texts(group, "categories", values.categories);
    const auto narrow = [&](auto type) {
      const std::vector<decltype(type)> codes(values.codes.begin(), values.codes.end());
      out_.numbers<decltype(type)>(group, "codes", codes);
    };
    if (values.categories.size() <= 127)
      narrow(std::int8_t{});
    else if (values.categories.size() <= 32767)
      narrow(std::int16_t{});
    else
      narrow(std::int32_t{});
  }

  /// "a/b/c": the text c in the dictionary b of the dictionary a.
  void unstructured(hid_t uns, const std::string& path, const std::string& value) {
    const auto slash = path.find('/');
    if (slash == std::string::npos) return out_.text(uns, link_name(path), value);
    const auto name = path.substr(0, slash);
    if (H5Lexists(uns, name.c_str(), H5P_DEFAULT) > 0) {
      const Handle group(H5Gopen2(uns, name.c_str(), H5P_DEFAULT), H5Gclose);
      return unstructured(group, path.substr(slash + 1), value);
    }
    unstructured(dictionary(uns, name), path.substr(slash + 1), value);
  }

  Writer& out_;
  const H5adContent& content_;
};

bool same_file(const std::string& a, const std::string& b) {
  struct stat first {
  }, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

tl::unexpected<Error> write_failure(const std::string& path, const std::string& what) {
  return failure(ErrorCode::unusable_input, "io.write_failed", {{"path", path}, {"what", what}});
}

/// Puts the file at `path` onto the disk itself, not only into its cache.
bool synchronise(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = fsync(descriptor) == 0;
  close(descriptor);
  return done;
}

Status write_atomically(const std::string& path, const H5adContent& content,
                        const Context& context) {
  static std::atomic<unsigned> counter{0};
  const auto temporary =
      path + ".part-" + std::to_string(getpid()) + "-" + std::to_string(counter++);
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".")
                      : slash == 0               ? std::string("/")
                                                 : path.substr(0, slash);
  if (access(folder.c_str(), W_OK) != 0) return write_failure(path, std::strerror(errno));
  try {
    const std::lock_guard lock(hdf5::library_mutex());
    Writer out(temporary, std::clamp(content.gzip_level, 0, 9), context);
    H5adWriter(out, content).write();
    out.close();
  } catch (const Refusal& refusal) {
    unlink(temporary.c_str());
    if (refusal.error.code == ErrorCode::cancelled) return tl::make_unexpected(refusal.error);
    return write_failure(path, "HDF5");
  }
  if (!synchronise(temporary) || std::rename(temporary.c_str(), path.c_str()) != 0) {
    const std::string what = std::strerror(errno);
    unlink(temporary.c_str());
    return write_failure(path, what);
  }
  synchronise(folder);
  return {};
}

}  // namespace
}  // namespace io

Status write_h5ad(const std::string& path, const H5adContent& content, const Context& context) {
  if (!content.source_path.empty() && io::same_file(path, content.source_path))
    return failure(ErrorCode::usage, "io.same_file", {{"path", path}});
  try {
    return io::write_atomically(path, content, context);
  } catch (const std::exception& error) {
    return io::write_failure(path, error.what());
  }
}

}  // namespace celloquy
