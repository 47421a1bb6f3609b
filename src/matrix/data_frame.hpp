#pragma once
// Tables about cells (obs) and genes (var): named columns of one length.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace celloquy {

/// Text with few distinct values. code -1 is missing.
struct Categorical {
  std::vector<std::string> categories;
  std::vector<std::int32_t> codes;
  bool ordered = false;
};

/// Missing values: NaN for numbers, -1 codes, and the mask of the nullable types.
struct NullableInteger {
  std::vector<std::int64_t> values;
  std::vector<std::uint8_t> missing;  ///< empty: none is
};
struct NullableBoolean {
  std::vector<std::uint8_t> values;
  std::vector<std::uint8_t> missing;  ///< empty: none is
};

using Column = std::variant<std::vector<double>, NullableInteger, NullableBoolean,
                            std::vector<std::string>, Categorical>;

std::size_t length(const Column& column);
/// "number", "integer", "boolean", "text" or "categorical".
std::string_view kind(const Column& column);
/// The value of one row as text; empty where missing.
std::string value_text(const Column& column, std::size_t row);
/// Text columns and whole numbers as categories in order of first appearance
/// (whole numbers ascending); nothing for real numbers. Costs O(rows).
std::optional<Categorical> as_categorical(const Column& column);

/// The values of a column of numbers, NaN where missing; nothing for any other kind.
std::optional<std::vector<double>> as_numbers(const Column& column);

struct DataFrame {
  std::vector<std::string> index;  ///< cell barcodes or gene names
  std::vector<std::pair<std::string, Column>> columns;

  const Column* find(std::string_view name) const;
  /// Replaces the column of this name or adds it at the end.
  void set(std::string name, Column column);
  DataFrame rows(const std::vector<std::uint32_t>& kept) const;
};

}  // namespace celloquy
