#include "language/vocabulary_file.hpp"

#include <fstream>
#include <iterator>

namespace celloquy::language {

Expected<std::string> read_vocabulary(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file || text.empty()) return unusable_model(path);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

tl::unexpected<Error> unusable_model(const std::string& path) {
  return failure(ErrorCode::unusable_input, "language.model_unusable", {{"path", path}});
}

}  // namespace celloquy::language
