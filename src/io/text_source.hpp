#pragma once
// Text files, compressed or not, and their lines in parallel blocks.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/input_file.hpp"

namespace celloquy::io {

enum class Compression { none, gzip, zip, zstd };
Compression compression_of(const InputFile& file);

/// The file itself, or its content expanded into memory. Refuses damaged
/// files, archives of more than one file, and content that does not fit into
/// memory or grows more than 1,100-fold.
std::shared_ptr<const InputFile> expanded(std::shared_ptr<const InputFile> file);

/// The first line without its end; `next` is where the second begins.
std::string first_line(const InputFile& file, std::uint64_t begin, std::uint64_t& next);

/// Cuts [begin, end of file) into blocks of whole lines for parallel parsing.
class LineBlocks {
 public:
  LineBlocks(const InputFile& file, std::uint64_t begin) : file_(file), begin_(begin) {}
  std::size_t count() const;
  /// The lines that start in block `index`, each with its '\n' except perhaps
  /// the last of the file.
  std::string_view read(std::size_t index, std::vector<char>& scratch) const;

 private:
  const InputFile& file_;
  std::uint64_t begin_;
};

}  // namespace celloquy::io
