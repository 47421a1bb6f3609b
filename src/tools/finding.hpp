#pragma once
// What a tool found: the only source of numbers and names in an answer.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/text.hpp"

namespace celloquy::tools {

/// What kind of thing a text is: the checker of answers treats them differently.
enum class NameKind { none, gene, cell_type, group, field, file, method, sample };

/// One value: a number with its unit, or a name.
struct Value {
  std::variant<double, Text> content;
  std::string unit;                ///< "cells", "genes", "%", "counts", "log2 fold change", "p", ""
  NameKind kind = NameKind::none;  ///< of a text
  bool whole = false;              ///< a number that counts things: written without decimals

  static Value count(double n, std::string unit) {
    return {n, std::move(unit), NameKind::none, true};
  }
  static Value number(double x, std::string unit) { return {x, std::move(unit)}; }
  static Value name(std::string text, NameKind kind) {
    return {Text::same(std::move(text)), "", kind};
  }
  static Value name(Text text, NameKind kind) { return {std::move(text), "", kind}; }
};

struct TableColumn {
  std::string id;  ///< "gene", "log2_fold_change"
  Text title;
  std::string unit;
  NameKind kind = NameKind::none;
  std::vector<Value> cells;
};

struct Table {
  std::string id;  ///< "markers"
  Text title;
  std::vector<TableColumn> columns;
  std::size_t n_rows() const { return columns.empty() ? 0 : columns.front().cells.size(); }
  const TableColumn* find(std::string_view id) const;
};

/// Cells that the answer is about.
struct Selection {
  std::vector<std::uint32_t> cells;  ///< indices in the file, ascending
  std::string column;                ///< obs column that would mark them, "celloquy_selection"
};

/// A Vega-Lite specification with its data inside.
struct Plot {
  Text title;
  nlohmann::json spec;
};

/// The same analysis in the field's usual tools.
struct EquivalentCode {
  std::string scanpy, seurat;
};

/// A sentence whose blanks are filled from this finding. `message` is a
/// catalogue id; each blank names a value: "n_cells", or a table cell
/// "markers.gene[0]" (table id, column id, row), or "markers.gene[0:5]" (a list).
struct Statement {
  std::string message;
  std::vector<std::pair<std::string, std::string>> blanks;
};

struct Finding {
  std::string tool;
  nlohmann::json arguments;
  std::map<std::string, Value> values;
  std::vector<Table> tables;
  std::vector<Statement> statements;  ///< the most important first
  std::vector<Statement> caveats;
  Text method;                          ///< one or two sentences, with the parameters used
  std::vector<std::string> references;  ///< literature of the method
  EquivalentCode code;
  std::vector<Plot> plots;
  std::optional<Selection> selection;
  /// What the tool did first because it was needed: "I clustered the cells first…"
  std::vector<Statement> done_first;
  double seconds = 0;
  bool cached = false;

  const Table* table(std::string_view id) const;
  /// The value(s) that a blank names; empty when there is none.
  std::vector<const Value*> lookup(std::string_view blank) const;
};

/// {"id":n,"tool","arguments","value"|"table"|"selection",…} of `ask --json`.
nlohmann::json to_json(const Finding& finding, Language language);

}  // namespace celloquy::tools
