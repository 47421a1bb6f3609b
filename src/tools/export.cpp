// Writes what was found: h5ad, tables, figures, a report, code.

#include <algorithm>
#include <filesystem>
#include <map>

#include "export/code.hpp"
#include "export/figures.hpp"
#include "export/report.hpp"
#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/export_content.hpp"
#include "tools/space/search_columns.hpp"

namespace celloquy::tools {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kinds = {"h5ad",   "cellxgene", "tables", "figures",
                                        "report", "scanpy",    "seurat", "notebook"};

std::string kind_of_path(const std::string& path) {
  static const std::map<std::string, std::string> endings = {
      {".h5ad", "h5ad"}, {".py", "scanpy"},      {".r", "seurat"},
      {".R", "seurat"},  {".ipynb", "notebook"}, {".html", "report"}};
  const auto found = endings.find(fs::path(path).extension().string());
  return found == endings.end() ? std::string() : found->second;
}

/// In the folder where the program runs: the data's own folder may not be ours.
std::string default_path(Pipeline& pipeline, const std::string& kind) {
  static const std::map<std::string, std::string> endings = {
      {"h5ad", ".h5ad"},     {"cellxgene", "_cellxgene.h5ad"},
      {"tables", "_tables"}, {"figures", "_figures"},
      {"report", ".html"},   {"scanpy", ".py"},
      {"seurat", ".R"},      {"notebook", ".ipynb"}};
  return fs::path(pipeline.study().path()).stem().string() + "_celloquy" + endings.at(kind);
}

/// Scripts have what a user would want to run: cells, normalisation, clusters, layout, markers.
Expected<std::string> script(Pipeline& pipeline, const std::string& kind) {
  CELLOQUY_TRY(const auto source, code_source(pipeline));
  CELLOQUY_TRY(auto steps, code_steps(pipeline, Needs::layout));
  if (pipeline.values()) {
    exports::CodeStep last;
    last.tool = "markers";
    last.summary = message("tools.title.markers");
    last.scanpy =
        "import scanpy as sc\nsc.tl.rank_genes_groups(adata, \"leiden\", method=\"wilcoxon\", "
        "tie_correct=True, pts=True)\n";
    last.seurat = "markers <- FindAllMarkers(object, only.pos = TRUE)\n";
    steps.push_back(std::move(last));
  }
  if (kind == "scanpy") return exports::scanpy_script(source, steps, Language::english);
  if (kind == "seurat") return exports::seurat_script(source, steps, Language::english);
  return exports::notebook(source, steps, Language::english).dump(1);
}

exports::ReportSection section_of(const Text& title, const Finding& finding) {
  exports::ReportSection section;
  section.title = title;
  for (const auto& statement : finding.statements)
    section.sentences.push_back(sentence(finding, statement));
  for (const auto& caveat : finding.caveats) section.caveats.push_back(sentence(finding, caveat));
  for (const auto& plot : finding.plots) section.figures.push_back({plot.title, plot.spec, {}});
  for (const auto& table : finding.tables)
    section.tables.push_back(plain_table(table, table.id, Language::english));
  return section;
}

Expected<exports::Report> report(Pipeline& pipeline) {
  CELLOQUY_TRY(const auto findings, report_findings(pipeline));
  exports::Report out;
  out.file = pipeline.study().path();
  out.title = message("tools.export.title", {{"path", fs::path(out.file).filename().string()}});
  out.fingerprint = pipeline.study().fingerprint();
  out.state = pipeline.study().state().id;
  for (const auto& [title, finding] : findings) {
    out.sections.push_back(section_of(title, finding));
    out.methods.push_back(finding.method);
    for (const auto& reference : finding.references)
      if (std::find(out.references.begin(), out.references.end(), reference) ==
          out.references.end())
        out.references.push_back(reference);
  }
  for (const auto& [role, key] : pipeline.study().state().slots)
    out.results.emplace_back(role, key);
  CELLOQUY_TRY(out.scanpy, script(pipeline, "scanpy"));
  return out;
}

Expected<std::vector<exports::Figure>> figures(Pipeline& pipeline) {
  CELLOQUY_TRY(const auto findings, report_findings(pipeline));
  std::vector<exports::Figure> out;
  for (const auto& [title, finding] : findings)
    for (const auto& plot : finding.plots) out.push_back({plot.title, plot.spec, {}});
  return out;
}

Table files_table(const std::vector<std::string>& files) {
  Table table{"files", message("tools.title.files"), {}};
  auto column = table_column("file", "tools.title.file", "", NameKind::file);
  for (const auto& file : files) column.cells.push_back(Value::name(file, NameKind::file));
  table.columns = {std::move(column)};
  return table;
}

Expected<std::vector<std::string>> write(Pipeline& pipeline, const std::string& kind,
                                         const std::string& path,
                                         std::span<const std::string> searches) {
  if (kind == "h5ad") {
    CELLOQUY_CHECK(write_h5ad_file(pipeline, path, searches));
    return std::vector{path};
  }
  if (kind == "tables") {
    CELLOQUY_TRY(const auto tables, result_tables(pipeline));
    return exports::write_tables(path, tables);
  }
  if (kind == "figures") {
    CELLOQUY_TRY(const auto pictures, figures(pipeline));
    return exports::write_figures(path, pictures, exports::FigureFormat::svg, Language::english);
  }
  if (kind == "report") {
    CELLOQUY_TRY(const auto document, report(pipeline));
    CELLOQUY_CHECK(exports::write_report(path, document, Language::english));
    return std::vector{path};
  }
  CELLOQUY_TRY(const std::string text, script(pipeline, kind));
  CELLOQUY_CHECK(workspace::write_file_atomically(path, text));
  return std::vector{path};
}

/// Which searches have become columns.
void add_searches(Finding& finding, std::span<const std::string> searches) {
  if (searches.empty()) return;
  Table table{"searches", message("tools.title.searches"), {}};
  auto text = table_column("text", "tools.title.search_text");
  for (const auto& one : searches) text.cells.push_back(Value::name(one, NameKind::none));
  table.columns = {std::move(text)};
  finding.tables.push_back(std::move(table));
  finding.statements.push_back(
      {"tools.export.searches", {{"texts", rows_of("searches.text", searches.size())}}});
}

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  std::string kind = arguments.text("kind").value_or("");
  if (kind.empty() && arguments.has("path")) kind = kind_of_path(*arguments.text("path"));
  if (kind.empty()) {
    std::string all;
    for (const auto& one : kinds) all += (all.empty() ? "" : ", ") + one;
    return failure(ErrorCode::usage, "tools.export.no_kind", {{"kinds", all}});
  }
  const std::string path = arguments.text("path").value_or(default_path(pipeline, kind));
  std::error_code unknown;  // a target that does not exist yet is no obstacle
  if (fs::equivalent(path, pipeline.study().path(), unknown))
    return failure(ErrorCode::usage, "tools.export.same_file", {{"path", path}});
  auto searches = arguments.list("searches");
  if (searches.empty()) searches = latest_searches(pipeline.study());
  Finding finding;
  finding.values["path"] = Value::name(path, NameKind::file);
  std::vector<std::string> files{path};
  if (kind == "cellxgene") {
    CELLOQUY_TRY(const auto genes, write_cellxgene_file(pipeline, path, searches));
    finding.values["n_genes"] = Value::count(static_cast<double>(genes.written), "genes");
    finding.values["n_left_out"] = Value::count(static_cast<double>(genes.left_out), "genes");
  } else {
    CELLOQUY_TRY(files, write(pipeline, kind, path, searches));
  }
  finding.values["n_files"] = Value::count(static_cast<double>(files.size()), "files");
  finding.tables.push_back(files_table(files));
  if (kind == "h5ad" || kind == "cellxgene") {
    CELLOQUY_TRY(const auto cells, pipeline.cells());
    finding.values["n_cells"] = Value::count(static_cast<double>(cells->kept.size()), "cells");
  }
  if (kind == "h5ad") {
    say(finding.statements, "tools.export.h5ad", {"n_cells", "path"});
    add_searches(finding, searches);
  } else if (kind == "cellxgene") {
    say(finding.statements, "tools.export.cellxgene", {"n_cells", "n_genes", "path", "n_left_out"});
    say(finding.caveats, "tools.caveat.curation");
  } else if (kind == "tables" || kind == "figures") {
    say(finding.statements,
        plural(static_cast<double>(files.size()), "tools.export.files_one", "tools.export.files"),
        {"n_files", "path"});
  } else {
    say(finding.statements, kind == "report" ? "tools.export.report" : "tools.export.script",
        {"path"});
  }
  finding.method = message("tools.method.export");
  finding.code =
      whole_code(pipeline, pipeline.values() ? Needs::layout : Needs::cells,
                 {"adata.write_h5ad(\"result.h5ad\")\n", "saveRDS(object, \"result.rds\")\n"});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> export_tool() {
  using enum ArgumentType;
  return make_tool({"export",
                    message("tools.export.purpose"),
                    {choices(argument("kind", choice, "tools.export.kind"), kinds),
                     argument("path", file, "tools.export.path"),
                     argument("searches", groups, "tools.export.searches_argument")},
                    false},
                   run);
}

}  // namespace celloquy::tools
