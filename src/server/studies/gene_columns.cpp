#include "server/studies/gene_columns.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/hashing.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::server {
namespace {

constexpr char magic[8] = {'C', 'L', 'Q', 'G', 'E', 'N', 'E', '1'};
enum ValueKind : std::uint32_t { u8 = 1, u16 = 2, u32 = 3, f32 = 4 };

template <class T>
constexpr ValueKind kind_of() {
  if (std::is_same_v<T, std::uint8_t>) return u8;
  if (std::is_same_v<T, std::uint16_t>) return u16;
  return std::is_same_v<T, std::uint32_t> ? u32 : f32;
}

std::size_t bytes_of(std::uint32_t kind) { return kind == u8 ? 1 : kind == u16 ? 2 : 4; }
std::size_t padded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

struct GeneColumns::Header {
  char magic[8];
  std::uint64_t n_cells, n_genes, n_nonzeros;
  std::uint32_t index_bytes, value_kind, normalization, n_scale_is_cells;
  std::uint64_t check;  ///< of all before and of the offsets
};

namespace {

template <class Header>
std::uint64_t check_of(const Header& header, const std::uint64_t* offsets) {
  Hasher hasher;
  hasher.bytes(&header, offsetof(Header, check));
  hasher.bytes(offsets, (header.n_genes + 1) * sizeof(std::uint64_t));
  return hasher.words()[0];
}

}  // namespace

Status GeneColumns::write(const std::string& path, const SparseMatrix& by_gene,
                          const Normalization& normalization) {
  return by_gene.visit([&](const auto& view) -> Status {
    using View = std::remove_cvref_t<decltype(view)>;
    Header header{};
    std::memcpy(header.magic, magic, sizeof magic);
    header.n_cells = view.n_minor;
    header.n_genes = view.n_major;
    header.n_nonzeros = view.offsets[view.n_major];
    header.index_bytes = sizeof(typename View::index_type);
    header.value_kind = kind_of<typename View::value_type>();
    header.normalization = static_cast<std::uint32_t>(normalization.kind);
    header.n_scale_is_cells = normalization.scale.empty() ? 0 : 1;
    header.check = check_of(header, view.offsets);
    static const std::vector<std::byte> zeros(64);
    std::vector<std::span<const std::byte>> pieces;
    const auto add = [&](const void* data, std::size_t bytes) {
      pieces.emplace_back(static_cast<const std::byte*>(data), bytes);
      pieces.emplace_back(zeros.data(), padded(bytes) - bytes);
    };
    add(&header, sizeof header);
    add(view.offsets, (view.n_major + 1) * sizeof(std::uint64_t));
    add(normalization.scale.data(), normalization.scale.size() * sizeof(float));
    add(view.indices, header.n_nonzeros * header.index_bytes);
    add(view.values, header.n_nonzeros * bytes_of(header.value_kind));
    return workspace::write_pieces_atomically(path, pieces);
  });
}

bool GeneColumns::map(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  struct stat facts {};
  if (fstat(descriptor, &facts) == 0 && facts.st_size >= 64) {
    void* mapped = mmap(nullptr, static_cast<std::size_t>(facts.st_size), PROT_READ, MAP_SHARED,
                        descriptor, 0);
    if (mapped != MAP_FAILED) {
      base_ = static_cast<const unsigned char*>(mapped);
      size_ = static_cast<std::size_t>(facts.st_size);
    }
  }
  close(descriptor);
  return base_ != nullptr;
}

std::shared_ptr<const GeneColumns> GeneColumns::open(const std::string& path, const Dataset& data) {
  std::shared_ptr<GeneColumns> out(new GeneColumns());
  if (!out->map(path)) return nullptr;
  Header header;
  std::memcpy(&header, out->base_, sizeof header);
  // Every size is compared with the file before it is used.
  if (std::memcmp(header.magic, magic, sizeof magic) != 0 || header.n_cells != data.n_cells() ||
      header.n_genes != data.var.index.size() || header.n_nonzeros > out->size_ ||
      (header.index_bytes != 2 && header.index_bytes != 4) || header.value_kind < u8 ||
      header.value_kind > f32 || header.normalization > 2)
    return nullptr;
  std::size_t at = padded(sizeof header);
  const auto take = [&](std::size_t bytes) {
    const auto* here = out->base_ + std::min(at, out->size_);
    at += padded(bytes);
    return here;
  };
  out->offsets_ = reinterpret_cast<const std::uint64_t*>(take((header.n_genes + 1) * 8));
  out->scale_ = reinterpret_cast<const float*>(
      take(header.n_scale_is_cells ? header.n_cells * sizeof(float) : 0));
  out->indices_ = take(header.n_nonzeros * header.index_bytes);
  out->values_ = take(header.n_nonzeros * bytes_of(header.value_kind));
  if (at != out->size_ || header.check != check_of(header, out->offsets_)) return nullptr;
  if (!header.n_scale_is_cells) out->scale_ = nullptr;
  out->n_cells_ = header.n_cells;
  out->n_genes_ = header.n_genes;
  out->index_bytes_ = header.index_bytes;
  out->value_kind_ = header.value_kind;
  out->normalization_ = header.normalization;
  madvise(const_cast<unsigned char*>(out->base_), out->size_, MADV_RANDOM);
  return out;
}

GeneColumns::~GeneColumns() {
  if (base_) munmap(const_cast<unsigned char*>(base_), size_);
}

template <class Index>
void GeneColumns::read(std::size_t gene, const Index* indices, std::vector<float>& out) const {
  const std::uint64_t begin = offsets_[gene], end = offsets_[gene + 1];
  const auto fill = [&](const auto* values, auto&& expressed) {
    for (std::uint64_t i = begin; i < end; ++i) {
      const std::size_t cell = indices[i];
      if (cell < out.size()) out[cell] = expressed(static_cast<float>(values[i]), cell);
    }
  };
  const auto with_values = [&](auto&& expressed) {
    if (value_kind_ == u8) return fill(values_, expressed);
    if (value_kind_ == u16) return fill(reinterpret_cast<const std::uint16_t*>(values_), expressed);
    if (value_kind_ == u32) return fill(reinterpret_cast<const std::uint32_t*>(values_), expressed);
    return fill(reinterpret_cast<const float*>(values_), expressed);
  };
  const auto kind = static_cast<Normalization::Kind>(scale_ ? normalization_ : 0);
  if (kind == Normalization::Kind::log1p)
    with_values([this](float v, std::size_t cell) { return std::log1p(v * scale_[cell]); });
  else if (kind == Normalization::Kind::normalized)
    with_values([this](float v, std::size_t cell) { return v * scale_[cell]; });
  else
    with_values([](float v, std::size_t) { return v; });
}

std::vector<float> GeneColumns::values(std::size_t gene) const {
  std::vector<float> out(n_cells_, 0.0f);
  // The kernel is told what comes, so that a cold column is one read, not thousands.
  const std::size_t begin = offsets_[gene], bytes = offsets_[gene + 1] - begin;
  const auto expect = [&](const unsigned char* from, std::size_t each) {
    const auto address =
        reinterpret_cast<std::uintptr_t>(from + begin * each) & ~std::uintptr_t{4095};
    madvise(reinterpret_cast<void*>(address), bytes * each + 4096, MADV_WILLNEED);
  };
  expect(indices_, index_bytes_);
  expect(values_, bytes_of(value_kind_));
  if (index_bytes_ == 2)
    read(gene, reinterpret_cast<const std::uint16_t*>(indices_), out);
  else
    read(gene, reinterpret_cast<const std::uint32_t*>(indices_), out);
  return out;
}

}  // namespace celloquy::server
