#pragma once
// An HTML report in one file: figures, tables, methods, provenance.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/expected.hpp"
#include "export/tables.hpp"

namespace celloquy::exports {

/// A figure of a report or a folder of figures.
struct Figure {
  Text title;
  nlohmann::json spec;  ///< of plots.hpp
  Text caption;         ///< may be empty
};

struct ReportSection {
  Text title;
  std::vector<Text> sentences;  ///< what was found, in words; a paragraph each
  std::vector<Text> caveats;
  std::vector<Figure> figures;
  std::vector<Table> tables;  ///< at most the first 50 rows are shown
};

struct Report {
  Text title;
  std::string file;  ///< the data, as the user gave it
  std::string fingerprint;
  std::vector<ReportSection> sections;
  std::vector<Text> methods;  ///< sentences, in the order of the analysis
  std::vector<std::string> references;
  std::vector<std::pair<Text, std::string>> versions;  ///< "celloquy" → "0.1.0", "seed" → "0"
  std::vector<std::pair<std::string, std::string>> results;  ///< role → result key
  std::string state;                                         ///< id of the study's state
  std::string scanpy;                                        ///< script, shown folded; may be empty
  std::string time;  ///< ISO 8601; empty: left out, so that the bytes repeat
};

/// Self-contained: no script, no outside address.
Expected<std::string> report_html(const Report& report, Language language);
Status write_report(const std::string& path, const Report& report, Language language);

}  // namespace celloquy::exports
