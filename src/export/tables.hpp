#pragma once
// Tables as CSV or TSV files.

#include <string>
#include <variant>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::exports {

/// A column of numbers (NaN is an empty field) or of texts, all of one length.
struct TableColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::string>> values;
  std::size_t size() const;
};
struct Table {
  std::string name;  ///< file name without extension: "markers"
  std::vector<TableColumn> columns;
};

enum class Separator { comma, tab };
/// RFC 4180 quoting for commas; tabs and line ends within a TSV field become
/// spaces. Numbers in the shortest form that reads back as the same number.
std::string table_text(const Table& table, Separator separator);

/// FOLDER/NAME.csv (or .tsv) for each; makes the folder; each file is written
/// atomically. Returns the paths.
Expected<std::vector<std::string>> write_tables(const std::string& folder,
                                                const std::vector<Table>& tables,
                                                Separator separator = Separator::comma);

}  // namespace celloquy::exports
