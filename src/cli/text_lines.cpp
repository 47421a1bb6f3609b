#include "cli/text_lines.hpp"

#include "workspace/atomic_file.hpp"

namespace celloquy::cli {

Expected<std::vector<std::string>> read_texts(const std::string& path) {
  const auto content = workspace::read_file(path, std::uint64_t{1} << 26);
  if (!content) return failure(ErrorCode::unusable_input, "cli.texts.unreadable", {{"file", path}});
  std::vector<std::string> texts;
  std::size_t begin = content->starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (begin < content->size()) {
    const auto end = std::min(content->find('\n', begin), content->size());
    auto line = content->substr(begin, end - begin);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
      line.pop_back();
    if (!line.empty()) texts.push_back(std::move(line));
    begin = end + 1;
  }
  if (texts.empty()) return failure(ErrorCode::unusable_input, "cli.texts.empty", {{"file", path}});
  return texts;
}

}  // namespace celloquy::cli
