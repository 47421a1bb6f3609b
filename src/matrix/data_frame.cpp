#include "matrix/data_frame.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <unordered_map>

namespace celloquy {
namespace {

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;  // clang 14 does not deduce it

template <class T>
std::vector<T> pick(const std::vector<T>& values, const std::vector<std::uint32_t>& kept) {
  std::vector<T> out;
  if (values.empty()) return out;
  out.reserve(kept.size());
  for (const auto row : kept) out.push_back(values[row]);
  return out;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%.10g", value);
  return text;
}

Categorical from_texts(const std::vector<std::string>& texts) {
  Categorical out;
  std::unordered_map<std::string_view, std::int32_t> codes;
  out.codes.reserve(texts.size());
  for (const auto& text : texts) {
    if (text.empty()) {
      out.codes.push_back(-1);
      continue;
    }
    const auto [found, added] = codes.emplace(text, static_cast<std::int32_t>(codes.size()));
    if (added) out.categories.push_back(text);
    out.codes.push_back(found->second);
  }
  return out;
}

Categorical from_integers(const NullableInteger& numbers) {
  // The stored number of a missing value means nothing and makes no category.
  std::vector<std::int64_t> distinct;
  for (std::size_t i = 0; i < numbers.values.size(); ++i)
    if (numbers.missing.empty() || !numbers.missing[i]) distinct.push_back(numbers.values[i]);
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  Categorical out;
  for (const auto value : distinct) out.categories.push_back(std::to_string(value));
  for (std::size_t i = 0; i < numbers.values.size(); ++i) {
    const bool missing = !numbers.missing.empty() && numbers.missing[i];
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), numbers.values[i]);
    out.codes.push_back(missing ? -1 : static_cast<std::int32_t>(found - distinct.begin()));
  }
  return out;
}

}  // namespace

std::size_t length(const Column& column) {
  return std::visit(Overloaded{[](const std::vector<double>& c) { return c.size(); },
                               [](const NullableInteger& c) { return c.values.size(); },
                               [](const NullableBoolean& c) { return c.values.size(); },
                               [](const std::vector<std::string>& c) { return c.size(); },
                               [](const Categorical& c) { return c.codes.size(); }},
                    column);
}

std::string_view kind(const Column& column) {
  constexpr std::string_view kinds[] = {"number", "integer", "boolean", "text", "categorical"};
  return kinds[column.index()];
}

std::string value_text(const Column& column, std::size_t row) {
  const auto missing = [row](const std::vector<std::uint8_t>& mask) {
    return !mask.empty() && mask[row];
  };
  return std::visit(
      Overloaded{[&](const std::vector<double>& c) { return number_text(c[row]); },
                 [&](const NullableInteger& c) {
                   return missing(c.missing) ? std::string() : std::to_string(c.values[row]);
                 },
                 [&](const NullableBoolean& c) {
                   return std::string(missing(c.missing) ? "" : c.values[row] ? "true" : "false");
                 },
                 [&](const std::vector<std::string>& c) { return c[row]; },
                 [&](const Categorical& c) {
                   return c.codes[row] < 0 ? std::string() : c.categories[c.codes[row]];
                 }},
      column);
}

std::optional<Categorical> as_categorical(const Column& column) {
  if (const auto* categorical = std::get_if<Categorical>(&column)) return *categorical;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column)) return from_texts(*texts);
  if (const auto* integers = std::get_if<NullableInteger>(&column)) return from_integers(*integers);
  if (const auto* flags = std::get_if<NullableBoolean>(&column)) {
    Categorical out{{"false", "true"}, {}, false};
    for (std::size_t i = 0; i < flags->values.size(); ++i)
      out.codes.push_back(!flags->missing.empty() && flags->missing[i] ? -1
                                                                       : flags->values[i] != 0);
    return out;
  }
  return std::nullopt;
}

std::optional<std::vector<double>> as_numbers(const Column& column) {
  if (const auto* numbers = std::get_if<std::vector<double>>(&column)) return *numbers;
  const auto* integers = std::get_if<NullableInteger>(&column);
  if (!integers) return std::nullopt;
  std::vector<double> out(integers->values.begin(), integers->values.end());
  for (std::size_t i = 0; i < integers->missing.size(); ++i)
    if (integers->missing[i]) out[i] = std::numeric_limits<double>::quiet_NaN();
  return out;
}

const Column* DataFrame::find(std::string_view name) const {
  for (const auto& [key, column] : columns)
    if (key == name) return &column;
  return nullptr;
}

void DataFrame::set(std::string name, Column column) {
  for (auto& [key, old] : columns)
    if (key == name) {
      old = std::move(column);
      return;
    }
  columns.emplace_back(std::move(name), std::move(column));
}

DataFrame DataFrame::rows(const std::vector<std::uint32_t>& kept) const {
  DataFrame out;
  out.index = pick(index, kept);
  for (const auto& [name, column] : columns)
    out.columns.emplace_back(
        name,
        std::visit(
            Overloaded{[&](const std::vector<double>& c) -> Column { return pick(c, kept); },
                       [&](const NullableInteger& c) -> Column {
                         return NullableInteger{pick(c.values, kept), pick(c.missing, kept)};
                       },
                       [&](const NullableBoolean& c) -> Column {
                         return NullableBoolean{pick(c.values, kept), pick(c.missing, kept)};
                       },
                       [&](const std::vector<std::string>& c) -> Column { return pick(c, kept); },
                       [&](const Categorical& c) -> Column {
                         return Categorical{c.categories, pick(c.codes, kept), c.ordered};
                       }},
            column));
  return out;
}

}  // namespace celloquy
