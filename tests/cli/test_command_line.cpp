// The command line's promises: names, exit statuses, JSON, and that the user's file stays as it is.

#include <gtest/gtest.h>

#include "program.hpp"

namespace celloquy::test {
namespace {

TEST(CommandLine, WithoutACommandIsWrongUsage) {
  const Sandbox sandbox;
  const auto outcome = sandbox.run({});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_NE(outcome.err.find("celloquy --help"), std::string::npos) << outcome.err;
}

TEST(CommandLine, HelpListsTheCommands) {
  const Sandbox sandbox;
  const auto outcome = sandbox.run({"--help"});
  EXPECT_EQ(outcome.status, 0);
  for (const char* name : {"info", "run", "ask", "annotate", "export", "tool"})
    EXPECT_NE(outcome.out.find(name), std::string::npos) << name;
}

TEST(CommandLine, UnknownOptionIsWrongUsageAlsoAsJson) {
  const Sandbox sandbox;
  const auto outcome = sandbox.run({"info", "x.h5ad", "--jsonn", "--json"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.json()["error"]["code"], "usage");
}

TEST(CommandLine, MissingFileIsUnusableInput) {
  const Sandbox sandbox;
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"info", sandbox.path("absent.h5ad"), "--json"},
           {"ask", sandbox.path("absent.h5ad"), "how many cells?", "--json"},
           {"run", sandbox.path("absent.h5ad"), "--json"}}) {
    const auto outcome = sandbox.run(command);
    EXPECT_EQ(outcome.status, 3) << command[0];
    const auto document = outcome.json();
    ASSERT_FALSE(document.is_discarded()) << command[0] << ": " << outcome.out;
    EXPECT_EQ(document["error"]["code"], "unusable_input");
    const std::string message = document["error"]["message"];
    EXPECT_NE(message.find("absent.h5ad"), std::string::npos) << message;
    EXPECT_FALSE(document["error"]["remedy"].get<std::string>().empty());
  }
}

TEST(CommandLine, ErrorsAreChineseWhenAskedFor) {
  const Sandbox sandbox;
  const auto outcome = sandbox.run({"info", sandbox.path("absent.h5ad"), "--lang", "zh"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_NE(outcome.err.find("错误"), std::string::npos) << outcome.err;
}

class OnBloodFile : public testing::Test {
 protected:
  void SetUp() override { write_blood_csv(file, 240); }
  Sandbox sandbox;
  std::string file = sandbox.path("blood.csv");
};

TEST_F(OnBloodFile, InfoSaysShapeAndState) {
  const auto outcome = sandbox.run({"info", file, "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const auto document = outcome.json();
  EXPECT_EQ(document["n_cells"], 240);
  EXPECT_EQ(document["n_genes"], 365);
  EXPECT_EQ(document["state"], "raw_counts");
  EXPECT_EQ(document["organism"], "human");
}

TEST_F(OnBloodFile, AskPrintsTheDocumentedFields) {
  const auto outcome = sandbox.run({"ask", file, "How many cells are there?", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const auto document = outcome.json();
  for (const char* field : {"question", "language", "answer", "evidence", "plots", "selection",
                            "steps", "state", "seconds"})
    EXPECT_TRUE(document.contains(field)) << field;
  EXPECT_EQ(document["language"], "en");
  EXPECT_NE(document["answer"].get<std::string>().find("240"), std::string::npos);
  ASSERT_FALSE(document["evidence"].empty());
  for (const auto& item : document["evidence"])
    for (const char* field : {"id", "tool", "arguments", "method", "caveats", "code"})
      EXPECT_TRUE(item.contains(field)) << field;
}

TEST_F(OnBloodFile, AsksInChineseAnswersInChinese) {
  const auto outcome = sandbox.run({"ask", file, "一共有多少个细胞?", "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_EQ(outcome.json()["language"], "zh");
  EXPECT_NE(outcome.json()["answer"].get<std::string>().find("个细胞"), std::string::npos);
}

TEST_F(OnBloodFile, WhatTheDataCannotAnswerExitsWithFour) {
  const auto outcome =
      sandbox.run({"ask", file, "What is the expression of PDGFRA by cluster?", "--json"});
  EXPECT_EQ(outcome.status, 4) << outcome.out;
  EXPECT_EQ(outcome.json()["error"]["code"], "cannot_answer");
}

TEST_F(OnBloodFile, SameAnswerAndStateForAnyNumberOfThreads) {
  std::vector<nlohmann::json> documents;
  for (const char* threads : {"1", "2", "7"}) {
    const auto outcome =
        sandbox.run({"ask", file, "Cluster the cells and name the clusters", "--json", "--threads",
                     threads, "--workspace", sandbox.path(std::string("w") + threads)});
    ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    documents.push_back(outcome.json());
  }
  for (const auto& document : documents) {
    EXPECT_EQ(document["answer"], documents[0]["answer"]);
    EXPECT_EQ(document["state"], documents[0]["state"]);
  }
}

TEST_F(OnBloodFile, UndoReturnsToTheStateBefore) {
  const auto before = sandbox.run({"ask", file, "How many cells are there?", "--json"}).json();
  const auto filtered =
      sandbox.run({"ask", file, "Remove cells with fewer than 190 genes", "--json"}).json();
  const auto undone = sandbox.run({"ask", file, "undo", "--json"}).json();
  const auto after = sandbox.run({"ask", file, "How many cells are there?", "--json"}).json();
  EXPECT_NE(filtered["state"], before["state"]);
  EXPECT_EQ(undone["state"], before["state"]);
  EXPECT_EQ(after["answer"], before["answer"]);
}

TEST_F(OnBloodFile, SessionsDoNotDisturbEachOther) {
  sandbox.run({"ask", file, "Cluster the cells", "--session", "a"});
  const auto a = sandbox.run({"ask", file, "How many cells?", "--session", "a", "--json"}).json();
  const auto b = sandbox.run({"ask", file, "How many cells?", "--session", "b", "--json"}).json();
  EXPECT_NE(a["state"], b["state"]);
  const auto fresh =
      sandbox.run({"ask", file, "How many cells?", "--session", "a", "--fresh", "--json"}).json();
  EXPECT_EQ(fresh["state"], b["state"]);
}

TEST_F(OnBloodFile, RunWritesAnH5adAndLeavesTheFileAlone) {
  const std::string before = slurp(file);
  const auto outcome = sandbox.run({"run", file, "--out", sandbox.path("out.h5ad"), "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_EQ(slurp(file), before);
  const auto document = outcome.json();
  EXPECT_FALSE(document["steps"].empty());
  EXPECT_GT(document["peak_rss_bytes"].get<double>(), 0);
  const auto again = sandbox.run({"info", sandbox.path("out.h5ad"), "--json"});
  ASSERT_EQ(again.status, 0) << again.out;
  EXPECT_EQ(again.json()["n_cells"], document["n_cells"]);
}

TEST_F(OnBloodFile, RefusesToOverwriteTheInput) {
  const std::string copy = sandbox.path("in.h5ad");
  ASSERT_EQ(sandbox.run({"run", file, "--out", copy}).status, 0);
  const std::string before = slurp(copy);
  const auto outcome = sandbox.run({"run", copy, "--out", copy, "--json"});
  EXPECT_EQ(outcome.status, 2) << outcome.out;
  EXPECT_EQ(slurp(copy), before);
}

TEST_F(OnBloodFile, AnnotateWritesALinePerCell) {
  const auto outcome =
      sandbox.run({"annotate", file, "--cells", sandbox.path("cells.tsv"), "--json"});
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const std::string table = slurp(sandbox.path("cells.tsv"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 241);  // a header and 240 cells
  EXPECT_NE(table.find("CELL0\t"), std::string::npos);
}

TEST_F(OnBloodFile, EmbedWritesVectorsOfCellsAndTexts) {
  std::ofstream(sandbox.path("texts.txt")) << "B cells\nmonocytes\n";
  const auto outcome = sandbox.run({"embed", file, "--out", sandbox.path("cells.npy"), "--texts",
                                    sandbox.path("texts.txt"), "--json"});
  if (outcome.err.find("fetch-assets") != std::string::npos ||
      outcome.out.find("fetch-assets") != std::string::npos)
    GTEST_SKIP() << "needs the text encoder";
  ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  const auto result = outcome.json();
  EXPECT_EQ(result["cells"], 240);
  EXPECT_EQ(result["dimensions"], 256);
  EXPECT_EQ(std::filesystem::file_size(sandbox.path("cells.npy")), 128u + 240 * 256 * 4);
  EXPECT_EQ(std::filesystem::file_size(sandbox.path("cells.texts.npy")), 128u + 2 * 256 * 4);
  ASSERT_EQ(sandbox.run({"embed", file, "--out", sandbox.path("cells.h5ad")}).status, 0);
  const auto again = sandbox.run({"info", sandbox.path("cells.h5ad"), "--json"});
  EXPECT_NE(again.out.find("X_celloquy"), std::string::npos);
  EXPECT_EQ(sandbox.run({"embed", file, "--out", sandbox.path("cells.txt")}).status, 2);
  EXPECT_EQ(sandbox
                .run({"embed", file, "--out", sandbox.path("cells.npy"), "--texts",
                      sandbox.path("none.txt")})
                .status,
            3);
}

TEST_F(OnBloodFile, ExportsEachKind) {
  ASSERT_EQ(sandbox.run({"ask", file, "Cluster the cells and find the markers"}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--h5ad", sandbox.path("a.h5ad")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--tables", sandbox.path("tables")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--figures", sandbox.path("figures")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--report", sandbox.path("report.html")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--code", "scanpy", sandbox.path("a.py")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--code", "seurat", sandbox.path("a.R")}).status, 0);
  EXPECT_EQ(sandbox.run({"export", file, "--code", "notebook", sandbox.path("a.ipynb")}).status, 0);
  for (const char* name : {"a.h5ad", "report.html", "a.py", "a.R", "a.ipynb"})
    EXPECT_GT(std::filesystem::file_size(sandbox.path(name)), 100u) << name;
}

TEST_F(OnBloodFile, EvalSaysWhatItCannotUse) {
  auto outcome = sandbox.run({"eval", "cells", sandbox.path("none.json"), "--json"});
  EXPECT_EQ(outcome.status, 3) << outcome.out;
  EXPECT_NE(outcome.json()["error"]["message"].get<std::string>().find("none.json"),
            std::string::npos);
  outcome = sandbox.run({"eval", "cells", file, "--column", "no_such_column", "--json"});
  EXPECT_EQ(outcome.status, 4) << outcome.out;
  EXPECT_EQ(sandbox.run({"eval", "absent", file}).status, 2);
  EXPECT_EQ(sandbox.run({"eval", "gene-sets", sandbox.path("no_pairs"), "--json"}).status, 3);
}

TEST_F(OnBloodFile, ReadOnlyFolderStillWorks) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
  const auto folder = sandbox.folder() / "locked";
  std::filesystem::create_directory(folder);
  std::filesystem::copy(file, folder / "blood.csv");
  std::filesystem::permissions(
      folder, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const auto outcome = sandbox.run({"ask", (folder / "blood.csv").string(), "How many cells?"},
                                   "XDG_CACHE_HOME=" + sandbox.path("cache"));
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
}

}  // namespace
}  // namespace celloquy::test
