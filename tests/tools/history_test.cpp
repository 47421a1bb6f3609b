// undo, redo, branch, help, explain, export, and what the registry refuses.

#include <fstream>

#include "fixture.hpp"
#include "tools/standard_run.hpp"

namespace celloquy::tools::test {
namespace {

using HistoryTools = StudyTest;

TEST_F(HistoryTools, UndoAndRedoMoveByOneOrMoreSteps) {
  const auto root = study->state().id;
  ok("filter_cells", {{"max_mitochondrial_percent", 50}});
  ok("subset", {{"groups", {"B cells"}}});
  const auto last = study->state().id;
  const auto undone = ok("undo", {{"steps", 2}});
  EXPECT_EQ(number(undone, "n_steps"), 2);
  EXPECT_EQ(study->state().id, root);
  refused("undo", json::object(), ErrorCode::cannot_answer);
  const auto redone = ok("redo", {{"steps", 2}});
  EXPECT_EQ(study->state().id, last);
  EXPECT_EQ(number(redone, "n_cells"), 88);
  refused("redo", json::object(), ErrorCode::cannot_answer);
  refused("undo", {{"steps", 0}}, ErrorCode::usage);
}

TEST_F(HistoryTools, BranchesKeepBothPlaces) {
  EXPECT_TRUE(says(ok("branch", {{"name", "b"}}), "tools.branch.made"));
  ok("subset", {{"groups", {"B cells"}}});
  const auto back = ok("branch", {{"name", "main"}});
  EXPECT_TRUE(says(back, "tools.branch.switched"));
  EXPECT_EQ(back.table("branches")->n_rows(), 2u);
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 270);
  ok("branch", {{"name", "b"}});
  EXPECT_EQ(number(ok("count_cells"), "n_total"), 90);
  refused("branch", {{"name", "nowhere"}, {"switch", true}}, ErrorCode::cannot_answer);
  refused("branch", json::object(), ErrorCode::usage);
}

TEST_F(HistoryTools, HelpListsEveryToolWithAnExample) {
  const auto finding = ok("help");
  const auto* table = finding.table("list");
  ASSERT_EQ(table->n_rows(), Registry::standard().tools().size());
  for (const auto& example : table->find("example")->cells) {
    const Text& text = std::get<Text>(example.content);
    EXPECT_FALSE(text.en.starts_with("tools.")) << text.en;
    EXPECT_NE(text.en, text.zh);
  }
}

TEST_F(HistoryTools, ExplainsTheLastAnswerWithMethodAndCode) {
  refused("explain_method", json::object(), ErrorCode::cannot_answer);
  const auto count = ok("count_cells", {{"group", "B cells"}});
  workspace::Turn turn{"How many B cells?",
                       "90",
                       {{{"tool", "count_cells"}, {"arguments", {{"group", "B cells"}}}}},
                       study->state().id};
  ASSERT_TRUE(study->add_turn(turn));
  const auto finding = ok("explain_method");
  EXPECT_EQ(name(finding, "method_1"), count.method.en);
  EXPECT_EQ(finding.code.scanpy, count.code.scanpy);
  EXPECT_NE(finding.code.scanpy.find("adata.obs[\"cell_type\"]"), std::string::npos);
  // Another process knows it as well.
  open();
  EXPECT_EQ(name(ok("explain_method", {{"topic", "count_cells"}}), "method_1"), count.method.en);
  EXPECT_NE(name(ok("explain_method", {{"topic", "clustering"}}), "method_1").find("Leiden"),
            std::string::npos);
  refused("explain_method", {{"topic", "weather"}}, ErrorCode::cannot_answer);
}

TEST_F(HistoryTools, ExportWritesEveryKind) {
  for (const auto& [kind, path] : {std::pair{"h5ad", "out.h5ad"},
                                   {"tables", "tables"},
                                   {"figures", "figures"},
                                   {"report", "report.html"},
                                   {"scanpy", "steps.py"},
                                   {"seurat", "steps.R"},
                                   {"notebook", "steps.ipynb"}}) {
    const auto target = (folder / path).string();
    const auto finding = ok("export", {{"kind", kind}, {"path", target}});
    EXPECT_TRUE(std::filesystem::exists(target)) << target;
    for (const auto& file : finding.table("files")->columns[0].cells)
      EXPECT_GT(std::filesystem::file_size(std::get<Text>(file.content).en), 0u);
  }
  EXPECT_TRUE(std::filesystem::exists(folder / "tables" / "markers.csv"));
  // The ending says the kind; without either it is asked for.
  ok("export", {{"path", (folder / "again.py").string()}});
  refused("export", json::object(), ErrorCode::usage);
  refused("export", {{"kind", "song"}}, ErrorCode::usage);
  std::ifstream script(folder / "steps.py");
  const std::string text((std::istreambuf_iterator<char>(script)), {});
  EXPECT_NE(text.find("sc.tl.leiden"), std::string::npos);
  EXPECT_NE(text.find("read_h5ad"), std::string::npos);
}

TEST_F(HistoryTools, ExportNeverReplacesTheData) {
  const auto size = std::filesystem::file_size(folder / "cells.h5ad");
  for (const char* kind : {"h5ad", "scanpy", "report"})
    refused("export", {{"kind", kind}, {"path", (folder / "cells.h5ad").string()}},
            ErrorCode::usage);
  EXPECT_EQ(std::filesystem::file_size(folder / "cells.h5ad"), size);
}

TEST_F(HistoryTools, TheRegistryChecksNamesAndArguments) {
  refused("sing", json::object(), ErrorCode::usage);
  refused("help", {{"loud", true}}, ErrorCode::usage);
  refused("count_cells", {{"group", json::array({1})}}, ErrorCode::usage);
  refused("count_cells", json::array(), ErrorCode::usage);
  for (const auto& tool : Registry::standard().tools()) {
    const auto schema = json_schema(tool->schema());
    EXPECT_EQ(schema["type"], "object");
    EXPECT_FALSE(tool->schema().purpose.zh.empty());
    EXPECT_FALSE(tool->schema().purpose.en.starts_with("tools.")) << tool->schema().purpose.en;
    for (const auto& argument : tool->schema().arguments) {
      EXPECT_FALSE(argument.purpose.en.starts_with("tools.")) << argument.purpose.en;
      EXPECT_TRUE(schema["properties"].contains(argument.name));
    }
  }
}

TEST_F(HistoryTools, TheStandardRunSaysWhatEachStepCost) {
  const auto first = standard_run(*study, context);
  ASSERT_TRUE(first) << first.error().message.en;
  double sum = 0;
  std::vector<std::string> names;
  for (const auto& step : first->steps) {
    sum += step.seconds;
    names.push_back(step.step);
  }
  for (const char* step :
       {"read", "quality_control", "highly_variable_genes", "pca", "neighbors", "neighbor_graph",
        "leiden", "umap", "markers", "group_summary", "annotate"})
    EXPECT_EQ(std::count(names.begin(), names.end(), step), 1) << step;
  EXPECT_LE(sum, first->seconds * 1.001);
  open();
  const auto second = standard_run(*study, context);
  ASSERT_TRUE(second);
  for (const auto& step : second->steps)
    EXPECT_TRUE(step.cached || step.step == "read") << step.step;
  EXPECT_TRUE(second->finding.cached);
}

TEST_F(HistoryTools, CancellingStopsWithoutHarm) {
  CancellationToken token;
  token.cancel();
  Context stopped = context;
  stopped.cancellation = &token;
  const auto before = study->state().id;
  const auto finding = Registry::standard().run("run_analysis", *study, json::object(), stopped);
  ASSERT_FALSE(finding);
  EXPECT_EQ(finding.error().code, ErrorCode::cancelled);
  EXPECT_EQ(study->state().id, before);
  ok("run_analysis");
}

TEST_F(HistoryTools, ThreadsDoNotChangeFindings) {
  const auto one = ok("run_analysis");
  for (const unsigned threads : {1u, 7u}) {
    ThreadPool other(threads);
    Context context_of{&other};
    auto again = workspace::Study::open(
        (folder / "cells.h5ad").string(),
        {(folder / ("workspace" + std::to_string(threads))).string(), "default", false},
        context_of);
    ASSERT_TRUE(again);
    const auto finding =
        Registry::standard().run("run_analysis", **again, json::object(), context_of);
    ASSERT_TRUE(finding);
    EXPECT_EQ((*again)->state().id, study->state().id);
    for (const char* column : {"n_cells", "confidence"})
      for (std::size_t row = 0; row < one.tables.front().n_rows(); ++row) {
        const std::string path =
            "clusters." + std::string(column) + "[" + std::to_string(row) + "]";
        EXPECT_EQ(number(one, path), number(*finding, path));
      }
  }
}

}  // namespace
}  // namespace celloquy::tools::test
