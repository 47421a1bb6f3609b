#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "export/cellxgene.hpp"
#include "export/code.hpp"
#include "export/figures.hpp"
#include "export/h5ad.hpp"
#include "export/output_folder.hpp"
#include "export/report.hpp"
#include "io/read.hpp"
#include "plots/plots.hpp"

namespace celloquy::exports {
namespace {

namespace fs = std::filesystem;

class ExportTest : public ::testing::Test {
 protected:
  ExportTest()
      : folder((fs::temp_directory_path() / ("celloquy-export-" + std::to_string(::getpid())))
                   .string()) {
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  ~ExportTest() override { fs::remove_all(folder); }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string folder;
};

Table example_table() {
  return {"marker genes",
          {{"gene", std::vector<std::string>{"CD3D", "a,b", "say \"x\"", "two\nlines"}},
           {"p", std::vector<double>{0.1, 1e-300, std::nan(""), 3}}}};
}

TEST(Tables, CsvQuotesAndKeepsNumbersExactly) {
  EXPECT_EQ(table_text(example_table(), Separator::comma),
            "gene,p\nCD3D,0.1\n\"a,b\",1e-300\n\"say \"\"x\"\"\",\n\"two\nlines\",3\n");
  EXPECT_EQ(table_text(example_table(), Separator::tab),
            "gene\tp\nCD3D\t0.1\na,b\t1e-300\nsay \"x\"\t\ntwo lines\t3\n");
  for (const double value : {1.0 / 3, 5e-324, 1.7976931348623157e308, -0.1})
    EXPECT_EQ(
        std::strtod(
            table_text({"t", {{"v", std::vector<double>{value}}}}, Separator::tab).c_str() + 2,
            nullptr),
        value);
}

TEST_F(ExportTest, TablesGoIntoAFolderUnderTheirNames) {
  const auto paths = write_tables(folder + "/new/tables", {example_table(), example_table()});
  ASSERT_TRUE(paths) << paths.error().message.en;
  EXPECT_EQ(*paths, (std::vector<std::string>{folder + "/new/tables/marker_genes.csv",
                                              folder + "/new/tables/marker_genes_2.csv"}));
  EXPECT_EQ(read(paths->front()), table_text(example_table(), Separator::comma));
  std::ofstream(folder + "/file") << "x";
  const auto blocked = write_tables(folder + "/file", {example_table()});
  ASSERT_FALSE(blocked);
  EXPECT_EQ(blocked.error().code, ErrorCode::unusable_input);
}

TEST(FileNames, AreSafe) {
  EXPECT_EQ(file_name_of("../../etc/passwd"), "etc_passwd");
  EXPECT_EQ(file_name_of("T cells: CD3D, CD4 (%)"), "T_cells_CD3D_CD4");
  EXPECT_EQ(file_name_of("肝脏巨噬细胞"), "肝脏巨噬细胞");
  EXPECT_EQ(file_name_of("///"), "unnamed");
  EXPECT_LE(file_name_of(std::string(500, 'a')).size(), 60u);
}

Figure example_figure() {
  const std::vector<double> values{3, 5};
  return {{"Cells of each type", "各类型细胞数"},
          plots::bars({"Cells of each type", "各类型细胞数"}, {"Type", "类型"},
                      {{"B cell", "B 细胞"}, {"T cell", "T 细胞"}}, values, {"Cells", "细胞数"}),
          {"Counted after filtering.", "过滤后计数。"}};
}

TEST_F(ExportTest, FiguresAsSvgAndSpecification) {
  const auto svg = write_figures(folder, {example_figure(), example_figure()}, FigureFormat::svg,
                                 Language::english);
  ASSERT_TRUE(svg) << svg.error().message.en;
  EXPECT_EQ(svg->at(1), folder + "/02_Cells_of_each_type.svg");
  EXPECT_EQ(read(svg->front()).rfind("<svg", 0), 0u);
  const auto spec =
      write_figures(folder, {example_figure()}, FigureFormat::vega_lite, Language::chinese);
  ASSERT_TRUE(spec);
  EXPECT_EQ(nlohmann::json::parse(read(spec->front()))["title"]["text"], "各类型细胞数");
}

std::vector<CodeStep> example_steps() {
  return {{"filter_cells",
           {{"min_genes", 200}},
           {"Kept 1,290 of 1,336 cells.", "保留 1,336 个细胞中的 1,290 个。"},
           "import scanpy as sc\nimport numpy as np\nadata = adata[adata.obs.n > 200].copy()\n",
           "object <- subset(object, nFeature_RNA > 200)\n"},
          {"annotate",
           {},
           {"Named the clusters.", "给各簇命名。"},
           "",
           "library(dplyr)\nobject$x <- 1\n"},
          {"undo", {}, {"Went back.", "后退一步。"}, "", ""}};
}

TEST(Code, ScanpyScriptReadsImportsOnceAndKeepsTheOrder) {
  const auto code = scanpy_script({"my data.h5ad", "h5ad", "layers/counts", false, "Example"},
                                  example_steps(), Language::english);
  EXPECT_EQ(code.find("import scanpy as sc"), code.rfind("import scanpy as sc"));
  EXPECT_LT(code.find("import numpy as np"), code.find("sc.read_h5ad(\"my data.h5ad\")"));
  EXPECT_LT(code.find("adata.layers[\"counts\"]"), code.find("adata.obs.n > 200"));
  EXPECT_NE(code.find("# Kept 1,290 of 1,336 cells."), std::string::npos);
  EXPECT_NE(code.find("No equivalent in Scanpy"), std::string::npos);
  EXPECT_EQ(code.find("Went back"), std::string::npos);
}

TEST(Code, SeuratScriptAndChineseComments) {
  const auto code =
      seurat_script({"x", "10x_h5", "X", false, "例"}, example_steps(), Language::chinese);
  EXPECT_LT(code.find("library(dplyr)"), code.find("Read10X_h5(\"x\")"));
  EXPECT_NE(code.find("# 给各簇命名。"), std::string::npos);
}

TEST(Code, SeuratReadsAnnDataItselfFromWhereTheCountsAre) {
  for (const char* where : {"X", "raw/X", "layers/counts"}) {
    const auto code = seurat_script({"x y.h5ad", "h5ad", where, false, "t"}, {}, Language::english);
    EXPECT_NE(code.find("read_h5ad(\"x y.h5ad\", \"" + std::string(where) + "\")"),
              std::string::npos)
        << code;
    EXPECT_EQ(code.find("zellkonverter"), std::string::npos) << "needs Python";
  }
}

TEST(Code, ATitleOfSeveralLinesStaysAComment) {
  const auto code =
      scanpy_script({"x\"\nimport os", "h5ad", "X", false, "a\nimport os"}, {}, Language::english);
  EXPECT_EQ(code.find("\nimport os"), std::string::npos) << code;
}

TEST(Code, ScriptsAndNotebookArePython) {
  if (std::system("python3 -c '' >/dev/null 2>&1") != 0) GTEST_SKIP() << "python3 is not installed";
  for (const char* format : {"h5ad", "10x_h5", "matrix_market", "table"}) {
    const auto path =
        (fs::temp_directory_path() / ("celloquy-code-" + std::to_string(::getpid()) + ".py"))
            .string();
    std::ofstream(path) << scanpy_script({"x", format, "raw/X", true, "t"}, example_steps(),
                                         Language::chinese);
    EXPECT_EQ(std::system(("python3 -c \"import ast,sys;ast.parse(open('" + path +
                           "',encoding='utf-8').read())\"")
                              .c_str()),
              0)
        << format;
    fs::remove(path);
  }
}

TEST(Code, NotebookHasTheCellsOfTheFormat) {
  const auto book =
      notebook({"x.h5ad", "h5ad", "X", false, "Example"}, example_steps(), Language::english);
  EXPECT_EQ(book["nbformat"], 4);
  std::size_t code_cells = 0;
  std::string source;
  for (const auto& cell : book["cells"]) {
    ASSERT_TRUE(cell.contains("id") && cell.contains("metadata"));
    if (cell["cell_type"] != "code") continue;
    ++code_cells;
    EXPECT_TRUE(cell["outputs"].is_array());
    EXPECT_TRUE(cell["execution_count"].is_null());
    for (const auto& line : cell["source"]) source += line.get<std::string>();
  }
  EXPECT_EQ(code_cells, 3u);  // imports, reading, the filter
  EXPECT_NE(source.find("adata.obs.n > 200"), std::string::npos);
}

Report example_report() {
  Report report;
  report.title = {"Blood <cells>", "血液细胞"};
  report.file = "demo.h5ad";
  report.fingerprint = "abc";
  report.sections = {{{"Overview", "概览"},
                      {{"There are 8 cells.", "共有 8 个细胞。"}},
                      {{"Few cells.", "细胞很少。"}},
                      {example_figure(), example_figure()},
                      {example_table()}}};
  report.methods = {{"Cells were counted.", "对细胞计数。"}};
  report.references = {"Wolf et al. 2018"};
  report.versions = {{{"Seed", "随机种子"}, "0"}};
  report.results = {{"clusters", "0123abcd"}};
  report.state = "state0";
  report.scanpy = "if a < b: pass";
  return report;
}

TEST(ReportHtml, HoldsEverythingAndNothingFromOutside) {
  const auto html = report_html(example_report(), Language::english);
  ASSERT_TRUE(html) << html.error().message.en;
  for (const char* part :
       {"Blood &lt;cells&gt;", "There are 8 cells.", "Few cells.", "<svg", "Figure 2", "CD3D",
        "1.00e-300", "Cells were counted.", "Wolf et al. 2018", "0123abcd", "state0",
        "if a &lt; b: pass", "lang=\"en\""})
    EXPECT_NE(html->find(part), std::string::npos) << part;
  EXPECT_EQ(html->find("<script"), std::string::npos);
  EXPECT_EQ(html->find("src=\"http"), std::string::npos);
  EXPECT_EQ(html->find("@import"), std::string::npos);
  EXPECT_EQ(*html, *report_html(example_report(), Language::english));
}

TEST(ReportHtml, InChinese) {
  const auto html = report_html(example_report(), Language::chinese);
  ASSERT_TRUE(html);
  for (const char* part :
       {"血液细胞", "共有 8 个细胞。", "方法", "参考文献", "图 1", "lang=\"zh-Hans\""})
    EXPECT_NE(html->find(part), std::string::npos) << part;
  EXPECT_EQ(html->find("There are 8"), std::string::npos);
}

class H5adTest : public ExportTest {
 protected:
  H5adTest() {
    // 4 cells × 3 genes.
    Buffer<std::uint16_t> indices(6);
    Buffer<std::uint8_t> values(6);
    const int index[] = {0, 1, 2, 0, 2, 1}, value[] = {1, 2, 3, 4, 5, 6};
    for (int i = 0; i < 6; ++i)
      indices[i] = static_cast<std::uint16_t>(index[i]),
      values[i] = static_cast<std::uint8_t>(value[i]);
    data.matrix = CountMatrix(SparseMatrix(Order::cell_major, 4, 3, {0, 2, 3, 5, 6},
                                           std::move(indices), std::move(values)));
    data.path = folder + "/source.h5ad";
    data.obs.index = {"c0", "c1", "c2", "c3"};
    data.var.index = {"CD3D", "LYZ", "MS4A1"};
    data.obs.set("donor", *as_categorical(Column(std::vector<std::string>{"a", "a", "b", "b"})));
    data.obsm["X_old"] = {4, 2, {0, 0, 1, 1, 2, 2, 3, 3}};
  }
  Dataset data;
};

TEST_F(H5adTest, KeptCellsWithResultsComeBack) {
  const std::vector<std::uint32_t> cells{1, 2, 3};
  const DenseBlock layout{3, 2, {1, 2, 3, 4, 5, 6}};
  const SquareSparse graph{{0, 1, 2, 2}, {1, 0}, {0.5f, 0.5f}};
  const Table table = example_table();
  H5adExport content;
  content.dataset = &data;
  content.cells = &cells;
  content.obs = {{"leiden", *as_categorical(Column(std::vector<std::string>{"0", "0", "1"}))},
                 {"n_genes", NullableInteger{{1, 2, 1}, {}}}};
  content.obsm = {{"X_umap", &layout}};
  content.obsp = {{"connectivities", &graph}};
  content.tables = {&table};
  content.facts = {{"version", "0.1.0"}};
  const auto path = folder + "/out.h5ad";
  const auto status = write_h5ad_export(path, content, {});
  ASSERT_TRUE(status) << status.error().message.en;
  const auto back = read_dataset(path, {});
  ASSERT_TRUE(back) << back.error().message.en;
  EXPECT_EQ(back->n_cells(), 3u);
  EXPECT_EQ(back->obs.index, (std::vector<std::string>{"c1", "c2", "c3"}));
  EXPECT_EQ(value_text(*back->obs.find("leiden"), 2), "1");
  EXPECT_EQ(value_text(*back->obs.find("donor"), 0), "a");
  EXPECT_EQ(back->obsm.at("X_umap").values, layout.values);
  EXPECT_EQ(back->obsm.at("X_old").values, (std::vector<float>{1, 1, 2, 2, 3, 3}));
  RowDecoder decoder(back->matrix.by_cell());
  const auto row = decoder.row(1);
  EXPECT_EQ(std::vector<float>(row.values.begin(), row.values.end()), (std::vector<float>{4, 5}));
}

TEST_F(H5adTest, CellxgeneLayout) {
  data.var.index = {"CD3D", "LINC01167",
                    "MS4A1"};  // the second has an identifier that the schema has not
  data.var.set("feature_name", std::vector<std::string>{"a", "b", "c"});
  data.organism.organism = "human";
  const std::vector<std::uint32_t> cells{0, 1, 2};
  const DenseBlock layout{3, 2, {1, 2, 3, 4, 5, 6}};
  Normalization logs;
  logs.kind = Normalization::Kind::log1p;
  logs.scale = {2.0f, 2.0f, 2.0f};
  H5adExport content;
  content.dataset = &data;
  content.cells = &cells;
  content.normalization = &logs;
  content.obs = {{"cell_type", *as_categorical(Column(std::vector<std::string>{"T", "T", "B"}))},
                 {"site", Categorical{{"left", "nowhere", "right"}, {0, 0, 2}, false}}};
  content.obsm = {{"X_umap", &layout}};
  const auto path = folder + "/cellxgene.h5ad";
  const auto genes = write_cellxgene(path, content, "Example", {});
  ASSERT_TRUE(genes) << genes.error().message.en;
  EXPECT_EQ(genes->written, 2u);
  EXPECT_EQ(genes->left_out, 1u);
  const auto back = read_dataset(path, {});
  ASSERT_TRUE(back) << back.error().message.en;
  EXPECT_EQ(back->matrix_where, "raw/X");
  EXPECT_EQ(back->n_genes(), 2u);
  // The reader puts the symbols back in their place.
  EXPECT_EQ(back->var.index, (std::vector<std::string>{"CD3D", "MS4A1"}));
  ASSERT_TRUE(back->var.find("gene_ids"));
  EXPECT_EQ(value_text(*back->var.find("gene_ids"), 1), "ENSG00000156738");
  for (const char* column : {"author_cell_type", "site"})
    ASSERT_TRUE(back->obs.find(column)) << column;
  EXPECT_EQ(value_text(*back->obs.find("author_cell_type"), 2), "B");
  EXPECT_FALSE(back->obs.find("cell_type"));
  EXPECT_EQ(std::get<Categorical>(*back->obs.find("site")).categories,
            (std::vector<std::string>{"left", "right"}));
  EXPECT_FALSE(back->var.find("feature_name"));
  RowDecoder decoder(back->matrix.by_cell());
  const auto row = decoder.row(1);
  EXPECT_EQ(std::vector<float>(row.values.begin(), row.values.end()), std::vector<float>{3});

  const auto refused = [&] {
    const auto result = write_cellxgene(path, content, "Example", {});
    return !result && result.error().code == ErrorCode::cannot_answer;
  };
  data.organism.organism = "zebrafish";
  EXPECT_TRUE(refused());
  data.organism.organism = "human";
  data.var.index = {"no gene 1", "no gene 2", "no gene 3"};
  EXPECT_TRUE(refused());
}

TEST_F(H5adTest, SizesThatDoNotFitAreRefused) {
  const std::vector<std::uint32_t> cells{1, 2};
  H5adExport content;
  content.dataset = &data;
  content.cells = &cells;
  content.obs = {{"leiden", Column(std::vector<double>{1, 2, 3})}};
  const auto path = folder + "/out.h5ad";
  const auto status = write_h5ad_export(path, content, {});
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.en.find("obs/leiden"), std::string::npos);
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace celloquy::exports
