#include "export/tables.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "export/output_folder.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::exports {
namespace {

std::string number_field(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

std::string text_field(const std::string& text, Separator separator) {
  if (separator == Separator::tab) {
    std::string out = text;
    for (char& c : out)
      if (c == '\t' || c == '\n' || c == '\r') c = ' ';
    return out;
  }
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::size_t TableColumn::size() const {
  return std::visit([](const auto& items) { return items.size(); }, values);
}

std::string table_text(const Table& table, Separator separator) {
  const char between = separator == Separator::comma ? ',' : '\t';
  std::string out;
  std::size_t rows = 0;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (c) out += between;
    out += text_field(table.columns[c].name, separator);
    rows = std::max(rows, table.columns[c].size());
  }
  out += '\n';
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      if (c) out += between;
      const auto& column = table.columns[c];
      if (row >= column.size()) continue;
      if (const auto* numbers = std::get_if<std::vector<double>>(&column.values))
        out += number_field((*numbers)[row]);
      else
        out += text_field(std::get<std::vector<std::string>>(column.values)[row], separator);
    }
    out += '\n';
  }
  return out;
}

Expected<std::vector<std::string>> write_tables(const std::string& folder,
                                                const std::vector<Table>& tables,
                                                Separator separator) {
  CELLOQUY_CHECK(make_output_folder(folder));
  std::vector<std::string> paths;
  for (const auto& table : tables) {
    const std::string path = free_path(folder, file_name_of(table.name),
                                       separator == Separator::comma ? ".csv" : ".tsv", paths);
    CELLOQUY_CHECK(workspace::write_file_atomically(path, table_text(table, separator)));
    paths.push_back(path);
  }
  return paths;
}

}  // namespace celloquy::exports
