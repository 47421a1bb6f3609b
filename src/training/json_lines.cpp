#include "training/json_lines.hpp"

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace celloquy::training {

tl::unexpected<Error> unusable_line(const std::filesystem::path& path, std::uint64_t line,
                                    const Text& reason) {
  return failure(ErrorCode::unusable_input, "training.line",
                 {{"path", path.string()}, {"line", line}, {"reason", reason}});
}

Status for_each_json_line(
    const std::filesystem::path& path, Hasher* hasher,
    const std::function<Status(std::uint64_t, const nlohmann::json&)>& visit) {
  // A file of one endless line must not fill the memory.
  constexpr std::size_t most = std::size_t{1} << 24;
  constexpr std::size_t piece = std::size_t{1} << 16;
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path))
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path.string()}});
  std::string buffer(piece, '\0'), line;
  std::uint64_t number = 0;
  const auto finish_line = [&]() -> Status {
    ++number;
    if (hasher) hasher->text(line);
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object())
      return unusable_line(path, number, message("training.reason.not_json"));
    CELLOQUY_CHECK(visit(number, object));
    line.clear();
    return {};
  };
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(piece));
    std::string_view rest(buffer.data(), static_cast<std::size_t>(in.gcount()));
    while (!rest.empty()) {
      const auto end = rest.find('\n');
      line.append(rest.substr(0, end));
      if (line.size() > most)
        return unusable_line(path, number + 1,
                             message("training.reason.too_long", {{"most", most}}));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
      CELLOQUY_CHECK(finish_line());
    }
  }
  if (in.bad())
    return failure(ErrorCode::unusable_input, "training.unreadable", {{"path", path.string()}});
  if (!line.empty()) CELLOQUY_CHECK(finish_line());
  return {};
}

}  // namespace celloquy::training
