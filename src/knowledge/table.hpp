#pragma once
// Tab-separated text without copies.

#include <array>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace celloquy::knowledge {

/// The pieces between separators; an empty text has none.
std::vector<std::string_view> split(std::string_view text, char separator);

/// Reads rows of a table whose first line that does not start with '#' names the columns.
class TableReader {
 public:
  /// `name` stands in errors. Fails when one of `columns` is missing.
  static Expected<TableReader> open(std::string_view name, std::string_view text,
                                    std::vector<std::string_view> columns);

  /// The next row's fields in the order of `columns`; false at the end. A row
  /// that is too short gives empty fields.
  bool next(std::vector<std::string_view>& fields);

 private:
  std::string_view rest_;
  std::vector<int> position_;  ///< by column of the file: index into `fields`, or −1
  std::size_t wanted_ = 0;
};

/// Number of a field; `fallback` when it is not one.
double number(std::string_view field, double fallback = 0);

}  // namespace celloquy::knowledge
