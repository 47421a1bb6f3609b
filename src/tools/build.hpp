#pragma once
// Short forms for putting findings together.

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "tools/finding.hpp"
#include "tools/sentences.hpp"

namespace celloquy::tools {

inline TableColumn table_column(std::string id, std::string_view title_id, std::string unit = "",
                                NameKind kind = NameKind::none) {
  return {std::move(id), message(title_id), std::move(unit), kind, {}};
}

/// Adds a statement whose blanks are named like the values that fill them.
inline void say(std::vector<Statement>& to, std::string_view id,
                std::initializer_list<const char*> blanks = {}) {
  Statement statement{std::string(id), {}};
  for (const char* blank : blanks) statement.blanks.emplace_back(blank, blank);
  to.push_back(std::move(statement));
}

/// "markers.gene[0:5]".
inline std::string rows_of(std::string_view table_dot_column, std::size_t end,
                           std::size_t begin = 0) {
  return std::string(table_dot_column) + "[" + std::to_string(begin) + ":" + std::to_string(end) +
         "]";
}

/// The cells at these positions among the kept ones.
inline Selection selection_of(std::span<const std::uint32_t> kept,
                              std::span<const std::uint32_t> positions) {
  Selection out{{}, "celloquy_selection"};
  for (const auto position : positions) out.cells.push_back(kept[position]);
  return out;
}

inline double percent(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

}  // namespace celloquy::tools
