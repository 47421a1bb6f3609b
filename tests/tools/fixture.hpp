#pragma once
// A small study made from known rules: three kinds of blood cells of six
// donors, three of them treated; what the tools must find is known beforehand.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "io/h5ad_writer.hpp"
#include "knowledge/knowledge.hpp"
#include "tools/sentences.hpp"
#include "tools/tool.hpp"
#include "workspace/study.hpp"

namespace celloquy::tools::test {

using nlohmann::json;

inline const std::vector<std::string>& b_genes() {
  static const std::vector<std::string> genes = {"MS4A1",  "CD79A", "CD79B", "CD19",
                                                 "BANK1",  "CD22",  "PAX5",  "TCL1A",
                                                 "VPREB3", "BLK",   "FCRLA", "LINC00926"};
  return genes;
}
inline const std::vector<std::string>& t_genes() {
  static const std::vector<std::string> genes = {"CD3D", "CD3E", "CD3G", "TRAC", "CD2", "IL7R",
                                                 "LCK",  "CD6",  "TCF7", "LEF1", "CD5", "BCL11B"};
  return genes;
}
inline const std::vector<std::string>& monocyte_genes() {
  static const std::vector<std::string> genes = {"LYZ",  "S100A8", "S100A9",   "CD14",
                                                 "FCN1", "VCAN",   "CSF1R",    "MS4A6A",
                                                 "CST3", "CTSS",   "SERPINA1", "CLEC7A"};
  return genes;
}
/// Expressed alike everywhere; real names, so that the annotation knows them.
inline const std::vector<std::string>& common_genes() {
  static const std::vector<std::string> genes = [] {
    std::vector<std::string> out = {
        "ACTB",    "GAPDH",   "B2M",     "TMSB4X", "EEF1A1",  "FTL",    "FTH1",   "TPT1",   "UBC",
        "UBB",     "PPIA",    "HNRNPA1", "HSPA8",  "ENO1",    "ALDOA",  "PGK1",   "LDHA",   "LDHB",
        "TPI1",    "PKM",     "YWHAZ",   "CFL1",   "PFN1",    "MYL6",   "TUBA1B", "TUBB",   "H3-3A",
        "H3-3B",   "NACA",    "BTF3",    "EEF2",   "EIF4A1",  "NPM1",   "NCL",    "HMGB1",  "SRSF3",
        "SRSF5",   "DDX5",    "CALM1",   "CALM2",  "ATP5F1B", "COX4I1", "COX6C",  "NDUFA4", "UQCRH",
        "SLC25A5", "SLC25A6", "VDAC1",   "PRDX1",  "PRDX2",   "SOD1",   "TXN",    "GSTP1",  "ANXA2",
        "ANXA5",   "VIM",     "EIF1",    "SERF2",  "SUMO2",   "PTMA",   "ISG15"};
    for (int i = 1; i <= 20; ++i) out.push_back("RPL" + std::to_string(i + 2));
    for (int i = 1; i <= 12; ++i) out.push_back("RPS" + std::to_string(i + 1));
    for (const char* name : {"MT-CO1", "MT-CO2", "MT-ND1", "MT-ND4", "MT-CYB"}) out.push_back(name);
    // Never expressed: neighbours in name for "not measured", and a gene that is measured but
    // absent.
    for (const char* name : {"INS", "FOXP3", "CD8A", "CD8B"}) out.push_back(name);
    return out;
  }();
  return genes;
}

inline constexpr std::size_t cells_a_type = 90;  ///< 15 of each of 6 donors

struct Sample {
  std::vector<std::string> genes;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint16_t> indices;
  std::vector<std::uint8_t> values;
  DataFrame obs, var;
};

inline Categorical categorical(const std::vector<std::string>& values) {
  return *as_categorical(Column(values));
}

/// 270 cells; the last two B cells have mostly mitochondrial counts.
inline Sample make_sample() {
  Sample s;
  for (const auto* part : {&b_genes(), &t_genes(), &monocyte_genes(), &common_genes()})
    s.genes.insert(s.genes.end(), part->begin(), part->end());
  const std::size_t n_expressed = s.genes.size();
  // Hardly expressed: that a cell lacks other types' markers is part of what names it.
  if (const auto markers = knowledge::marker_table())
    for (std::size_t g = 0; g < (*markers)->n_genes() && s.genes.size() < 2000; g += 9) {
      const std::string gene((*markers)->gene(static_cast<std::int32_t>(g)));
      if (std::find(s.genes.begin(), s.genes.end(), gene) == s.genes.end()) s.genes.push_back(gene);
    }
  std::vector<std::string> type, donor, condition, lane, lone, site, barcode;
  std::vector<double> score;
  for (std::size_t cell = 0; cell < 3 * cells_a_type; ++cell) {
    const std::size_t kind = cell / cells_a_type, d = cell % 6;
    const bool treated = d >= 3, dying = cell == 88 || cell == 89;
    RandomStream random(7, cell);
    const double depth = 0.8 + 0.4 * random.uniform();
    for (std::size_t g = 0; g < s.genes.size(); ++g) {
      const std::string& gene = s.genes[g];
      double rate = 3;
      if (g < 36) rate = g / 12 == kind ? 6 : 0.05;
      if (gene == "ISG15") rate = treated ? 20 : 2;
      if (gene.starts_with("MT-")) rate = dying ? 150 : 2;
      if (g >= n_expressed) rate = 0.005;
      if (gene == "INS" || gene == "FOXP3" || gene == "CD8A" || gene == "CD8B") rate = 0;
      // Donors differ a little, so that samples vary as samples do.
      if (g % 7 == d) rate *= 1.15;
      rate *= depth;
      // Poisson by counting exponential gaps.
      int n = 0;
      for (double t = -std::log(1 - random.uniform()); t < rate && n < 255; ++n)
        t += -std::log(1 - random.uniform());
      if (n == 0) continue;
      s.indices.push_back(static_cast<std::uint16_t>(g));
      s.values.push_back(static_cast<std::uint8_t>(n));
    }
    s.offsets.push_back(s.indices.size());
    static const char* const names[] = {"B cells", "T cells CD4 conv", "Monocytes"};
    type.push_back(names[kind]);
    donor.push_back("d" + std::to_string(d + 1));
    condition.push_back(treated ? "treated" : "control");
    lane.push_back(cell % 2 ? "L1" : "L2");
    lone.push_back(d == 0 ? "first" : "later");         // one donor on one side
    site.push_back((cell / 6) % 2 ? "left" : "right");  // both in every donor
    score.push_back(static_cast<double>(cell) / 10);
    barcode.push_back("cell" + std::to_string(cell + 1));
  }
  s.obs.index = barcode;
  s.obs.set("cell_type", categorical(type));
  s.obs.set("donor", categorical(donor));
  s.obs.set("condition", categorical(condition));
  s.obs.set("lane", categorical(lane));
  s.obs.set("visit", categorical(lone));
  s.obs.set("site", categorical(site));
  s.obs.set("score", score);
  s.var.index = s.genes;
  return s;
}

inline CountMatrix matrix_of(const Sample& s) {
  Buffer<std::uint16_t> indices(s.indices.size());
  Buffer<std::uint8_t> values(s.values.size());
  std::copy(s.indices.begin(), s.indices.end(), indices.begin());
  std::copy(s.values.begin(), s.values.end(), values.begin());
  return CountMatrix(SparseMatrix(Order::cell_major, s.offsets.size() - 1, s.genes.size(),
                                  s.offsets, std::move(indices), std::move(values)));
}

/// One folder a test, removed at its end.
class StudyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::path(CELLOQUY_BINARY_DIR) / "tools_test" /
             (std::string(info->test_suite_name()) + "." + info->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    sample = make_sample();
    write(folder / "cells.h5ad");
    open();
  }
  void TearDown() override {
    study.reset();
    std::filesystem::remove_all(folder);
  }

  void write(const std::filesystem::path& path) {
    const CountMatrix x = matrix_of(sample);
    H5adContent content;
    content.x = &x;
    content.obs = &sample.obs;
    content.var = &sample.var;
    const auto written = write_h5ad(path.string(), content, context);
    ASSERT_TRUE(written) << written.error().message.en;
  }
  void open(bool fresh = false) {
    study.reset();
    auto opened =
        workspace::Study::open((folder / "cells.h5ad").string(),
                               {(folder / "workspace").string(), "default", fresh}, context);
    ASSERT_TRUE(opened) << opened.error().message.en;
    study = *std::move(opened);
  }

  Expected<Finding> run(const std::string& tool, const json& arguments = json::object()) {
    return Registry::standard().run(tool, *study, arguments, context);
  }
  /// Runs and checks what holds for every finding.
  Finding ok(const std::string& tool, const json& arguments = json::object()) {
    auto finding = run(tool, arguments);
    EXPECT_TRUE(finding) << tool << arguments.dump() << ": "
                         << (finding ? "" : finding.error().message.en);
    if (!finding) return {};
    check(*finding);
    return *std::move(finding);
  }
  Error refused(const std::string& tool, const json& arguments, ErrorCode code) {
    const auto finding = run(tool, arguments);
    EXPECT_FALSE(finding) << tool << arguments.dump() << " was not refused";
    if (finding) return {};
    const Error& error = finding.error();
    EXPECT_EQ(error.code, code) << error.message.en;
    for (const auto* text : {&error.message, &error.remedy})
      for (const auto* words : {&text->en, &text->zh})
        EXPECT_EQ(words->find('{'), std::string::npos) << *words;
    EXPECT_FALSE(error.message.en.empty());
    EXPECT_FALSE(error.message.zh.empty());
    EXPECT_EQ(error.message.en.find("tools."), std::string::npos) << error.message.en;
    return error;
  }

  static void check(const Finding& finding) {
    std::vector<Statement> all = finding.statements;
    EXPECT_FALSE(all.empty()) << finding.tool;
    all.insert(all.end(), finding.caveats.begin(), finding.caveats.end());
    all.insert(all.end(), finding.done_first.begin(), finding.done_first.end());
    for (const auto& statement : all) {
      for (const auto& [blank, path] : statement.blanks)
        EXPECT_FALSE(finding.lookup(path).empty())
            << finding.tool << " " << statement.message << " " << path;
      const Text text = sentence(finding, statement);
      EXPECT_FALSE(text.en.empty()) << statement.message;
      EXPECT_FALSE(text.zh.empty()) << statement.message;
      EXPECT_EQ(text.en.find('{'), std::string::npos) << text.en;
      EXPECT_EQ(text.zh.find('{'), std::string::npos) << text.zh;
      EXPECT_NE(text.en, statement.message) << "not in the catalogue";
    }
    EXPECT_FALSE(finding.method.en.empty()) << finding.tool;
    EXPECT_FALSE(finding.method.zh.empty()) << finding.tool;
    EXPECT_EQ(finding.method.en.find('{'), std::string::npos) << finding.method.en;
    for (const auto& table : finding.tables) {
      EXPECT_FALSE(table.title.en.empty());
      for (const auto& column : table.columns) {
        EXPECT_EQ(column.cells.size(), table.n_rows()) << table.id << "." << column.id;
        EXPECT_EQ(column.title.en.find("tools."), std::string::npos) << column.title.en;
      }
    }
    for (const auto& plot : finding.plots) EXPECT_TRUE(plot.spec.is_object());
    for (const auto language : {Language::english, Language::chinese}) {
      const json document = to_json(finding, language);
      for (const char* key : {"tool", "arguments", "caveats", "method", "code"})
        EXPECT_TRUE(document.contains(key)) << key;
      EXPECT_NO_THROW(document.dump());
    }
  }

  static double number(const Finding& finding, const std::string& path) {
    const auto values = finding.lookup(path);
    if (values.size() != 1) {
      ADD_FAILURE() << finding.tool << " has no " << path;
      return std::nan("");
    }
    return std::get<double>(values.front()->content);
  }
  static std::string name(const Finding& finding, const std::string& path) {
    const auto values = finding.lookup(path);
    if (values.size() != 1) {
      ADD_FAILURE() << finding.tool << " has no " << path;
      return "";
    }
    return std::get<Text>(values.front()->content).en;
  }
  static bool says(const Finding& finding, const std::string& id) {
    for (const auto* list : {&finding.statements, &finding.caveats, &finding.done_first})
      for (const auto& statement : *list)
        if (statement.message == id) return true;
    return false;
  }

  std::filesystem::path folder;
  Sample sample;
  ThreadPool pool{2};
  Context context{&pool};
  std::unique_ptr<workspace::Study> study;
};

}  // namespace celloquy::tools::test
