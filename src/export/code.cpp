#include "export/code.hpp"

#include <algorithm>
#include <functional>

#include "export/seurat_reading.hpp"

namespace celloquy::exports {
namespace {

using nlohmann::json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

/// A comment of one or more lines.
std::string comment(const std::string& text) {
  std::string out;
  for (const auto& line : lines_of(text)) out += "# " + line + "\n";
  return out;
}

bool python_import(const std::string& line) {
  return line.starts_with("import ") ||
         (line.starts_with("from ") && line.find(" import ") != std::string::npos);
}
bool r_import(const std::string& line) {
  return line.starts_with("library(") ||
         line.starts_with("suppressPackageStartupMessages(library(");
}

/// A snippet without its imports, which go to `imports`, each once.
std::string without_imports(const std::string& code,
                            const std::function<bool(const std::string&)>& is_import,
                            std::vector<std::string>& imports) {
  std::string out;
  for (const auto& line : lines_of(code)) {
    if (!is_import(line))
      out += line + "\n";
    else if (std::find(imports.begin(), imports.end(), line) == imports.end())
      imports.push_back(line);
  }
  return out;
}

std::string scanpy_reading(const CodeSource& source) {
  const std::string path = quoted(source.path);
  if (source.format == "10x_h5")
    return "adata = sc.read_10x_h5(" + path + ")\nadata.var_names_make_unique()\n";
  if (source.format == "matrix_market")
    return "adata = sc.read_10x_mtx(" + path + ")\nadata.var_names_make_unique()\n";
  if (source.format == "table") {
    std::string code =
        "adata = sc.AnnData(pd.read_csv(" + path + ", index_col=0, sep=None, engine=\"python\")";
    return code + (source.cells_are_columns ? ".T)\n" : ")\n") +
           "adata.X = scipy.sparse.csr_matrix(adata.X, dtype=\"float32\")\n";
  }
  std::string code = "adata = sc.read_h5ad(" + path + ")\n";
  if (source.matrix_where == "raw/X") code += "adata = adata.raw.to_adata()\n";
  if (source.matrix_where.starts_with("layers/"))
    code += "adata.X = adata.layers[" + quoted(source.matrix_where.substr(7)) + "].copy()\n";
  return code;
}

std::vector<std::string> scanpy_imports(const CodeSource& source) {
  if (source.format != "table") return {"import scanpy as sc"};
  return {"import pandas as pd", "import scanpy as sc", "import scipy.sparse"};
}

/// One block of a script or cell of a notebook.
struct Piece {
  std::string words, code;
};

std::vector<Piece> pieces_of(const std::string& reading, const CodeSource& source,
                             const std::vector<CodeStep>& steps, std::string CodeStep::*member,
                             const char* program, Language language,
                             const std::function<bool(const std::string&)>& is_import,
                             std::vector<std::string>& imports) {
  std::string start = message("export.code.read").in(language);
  if (!source.matrix_where.empty() && source.matrix_where != "X")
    start += "\n" + message("export.code.state", {{"where", source.matrix_where}}).in(language);
  std::vector<Piece> pieces{{start, reading}};
  for (const auto& step : steps) {
    const auto& summary = step.summary.in(language);
    Piece piece{summary.empty() ? step.tool : summary,
                without_imports(step.*member, is_import, imports)};
    if (piece.code.empty()) {
      // A step without code on either side (the root, undo) needs no mention.
      if (step.scanpy.empty() && step.seurat.empty()) continue;
      piece.words +=
          "\n" + message("export.code.no_equivalent", {{"program", program}}).in(language);
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

std::string script(const CodeSource& source, const std::vector<Piece>& pieces,
                   const std::vector<std::string>& imports, Language language) {
  std::string out =
      comment(source.title) + comment(message("export.code.header").in(language)) + "\n";
  for (const auto& line : imports) out += line + "\n";
  for (const auto& piece : pieces) out += "\n" + comment(piece.words) + piece.code;
  return out;
}

}  // namespace

std::string scanpy_script(const CodeSource& source, const std::vector<CodeStep>& steps,
                          Language language) {
  auto imports = scanpy_imports(source);
  const auto pieces = pieces_of(scanpy_reading(source), source, steps, &CodeStep::scanpy, "Scanpy",
                                language, python_import, imports);
  return script(source, pieces, imports, language);
}

std::string seurat_script(const CodeSource& source, const std::vector<CodeStep>& steps,
                          Language language) {
  std::vector<std::string> imports{"library(Seurat)"};
  const auto pieces = pieces_of(seurat_reading(source), source, steps, &CodeStep::seurat, "Seurat",
                                language, r_import, imports);
  return script(source, pieces, imports, language);
}

json notebook(const CodeSource& source, const std::vector<CodeStep>& steps, Language language) {
  auto imports = scanpy_imports(source);
  const auto pieces = pieces_of(scanpy_reading(source), source, steps, &CodeStep::scanpy, "Scanpy",
                                language, python_import, imports);
  json cells = json::array();
  const auto add = [&](const char* type, const std::string& text) {
    if (text.empty()) return;
    json lines = json::array();
    const auto all = lines_of(text);
    for (std::size_t i = 0; i < all.size(); ++i)
      lines.push_back(all[i] + (i + 1 < all.size() ? "\n" : ""));
    json cell = {{"cell_type", type},
                 {"id", "cell-" + std::to_string(cells.size())},
                 {"metadata", json::object()},
                 {"source", lines}};
    if (std::string_view(type) == "code") {
      cell["execution_count"] = nullptr;
      cell["outputs"] = json::array();
    }
    cells.push_back(std::move(cell));
  };
  add("markdown", "# " + source.title + "\n\n" + message("export.code.header").in(language));
  std::string first;
  for (const auto& line : imports) first += line + "\n";
  add("code", first);
  for (const auto& piece : pieces) {
    add("markdown", piece.words);
    add("code", piece.code);
  }
  return {
      {"cells", cells},
      {"metadata",
       {{"kernelspec", {{"display_name", "Python 3"}, {"language", "python"}, {"name", "python3"}}},
        {"language_info", {{"name", "python"}}}}},
      {"nbformat", 4},
      {"nbformat_minor", 5}};
}

}  // namespace celloquy::exports
