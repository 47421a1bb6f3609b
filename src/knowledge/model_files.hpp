#pragma once
// Where the tables and weights that come with celloquy are, and reading them.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace celloquy::knowledge {

/// The folder `models`: the environment variable CELLOQUY_MODELS if set, else
/// ../share/celloquy/models beside the program, else the source tree's.
std::filesystem::path models_folder();

/// The whole content of a file below models_folder() ("genes/human_genes.tsv.gz"),
/// decompressed when it is gzip. At most 256 MiB.
Expected<std::string> read_model_file(std::string_view relative_path);

/// The same for a path anywhere.
Expected<std::string> read_compressed_file(const std::filesystem::path& path);

}  // namespace celloquy::knowledge
