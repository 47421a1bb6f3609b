#pragma once
// Folders and file names of exported files.

#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::exports {

Status make_output_folder(const std::string& folder);
/// A title as a file name: letters (of any script), digits, '-' and '_' stay,
/// everything else becomes '_'; at most 60 bytes.
std::string file_name_of(std::string_view title);
/// FOLDER/NAME.ending, or NAME_2.ending … where that is among `taken`.
std::string free_path(const std::string& folder, const std::string& name, std::string_view ending,
                      const std::vector<std::string>& taken);

}  // namespace celloquy::exports
