#pragma once
// The pairs that the space is learned from: texts with an expression profile or
// with a weighted set of genes. docs/formats.md specifies the folder.
//
// What is held in memory is an index (about 100 bytes a pair); texts and rows of
// the matrix are read when they are asked for. A folder of two million pairs is
// therefore the same to everything else as one of two thousand. Rows are read
// with pread, not through a mapping: a file that is cut short while it is in use
// then gives an Error, where a mapping would end the program.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/context.hpp"
#include "base/expected.hpp"
#include "training/pair_index.hpp"

namespace celloquy::training {

/// A row of the matrix; reused, so that reading allocates nothing.
struct PairRow {
  std::vector<std::uint16_t> genes;  ///< ascending
  std::vector<float> values;         ///< finite; of a profile above 0
};

class PairsFolder {
 public:
  /// Reads the index and checks every size before it is used. Error:
  /// unusable_input with file and line, or cancelled.
  static Expected<PairsFolder> open(const std::filesystem::path& folder, const Context& context);
  PairsFolder(PairsFolder&&) noexcept;
  PairsFolder& operator=(PairsFolder&&) noexcept;
  ~PairsFolder();

  std::size_t size() const { return index_.pairs.size(); }
  const Pair& operator[](std::size_t pair) const { return index_.pairs[pair]; }
  std::span<const PairText> texts(const Pair& pair) const {
    return std::span(index_.texts).subspan(pair.first_text, pair.last_text - pair.first_text);
  }
  bool is_profile(const Pair& pair) const { return family(pair).profiles; }
  const Family& family(const Pair& pair) const {
    return index_.families[static_cast<std::size_t>(pair.family)];
  }
  /// Of a profile only.
  const Source& source(const Pair& pair) const {
    return index_.sources[static_cast<std::size_t>(pair.source)];
  }
  const PairIndex& index() const { return index_; }
  std::span<const std::string> genes() const { return genes_; }

  /// Reads one row; may be called from several threads, each with its own `row`.
  /// Error when the row is damaged or the file cannot be read.
  Status read_row(std::size_t pair, PairRow& row) const;
  /// Calls visit(row of text_keys, text) once for each text, in ascending
  /// order of rows; stops at the first error. Reads pairs.jsonl again.
  Status for_each_text(const std::function<Status(std::uint32_t, const std::string&)>& visit) const;
  /// Hash of the index and of sources.jsonl, and of the matrix by its head,
  /// offsets and 64 evenly spaced pieces: equal for equal folders.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  PairsFolder();

  std::filesystem::path folder_;
  PairIndex index_;
  std::vector<std::string> genes_;
  std::vector<std::uint64_t> offsets_;
  std::string fingerprint_;
  int matrix_ = -1;
};

}  // namespace celloquy::training
