#include "knowledge/table.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace celloquy::knowledge {
namespace {

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  while (!text.empty()) {
    const auto end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    if (text.empty()) pieces.push_back(text);
  }
  return pieces;
}

Expected<TableReader> TableReader::open(std::string_view name, std::string_view text,
                                        std::vector<std::string_view> columns) {
  TableReader reader;
  reader.rest_ = text;
  std::string_view header;
  do {
    if (reader.rest_.empty()) break;
    header = take_line(reader.rest_);
  } while (header.empty() || header.front() == '#');
  const auto names = split(header, '\t');
  reader.wanted_ = columns.size();
  reader.position_.assign(names.size(), -1);
  for (std::size_t wanted = 0; wanted < columns.size(); ++wanted) {
    const auto found = std::find(names.begin(), names.end(), columns[wanted]);
    if (found == names.end())
      return failure(ErrorCode::internal, "knowledge.missing_column",
                     {{"table", name}, {"column", columns[wanted]}});
    reader.position_[static_cast<std::size_t>(found - names.begin())] = static_cast<int>(wanted);
  }
  return reader;
}

bool TableReader::next(std::vector<std::string_view>& fields) {
  std::string_view line;
  do {
    if (rest_.empty()) return false;
    line = take_line(rest_);
  } while (line.empty());
  fields.assign(wanted_, {});
  for (std::size_t column = 0; column < position_.size(); ++column) {
    const auto end = line.find('\t');
    if (position_[column] >= 0)
      fields[static_cast<std::size_t>(position_[column])] = line.substr(0, end);
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + 1);
  }
  return true;
}

double number(std::string_view field, double fallback) {
  // Plain decimals up to 15 digits: two exact numbers and one division, which
  // rounds as a full parser does, ten times as fast.
  std::uint64_t digits = 0;
  std::size_t i = 0, decimals = 0;
  const bool minus = !field.empty() && field.front() == '-';
  bool point = false;
  for (i = minus; i < field.size() && i < 16; ++i) {
    if (field[i] == '.' && !point) {
      point = true;
    } else if (field[i] >= '0' && field[i] <= '9') {
      digits = digits * 10 + static_cast<std::uint64_t>(field[i] - '0');
      decimals += point;
    } else {
      break;
    }
  }
  if (i == field.size() && i > minus + std::size_t{point}) {
    static constexpr std::array powers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const double value = static_cast<double>(digits) / powers[decimals];
    return minus ? -value : value;
  }
  double value = fallback;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  return error == std::errc{} && end == field.data() + field.size() ? value : fallback;
}

}  // namespace celloquy::knowledge
