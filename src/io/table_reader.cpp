#include "io/table_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <unordered_set>

#include "io/blocks.hpp"
#include "io/gene_names.hpp"

namespace celloquy::io {
namespace {

std::string_view unquoted(std::string_view field) {
  while (!field.empty() && (field.front() == ' ')) field.remove_prefix(1);
  while (!field.empty() && (field.back() == ' ' || field.back() == '\r')) field.remove_suffix(1);
  if (field.size() >= 2 && field.front() == '"' && field.back() == '"') {
    field.remove_prefix(1);
    field.remove_suffix(1);
  }
  return field;
}

/// The rows of one block of lines.
struct TableBlock {
  std::vector<std::string> names;
  RowBand band;
  std::string problem_field;  ///< of the first row that cannot be read
  std::size_t problem_row = SIZE_MAX, problem_column = 0, found_columns = 0;
};

/// End of the field that starts at `at`.
const char* field_end(const char* at, const char* end, char delimiter) {
  if (at < end && *at == '"') {
    const char* close = std::find(at + 1, end, '"');
    return std::find(close, end, delimiter);
  }
  while (at < end && *at != delimiter) ++at;
  return at;
}

/// Whole numbers written as 0, 12 or 3.0: nearly every field of a table of counts.
inline bool quick_number(const char*& at, const char* end, char delimiter, double& value) {
  const char* p = at;
  std::uint64_t number = 0;
  const char* digits = p;
  while (p < end && static_cast<unsigned char>(*p - '0') < 10)
    number = number * 10 + static_cast<unsigned>(*p++ - '0');
  if (p == digits || p - digits > 15) return false;
  if (p < end && *p == '.') {
    ++p;
    while (p < end && *p == '0') ++p;
  }
  if (p < end && *p != delimiter) return false;
  value = static_cast<double>(number);
  at = p;
  return true;
}

class BlockParser {
 public:
  BlockParser(std::size_t columns, char delimiter) : columns_(columns), delimiter_(delimiter) {}

  TableBlock parse(std::string_view lines) {
    TableBlock out;
    values_.clear();
    indices_.clear();
    counts_.clear();
    while (!lines.empty()) {
      const auto end = lines.find('\n');
      auto line = lines.substr(0, end);
      lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (!parse_row(line, out)) break;
    }
    out.band = make_band(std::move(counts_), indices_, values_.data(), NumberKind::f64, columns_);
    counts_ = {};
    return out;
  }

 private:
  bool parse_row(std::string_view line, TableBlock& out) {
    const char *at = line.data(), *end = at + line.size();
    const char* name_end = field_end(at, end, delimiter_);
    out.names.emplace_back(unquoted({at, static_cast<std::size_t>(name_end - at)}));
    at = name_end;
    const auto before = values_.size();
    std::size_t column = 0;
    while (at < end) {
      ++at;  // the delimiter
      double value = 0;
      if (!quick_number(at, end, delimiter_, value)) {
        const char* stop = field_end(at, end, delimiter_);
        const std::string_view field(at, static_cast<std::size_t>(stop - at));
        if (!parse_number(unquoted(field), value)) return problem(out, column, field);
        at = stop;
      }
      if (value != 0 && column < columns_) {
        values_.push_back(value);
        indices_.push_back(static_cast<std::uint32_t>(column));
      }
      ++column;
    }
    if (column != columns_) {
      out.found_columns = column;
      return problem(out, SIZE_MAX, {});
    }
    counts_.push_back(static_cast<std::uint32_t>(values_.size() - before));
    return true;
  }

  static bool problem(TableBlock& out, std::size_t column, std::string_view field) {
    out.problem_row = out.names.size() - 1;
    out.problem_column = column;
    out.problem_field = std::string(field.substr(0, 40));
    return false;
  }

  std::size_t columns_;
  char delimiter_;
  std::vector<double> values_;
  std::vector<std::uint32_t> indices_, counts_;
};

struct Header {
  char delimiter = 0;
  std::vector<std::string> names;  ///< of the columns with numbers
  std::uint64_t body = 0;          ///< where the rows begin
};

Header read_header(const InputFile& text) {
  Header header;
  std::uint64_t begin = 0;
  char mark[3] = {};
  if (text.size() >= 3 && text.read(0, mark, 3) && std::string_view(mark, 3) == "\xef\xbb\xbf")
    begin = 3;
  auto line = first_line(text, begin, header.body);
  if (line.find('\0') != std::string::npos) refuse("io.not_text", {{"path", text.path()}});
  header.delimiter = delimiter_of(line);
  if (!header.delimiter) refuse("io.format_unknown", {{"path", text.path()}});
  header.names = split_line(line, header.delimiter);
  // R leaves out the corner: the header is then one field shorter than the rows.
  std::uint64_t next = 0;
  const auto row = split_line(first_line(text, header.body, next), header.delimiter);
  if (row.size() != header.names.size() + 1) header.names.erase(header.names.begin());
  std::size_t numbers = 0;
  double ignored = 0;
  for (const auto& name : header.names) numbers += !name.empty() && parse_number(name, ignored);
  if (header.names.empty()) refuse("io.format_unknown", {{"path", text.path()}});
  if (header.names.size() > 2 && numbers * 10 > header.names.size() * 9)
    refuse("io.no_header", {{"path", text.path()}});
  return header;
}

// ---- orientation ----------------------------------------------------------

bool barcode_like(std::string_view name) {
  std::size_t run = 0, longest = 0;
  for (const char c : name) {
    run = c == 'A' || c == 'C' || c == 'G' || c == 'T' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest >= 8;
}

/// Genes that every organism's table has under these beginnings.
bool housekeeping_like(std::string_view name) {
  constexpr std::array<std::string_view, 10> starts = {"MT-", "mt-", "RPL", "RPS",  "Rpl",
                                                       "Rps", "rpl", "rps", "NDUF", "Nduf"};
  return std::any_of(starts.begin(), starts.end(),
                     [&](auto start) { return name.starts_with(start); });
}

struct AxisLook {
  double barcodes = 0, ensembl = 0, variety = 0;
  std::size_t housekeeping = 0;
};

AxisLook look_at(const std::vector<std::string>& names) {
  AxisLook look;
  std::unordered_set<std::string_view> stems;  // what stands in front of the digits
  for (const std::string_view name : names) {
    stems.insert(name.substr(0, name.find_first_of("0123456789")));
    look.barcodes += barcode_like(name);
    look.housekeeping += housekeeping_like(name);
    look.ensembl += name.starts_with("ENS") && name.size() > 12;
  }
  const double count = static_cast<double>(std::max<std::size_t>(1, names.size()));
  look.barcodes /= count;
  look.ensembl /= count;
  look.variety = static_cast<double>(stems.size()) / count;
  return look;
}

/// True where the rows are genes; `evidence` says why.
bool rows_are_genes(const std::vector<std::string>& rows, const std::vector<std::string>& columns,
                    Text& evidence) {
  const auto row = look_at(rows), column = look_at(columns);
  if ((row.barcodes > 0.5) != (column.barcodes > 0.5)) {
    evidence = message("io.orientation.barcodes");
    return column.barcodes > 0.5;
  }
  if ((row.ensembl > 0.5) != (column.ensembl > 0.5)) {
    evidence = message("io.orientation.ensembl");
    return row.ensembl > 0.5;
  }
  if (row.housekeeping != column.housekeeping && row.housekeeping + column.housekeeping >= 3) {
    evidence = message("io.orientation.genes");
    return row.housekeeping > column.housekeeping;
  }
  if ((row.variety > 0.3 && column.variety < 0.1) || (column.variety > 0.3 && row.variety < 0.1)) {
    evidence = message("io.orientation.made_up");
    return row.variety > column.variety;
  }
  evidence = message("io.orientation.longer");
  return rows.size() > columns.size();
}

[[noreturn]] void refuse_row(const InputFile& text, const TableBlock& block, std::size_t row,
                             const Header& header) {
  if (block.problem_column == SIZE_MAX)
    refuse("io.row_length", {{"path", text.path()},
                             {"row", row + 2},
                             {"found", block.found_columns},
                             {"expected", header.names.size()}});
  const auto column = block.problem_column < header.names.size()
                          ? header.names[block.problem_column]
                          : std::to_string(block.problem_column + 2);
  refuse("io.not_a_number", {{"path", text.path()},
                             {"row", row + 2},
                             {"column", column},
                             {"field", block.problem_field}});
}

}  // namespace

bool parse_number(std::string_view field, double& value) {
  constexpr std::array<std::string_view, 7> missing = {"",     "NA",   "NaN", "nan",
                                                       "NULL", "None", "N/A"};
  if (std::find(missing.begin(), missing.end(), field) != missing.end()) {
    value = NAN;
    return true;
  }
  if (field.starts_with('+')) field.remove_prefix(1);
  const auto result = std::from_chars(field.data(), field.data() + field.size(), value);
  if (result.ec == std::errc::result_out_of_range) {
    value = 0;  // smaller than a double can be
    return result.ptr == field.data() + field.size();
  }
  return result.ec == std::errc() && result.ptr == field.data() + field.size();
}

char delimiter_of(std::string_view line) {
  constexpr std::array<char, 3> candidates = {'\t', ',', ';'};
  char best = 0;
  std::ptrdiff_t most = 0;
  for (const char candidate : candidates) {
    const auto count = std::count(line.begin(), line.end(), candidate);
    if (count > most) {
      most = count;
      best = candidate;
    }
  }
  if (!best && line.find(' ') != std::string_view::npos) best = ' ';
  return best;
}

std::vector<std::string> split_line(std::string_view line, char delimiter) {
  std::vector<std::string> fields;
  const char *at = line.data(), *end = at + line.size();
  while (true) {
    const char* stop = field_end(at, end, delimiter);
    fields.emplace_back(unquoted({at, static_cast<std::size_t>(stop - at)}));
    if (stop >= end) return fields;
    at = stop + 1;
  }
}

TextTable read_text_table(const InputFile& text) {
  TextTable out;
  std::uint64_t at = 0;
  auto line = first_line(text, 0, at);
  const char delimiter = delimiter_of(line);
  out.header = split_line(line, delimiter);
  const LineBlocks blocks(text, at);
  std::vector<char> scratch;
  for (std::size_t b = 0; b < blocks.count(); ++b) {
    auto lines = blocks.read(b, scratch);
    while (!lines.empty()) {
      const auto end = std::min(lines.find('\n'), lines.size());
      const auto row = lines.substr(0, end);
      if (!row.empty() && row != "\r") out.rows.push_back(split_line(row, delimiter));
      lines.remove_prefix(std::min(lines.size(), end + 1));
    }
  }
  return out;
}

Dataset read_table(const InputFile& text, const Context& context) {
  const auto header = read_header(text);
  const LineBlocks lines(text, header.body);
  std::vector<TableBlock> blocks(lines.count());
  struct Scratch {
    std::vector<char> text;
    BlockParser parser;
  };
  std::vector<Scratch> scratch(worker_count(context),
                               Scratch{{}, BlockParser(header.names.size(), header.delimiter)});
  guarded_blocks(context, blocks.size(), 1, "read", [&](const Block& block) {
    auto& mine = scratch[block.worker];
    blocks[block.index] = mine.parser.parse(lines.read(block.index, mine.text));
  });
  std::vector<std::string> names;
  std::vector<RowBand> bands;
  for (auto& block : blocks) {
    if (block.problem_row != SIZE_MAX)
      refuse_row(text, block, names.size() + block.problem_row, header);
    std::move(block.names.begin(), block.names.end(), std::back_inserter(names));
    bands.push_back(std::move(block.band));
  }
  if (names.empty()) refuse("io.no_cells", {{"cells", 0}, {"genes", header.names.size()}});
  Dataset dataset;
  dataset.format = "table";
  Text evidence;
  const bool genes_in_rows = rows_are_genes(names, header.names, evidence);
  dataset.notes.push_back(message(genes_in_rows ? "io.note.genes_in_rows" : "io.note.cells_in_rows",
                                  {{"evidence", evidence}}));
  dataset.obs.index = genes_in_rows ? header.names : names;
  dataset.var.index = genes_in_rows ? names : header.names;
  settle_matrix(dataset,
                join_bands(bands, genes_in_rows ? Order::gene_major : Order::cell_major,
                           header.names.size(), context),
                "X", context);
  settle_dataset(dataset);
  return dataset;
}

}  // namespace celloquy::io
