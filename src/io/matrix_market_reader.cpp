#include "io/matrix_market_reader.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>

#include "io/blocks.hpp"
#include "io/table_reader.hpp"

namespace celloquy::io {
namespace {

struct MarketHeader {
  bool pattern = false;
  std::uint64_t rows = 0, columns = 0, values = 0, body = 0;
};

const char* skip_blanks(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t')) ++at;
  return at;
}

bool parse_unsigned(const char*& at, const char* end, std::uint64_t& value) {
  at = skip_blanks(at, end);
  const auto result = std::from_chars(at, end, value);
  if (result.ec != std::errc()) return false;
  at = result.ptr;
  return true;
}

MarketHeader read_header(const InputFile& text) {
  MarketHeader header;
  std::uint64_t at = 0;
  auto line = first_line(text, 0, at);
  std::transform(line.begin(), line.end(), line.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (line.find("coordinate") == std::string::npos || line.find("complex") != std::string::npos ||
      (line.find("general") == std::string::npos && line.find("symmetric") != std::string::npos))
    refuse("io.market_kind", {{"path", text.path()}, {"kind", line}});
  header.pattern = line.find("pattern") != std::string::npos;
  while (at < text.size()) {
    line = first_line(text, at, header.body);
    at = header.body;
    if (line.empty() || line[0] == '%') continue;
    const char *p = line.data(), *end = p + line.size();
    if (!parse_unsigned(p, end, header.rows) || !parse_unsigned(p, end, header.columns) ||
        !parse_unsigned(p, end, header.values))
      break;
    if (header.rows > 0xffffffffULL || header.columns > 0xffffffffULL) break;
    // A value takes at least four characters: two numbers, a blank, a line end.
    if (header.values > text.size() / 4 + 1)
      refuse("io.market_truncated", {{"path", text.path()}, {"expected", header.values}});
    return header;
  }
  refuse("io.market_header", {{"path", text.path()}});
}

/// The values of one block of lines: runs of one column each.
struct MarketBlock {
  std::vector<std::uint32_t> columns;  ///< a run each; counts are in the band
  RowBand band;
  std::string problem;  ///< the first line that cannot be read
};

class MarketParser {
 public:
  explicit MarketParser(const MarketHeader& header) : header_(header) {}

  MarketBlock parse(std::string_view lines) {
    MarketBlock out;
    values_.clear();
    rows_.clear();
    counts_.clear();
    while (!lines.empty() && out.problem.empty()) {
      const auto stop = std::min(lines.find('\n'), lines.size());
      parse_line(lines.substr(0, stop), out);
      lines.remove_prefix(std::min(lines.size(), stop + 1));
    }
    out.band = make_band(std::move(counts_), rows_, values_.data(), NumberKind::f64, header_.rows);
    counts_ = {};
    return out;
  }

 private:
  void parse_line(std::string_view line, MarketBlock& out) {
    const char *at = skip_blanks(line.data(), line.data() + line.size()),
               *end = line.data() + line.size();
    if (at == end || *at == '\r' || *at == '%') return;
    std::uint64_t row = 0, column = 0;
    double value = 1;
    bool good = parse_unsigned(at, end, row) && parse_unsigned(at, end, column);
    if (good && !header_.pattern) good = parse_value(skip_blanks(at, end), end, value);
    if (!good || row < 1 || row > header_.rows || column < 1 || column > header_.columns) {
      out.problem = std::string(line.substr(0, 60));
      if (out.problem.empty()) out.problem = " ";
      return;
    }
    const auto c = static_cast<std::uint32_t>(column - 1);
    if (out.columns.empty() || out.columns.back() != c) {
      out.columns.push_back(c);
      counts_.push_back(0);
    }
    ++counts_.back();
    rows_.push_back(static_cast<std::uint32_t>(row - 1));
    values_.push_back(value);
  }

  static bool parse_value(const char* at, const char* end, double& value) {
    while (end > at && (end[-1] == ' ' || end[-1] == '\r' || end[-1] == '\t')) --end;
    std::uint64_t whole = 0;
    const auto result = std::from_chars(at, end, whole);
    if (result.ec == std::errc() && result.ptr == end) {
      value = static_cast<double>(whole);
      return true;
    }
    return at < end && parse_number({at, static_cast<std::size_t>(end - at)}, value);
  }

  const MarketHeader& header_;
  std::vector<double> values_;
  std::vector<std::uint32_t> rows_, counts_;
};

/// Runs that do not come in ascending order of columns: each goes to its place.
void scatter_runs(PackedRows& rows, const std::vector<std::uint32_t>& columns,
                  std::size_t n_columns) {
  std::vector<std::uint64_t> offsets(n_columns + 1, 0);
  for (std::size_t r = 0; r < columns.size(); ++r)
    offsets[columns[r] + 1] += rows.offsets[r + 1] - rows.offsets[r];
  for (std::size_t c = 0; c < n_columns; ++c) offsets[c + 1] += offsets[c];
  auto next = offsets;
  std::visit(
      [&](auto& indices, auto& values) {
        using Index = std::remove_cvref_t<decltype(indices[0])>;
        using Value = std::remove_cvref_t<decltype(values[0])>;
        Buffer<Index> new_indices(indices.size());
        Buffer<Value> new_values(values.size());
        for (std::size_t r = 0; r < columns.size(); ++r)
          for (auto k = rows.offsets[r]; k < rows.offsets[r + 1]; ++k) {
            const auto to = next[columns[r]]++;
            new_indices[to] = indices[k];
            new_values[to] = values[k];
          }
        rows.indices = std::move(new_indices);
        rows.values = std::move(new_values);
      },
      rows.indices, rows.values);
  rows.offsets = std::move(offsets);
}

}  // namespace

std::pair<std::uint64_t, std::uint64_t> market_shape(const InputFile& text) {
  const auto header = read_header(text);
  return {header.rows, header.columns};
}

PackedRows read_market_matrix(const InputFile& text, const Context& context) {
  const auto header = read_header(text);
  const LineBlocks lines(text, header.body);
  std::vector<MarketBlock> blocks(lines.count());
  struct Scratch {
    std::vector<char> text;
    MarketParser parser;
  };
  std::vector<Scratch> scratch(worker_count(context), Scratch{{}, MarketParser(header)});
  require_memory(header.values * 3 + (header.columns + header.rows) * 16, text.path());
  guarded_blocks(context, blocks.size(), 1, "read", [&](const Block& block) {
    auto& mine = scratch[block.worker];
    blocks[block.index] = mine.parser.parse(lines.read(block.index, mine.text));
    if (!blocks[block.index].problem.empty())
      refuse("io.market_line", {{"path", text.path()},
                                {"line", blocks[block.index].problem},
                                {"rows", header.rows},
                                {"columns", header.columns}});
  });
  std::vector<std::uint32_t> columns;
  std::vector<RowBand> bands;
  for (auto& block : blocks) {
    columns.insert(columns.end(), block.columns.begin(), block.columns.end());
    bands.push_back(std::move(block.band));
  }
  auto rows = join_bands(bands, Order::gene_major, header.rows, context);
  if (rows.offsets.back() != header.values)
    refuse("io.market_count",
           {{"path", text.path()}, {"expected", header.values}, {"found", rows.offsets.back()}});
  if (std::is_sorted(columns.begin(), columns.end())) {
    // Runs of one column that two blocks share lie side by side already.
    std::vector<std::uint64_t> offsets(header.columns + 1, 0);
    for (std::size_t r = 0; r < columns.size(); ++r)
      offsets[columns[r] + 1] += rows.offsets[r + 1] - rows.offsets[r];
    for (std::size_t c = 0; c < header.columns; ++c) offsets[c + 1] += offsets[c];
    rows.offsets = std::move(offsets);
  } else {
    scatter_runs(rows, columns, header.columns);
  }
  rows.n_major = header.columns;
  rows.ascending = false;  // sort_and_merge finds out and leaves good rows alone
  return rows;
}

std::vector<std::string> files_in(const std::string& folder) {
  std::vector<std::string> names;
  if (auto* directory = opendir(folder.c_str())) {
    while (const auto* entry = readdir(directory)) {
      struct stat status {};
      const std::string name = entry->d_name;
      if (stat((folder + "/" + name).c_str(), &status) == 0 && S_ISREG(status.st_mode))
        names.push_back(name);
    }
    closedir(directory);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> matrix_market_in(const std::string& folder,
                                            const std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (const auto& name : names)
    if (name.ends_with(".mtx") || name.ends_with(".mtx.gz")) found.push_back(name);
  if (found.empty()) return std::nullopt;
  // The expanded file beside its compressed original counts once.
  if (found.size() == 2 && found[1] == found[0] + ".gz") found.pop_back();
  if (found.size() > 1) refuse("io.market_many", {{"path", folder}, {"count", found.size()}});
  return folder + "/" + found.front();
}

namespace {

struct Companion {
  std::string path;
  TextTable table;
};

std::optional<Companion> find_companion(const std::string& folder, const std::string& prefix,
                                        std::initializer_list<const char*> names) {
  for (const std::string& start : {prefix, std::string()})
    for (const char* name : names)
      for (const char* ending : {".tsv.gz", ".tsv", ".txt", ".txt.gz", ".csv", ".csv.gz"}) {
        const auto path = folder + "/" + start + name + ending;
        auto file = open_input_file(path);
        if (!file) continue;
        const auto text = expanded(std::move(*file));
        Companion out{path, {}};
        std::uint64_t at = 0;
        auto line = first_line(*text, 0, at);
        out.table = read_text_table(*text);
        // These files have no header: the first line is data.
        out.table.rows.insert(out.table.rows.begin(), out.table.header);
        return out;
      }
  return std::nullopt;
}

std::vector<std::string> field(const TextTable& table, std::size_t column,
                               const std::string& path) {
  std::vector<std::string> out;
  for (const auto& row : table.rows) {
    if (column >= row.size())
      refuse("io.row_length", {{"path", path},
                               {"row", out.size() + 1},
                               {"found", row.size()},
                               {"expected", column + 1}});
    out.push_back(row[column]);
  }
  return out;
}

void name_genes(Dataset& dataset, const Companion& features) {
  const bool named = !features.table.rows.empty() && features.table.rows[0].size() >= 2;
  auto ids = field(features.table, 0, features.path);
  if (!named) {
    dataset.var.index = std::move(ids);
    return;
  }
  dataset.var.index = field(features.table, 1, features.path);
  dataset.var.set("gene_ids", std::move(ids));
  if (features.table.rows[0].size() >= 3)
    dataset.var.set("feature_types",
                    *as_categorical(Column(field(features.table, 2, features.path))));
}

}  // namespace

Dataset read_matrix_market(std::shared_ptr<const InputFile> file, const Context& context) {
  const auto& path = file->path();
  const auto slash = path.rfind('/');
  const auto folder = slash == std::string::npos ? std::string(".") : path.substr(0, slash);
  auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  name = name.substr(0, name.rfind(".mtx"));
  const auto prefix = name.ends_with("matrix") ? name.substr(0, name.size() - 6) : name + "_";
  const auto barcodes = find_companion(folder, prefix, {"barcodes", "cells", "cell_names"});
  const auto features = find_companion(folder, prefix, {"features", "genes", "gene_names"});
  if (!barcodes || !features)
    refuse("io.market_companions",
           {{"path", path},
            {"missing", message(!barcodes && !features ? "io.part.companions_both"
                                : !barcodes            ? "io.part.companion_barcodes"
                                                       : "io.part.companion_features")}});
  Dataset dataset;
  dataset.format = "matrix_market";
  dataset.fingerprint = fingerprint(*file);
  const auto text = expanded(file);
  const auto [n_rows, n_columns] = market_shape(*text);
  const auto n_cells = barcodes->table.rows.size(), n_genes = features->table.rows.size();
  const bool cells_in_columns = n_rows == n_genes && n_columns == n_cells;
  if (!cells_in_columns && !(n_rows == n_cells && n_columns == n_genes))
    refuse("io.market_shape", {{"path", path},
                               {"rows", n_rows},
                               {"columns", n_columns},
                               {"cells", n_cells},
                               {"genes", n_genes}});
  auto rows = read_market_matrix(*text, context);
  rows.order = cells_in_columns ? Order::cell_major : Order::gene_major;
  dataset.obs.index = field(barcodes->table, 0, barcodes->path);
  name_genes(dataset, *features);
  settle_matrix(dataset, std::move(rows), "X", context);
  keep_gene_expression(dataset, context);
  settle_dataset(dataset);
  return dataset;
}

}  // namespace celloquy::io
