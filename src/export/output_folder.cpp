#include "export/output_folder.hpp"

#include <algorithm>

#include "workspace/atomic_file.hpp"

namespace celloquy::exports {

Status make_output_folder(const std::string& folder) {
  if (workspace::make_folders(folder) && workspace::writable_folder(folder)) return {};
  return failure(ErrorCode::unusable_input, "export.no_folder", {{"path", folder}});
}

std::string file_name_of(std::string_view title) {
  constexpr std::size_t most = 60;
  std::string out;
  for (const char c : title) {
    const bool kept = static_cast<unsigned char>(c) >= 0x80 || (c >= '0' && c <= '9') ||
                      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (kept)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  if (out.size() > most) {
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out.resize(end);
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out.empty() ? "unnamed" : out;
}

std::string free_path(const std::string& folder, const std::string& name, std::string_view ending,
                      const std::vector<std::string>& taken) {
  std::string path = folder + "/" + name + std::string(ending);
  for (int number = 2; std::find(taken.begin(), taken.end(), path) != taken.end(); ++number)
    path = folder + "/" + name + "_" + std::to_string(number) + std::string(ending);
  return path;
}

}  // namespace celloquy::exports
