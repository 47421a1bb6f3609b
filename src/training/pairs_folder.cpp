#include "training/pairs_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>

#include "base/hashing.hpp"
#include "base/positional_read.hpp"
#include "training/pair_index.hpp"

namespace celloquy::training {
namespace {

static_assert(std::endian::native == std::endian::little, "the matrix of pairs is little-endian");

constexpr char magic[8] = {'C', 'Q', 'P', 'A', 'I', 'R', 'S', '1'};
constexpr std::uint64_t head_size = 32;
constexpr std::uint64_t most_genes = 1 << 16;  // columns are 16 bits wide
constexpr std::uint64_t most_pairs = std::uint64_t{1} << 32;
constexpr std::uint64_t most_values = std::uint64_t{1} << 48;

struct Head {
  char magic[8];
  std::uint64_t rows, columns, values;
};
static_assert(sizeof(Head) == head_size);

std::uint64_t genes_start(const Head& head) { return head_size + 8 * (head.rows + 1); }

Expected<std::vector<std::string>> read_genes(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path.string()}});
  std::vector<std::string> genes;
  for (std::string gene; std::getline(in, gene) && genes.size() <= most_genes;)
    genes.push_back(std::move(gene));
  std::vector<std::string_view> sorted(genes.begin(), genes.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end())
    return unusable_line(
        path,
        1 + static_cast<std::size_t>(std::find(genes.begin(), genes.end(), *twice) - genes.begin()),
        message("training.reason.twice", {{"name", *twice}}));
  return genes;
}

/// Head and file agree; nothing is allocated from the head before.
Expected<Head> read_head(int file, const std::string& path) {
  struct stat info {};
  Head head;
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode))
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  if (!read_exactly(file, 0, &head, sizeof head) ||
      std::memcmp(head.magic, magic, sizeof magic) != 0 || head.rows >= most_pairs ||
      head.columns > most_genes || head.values >= most_values)
    return failure(ErrorCode::unusable_input, "training.matrix_head", {{"path", path}});
  const std::uint64_t expected = genes_start(head) + 6 * head.values;
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (expected != size)
    return failure(ErrorCode::unusable_input, "training.matrix_size",
                   {{"path", path}, {"expected", expected}, {"size", size}});
  return head;
}

Status check_offsets(std::span<const std::uint64_t> offsets, const Head& head,
                     const std::string& path) {
  for (std::size_t row = 0; row < offsets.size(); ++row)
    if (offsets[row] < (row ? offsets[row - 1] : 0) || offsets[row] > head.values ||
        (row == 0 && offsets[row] != 0) || (row == head.rows && offsets[row] != head.values))
      return failure(ErrorCode::unusable_input, "training.matrix_offsets",
                     {{"path", path}, {"row", row}});
  return {};
}

/// Adds evenly spaced pieces of the file to the hash.
bool hash_pieces(int file, std::uint64_t size, Hasher& hasher) {
  constexpr std::uint64_t pieces = 64, most = std::uint64_t{1} << 20;
  std::vector<char> piece(std::min(most, size));
  for (std::uint64_t i = 0; i < pieces; ++i) {
    if (!read_exactly(file, (size - piece.size()) / (pieces - 1) * i, piece.data(), piece.size()))
      return false;
    hasher.bytes(piece.data(), piece.size());
  }
  return true;
}

}  // namespace

PairsFolder::PairsFolder() = default;
PairsFolder::PairsFolder(PairsFolder&& other) noexcept { *this = std::move(other); }
PairsFolder& PairsFolder::operator=(PairsFolder&& other) noexcept {
  folder_ = std::move(other.folder_);
  index_ = std::move(other.index_);
  genes_ = std::move(other.genes_);
  offsets_ = std::move(other.offsets_);
  fingerprint_ = std::move(other.fingerprint_);
  std::swap(matrix_, other.matrix_);
  return *this;
}
PairsFolder::~PairsFolder() {
  if (matrix_ >= 0) ::close(matrix_);
}

Expected<PairsFolder> PairsFolder::open(const std::filesystem::path& folder,
                                        const Context& context) {
  PairsFolder out;
  out.folder_ = folder;
  const std::string path = (folder / "pairs.matrix").string();
  out.matrix_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (out.matrix_ < 0)
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  CELLOQUY_TRY(const Head head, read_head(out.matrix_, path));
  CELLOQUY_TRY(out.genes_, read_genes(folder / "genes.txt"));
  Hasher hasher;
  CELLOQUY_TRY(out.index_, read_pair_index(folder, out.genes_.size(), hasher, context));
  if (out.size() != head.rows || out.genes_.size() != head.columns)
    return failure(ErrorCode::unusable_input, "training.disagree",
                   {{"path", folder.string()},
                    {"lines", out.size()},
                    {"genes", out.genes_.size()},
                    {"rows", head.rows},
                    {"columns", head.columns}});
  out.offsets_.resize(head.rows + 1);
  if (!read_exactly(out.matrix_, head_size, out.offsets_.data(), 8 * out.offsets_.size()))
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  CELLOQUY_CHECK(check_offsets(out.offsets_, head, path));
  for (const auto& gene : out.genes_) hasher.text(gene);
  hasher.values(std::span<const std::uint64_t>(out.offsets_));
  if (!hash_pieces(out.matrix_, genes_start(head) + 6 * head.values, hasher))
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  out.fingerprint_ = hasher.hex();
  return out;
}

Status PairsFolder::read_row(std::size_t pair, PairRow& row) const {
  const std::uint64_t first = offsets_[pair], count = offsets_[pair + 1] - first;
  const std::uint64_t genes = head_size + 8 * offsets_.size();
  row.genes.resize(count);
  row.values.resize(count);
  const std::string path = (folder_ / "pairs.matrix").string();
  if (!read_exactly(matrix_, genes + 2 * first, row.genes.data(), 2 * count) ||
      !read_exactly(matrix_, genes + 2 * offsets_.back() + 4 * first, row.values.data(), 4 * count))
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path}});
  const bool profile = is_profile(index_.pairs[pair]);
  // log1p(counts per 10,000) of one gene is at most log1p(10,000) < 10.
  const float least = profile ? 0.0f : -1e6f, most = profile ? 10.0f : 1e6f;
  bool whole = true;
  for (std::size_t i = 0; i < count; ++i)
    whole = whole && row.genes[i] < genes_.size() && (i == 0 || row.genes[i] > row.genes[i - 1]) &&
            row.values[i] >= least && row.values[i] <= most;
  if (!whole)
    return failure(ErrorCode::unusable_input, "training.matrix_row",
                   {{"path", path}, {"row", pair}});
  return {};
}

Status PairsFolder::for_each_text(
    const std::function<Status(std::uint32_t, const std::string&)>& visit) const {
  return visit_texts(folder_, index_, visit);
}

}  // namespace celloquy::training
