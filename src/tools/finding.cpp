#include "tools/finding.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "tools/sentences.hpp"

namespace celloquy::tools {

using nlohmann::json;

const TableColumn* Table::find(std::string_view wanted) const {
  for (const auto& column : columns)
    if (column.id == wanted) return &column;
  return nullptr;
}

const Table* Finding::table(std::string_view wanted) const {
  for (const auto& table : tables)
    if (table.id == wanted) return &table;
  return nullptr;
}

namespace {

/// "a[b]" or "a[b:c]" behind the column name → rows [begin, end).
bool parse_rows(std::string_view text, std::size_t& begin, std::size_t& end) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') return false;
  text = text.substr(1, text.size() - 2);
  const auto colon = text.find(':');
  const auto number = [](std::string_view digits, std::size_t& out) {
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
  };
  if (colon == std::string_view::npos) {
    if (!number(text, begin)) return false;
    end = begin + 1;
    return true;
  }
  return number(text.substr(0, colon), begin) && number(text.substr(colon + 1), end);
}

}  // namespace

std::vector<const Value*> Finding::lookup(std::string_view blank) const {
  if (const auto found = values.find(std::string(blank)); found != values.end())
    return {&found->second};
  const auto dot = blank.find('.');
  const auto bracket = blank.rfind('[');
  if (dot == std::string_view::npos || bracket == std::string_view::npos || bracket < dot)
    return {};
  const Table* in = table(blank.substr(0, dot));
  if (!in) return {};
  const TableColumn* column = in->find(blank.substr(dot + 1, bracket - dot - 1));
  std::size_t begin = 0, end = 0;
  if (!column || !parse_rows(blank.substr(bracket), begin, end)) return {};
  std::vector<const Value*> out;
  for (std::size_t row = begin; row < std::min(end, column->cells.size()); ++row)
    out.push_back(&column->cells[row]);
  return out;
}

namespace {

json value_json(const Value& value, Language language) {
  if (const auto* number = std::get_if<double>(&value.content)) {
    if (!std::isfinite(*number)) return nullptr;
    if (value.whole && std::abs(*number) < 9e15) return static_cast<std::int64_t>(*number);
    return *number;
  }
  return std::get<Text>(value.content).in(language);
}

json table_json(const Table& table, Language language) {
  json columns = json::array(), rows = json::array();
  for (const auto& column : table.columns)
    columns.push_back(
        {{"id", column.id}, {"title", column.title.in(language)}, {"unit", column.unit}});
  for (std::size_t row = 0; row < table.n_rows(); ++row) {
    json cells = json::array();
    for (const auto& column : table.columns)
      cells.push_back(value_json(column.cells[row], language));
    rows.push_back(std::move(cells));
  }
  return {{"id", table.id},
          {"title", table.title.in(language)},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)}};
}

/// The number that the first sentence speaks about; null when it has none.
const Value* main_value(const Finding& finding) {
  for (const auto& statement : finding.statements)
    for (const auto& [blank, path] : statement.blanks)
      for (const Value* value : finding.lookup(path))
        if (std::holds_alternative<double>(value->content)) return value;
  return nullptr;
}

}  // namespace

json to_json(const Finding& finding, Language language) {
  json out = {{"tool", finding.tool},
              {"arguments", finding.arguments},
              {"method", finding.method.in(language)},
              {"references", finding.references},
              {"code", {{"scanpy", finding.code.scanpy}, {"seurat", finding.code.seurat}}},
              {"seconds", finding.seconds},
              {"cached", finding.cached}};
  json caveats = json::array(), values = json::object();
  for (const auto& caveat : finding.caveats)
    caveats.push_back(sentence(finding, caveat).in(language));
  for (const auto& [name, value] : finding.values)
    values[name] = {{"value", value_json(value, language)}, {"unit", value.unit}};
  out["caveats"] = std::move(caveats);
  out["values"] = std::move(values);
  if (const Value* value = main_value(finding)) {
    out["value"] = value_json(*value, language);
    out["unit"] = value->unit;
  }
  json tables = json::array();
  for (const auto& table : finding.tables) tables.push_back(table_json(table, language));
  if (!tables.empty()) out["table"] = tables.front();
  if (tables.size() > 1) out["tables"] = std::move(tables);
  if (finding.selection)
    out["selection"] = {{"cells", finding.selection->cells.size()},
                        {"column", finding.selection->column}};
  return out;
}

}  // namespace celloquy::tools
