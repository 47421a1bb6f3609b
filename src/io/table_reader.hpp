#pragma once
// Tables of numbers as text: CSV, TSV, with a header line and a name in front of each row.

#include "io/readers.hpp"
#include "io/text_source.hpp"

namespace celloquy::io {

/// Cells × genes or genes × cells; which of them is found out from the names.
/// `text` is expanded already.
Dataset read_table(const InputFile& text, const Context& context);

/// A small table of texts (annotations): header and rows of fields.
struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};
TextTable read_text_table(const InputFile& text);

/// Splits one line; quotes around fields are removed.
std::vector<std::string> split_line(std::string_view line, char delimiter);
/// The one of tab, comma, semicolon, space that the line has most of; 0 if none.
char delimiter_of(std::string_view line);

/// A number as tables hold it: "12", "0.0", "3e-05", "NA". False if it is none.
bool parse_number(std::string_view field, double& value);

}  // namespace celloquy::io
