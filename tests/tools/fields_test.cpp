// Names that people give: rename, merge, name cells, take away; undo and export.

#include "fixture.hpp"
#include "io/read.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools::test {
namespace {

class Fields : public StudyTest {
 protected:
  /// Category → cells of a field of the kept cells.
  std::map<std::string, std::uint32_t> sizes(const std::string& field) {
    Pipeline pipeline(*study, context);
    const auto grouping = pipeline.field_grouping(field);
    EXPECT_TRUE(grouping) << (grouping ? "" : grouping.error().message.en);
    std::map<std::string, std::uint32_t> out;
    if (!grouping) return out;
    const auto n = grouping->sizes();
    for (std::size_t g = 0; g < n.size(); ++g) out[grouping->names[g].en] = n[g];
    return out;
  }
  using Sizes = std::map<std::string, std::uint32_t>;
  void select(const std::vector<std::uint32_t>& cells) {
    const std::string key = "selected" + std::to_string(cells.size()) + std::to_string(cells[0]);
    ASSERT_TRUE(study->results().put(key, to_blob(CellList{cells})));
    ASSERT_TRUE(study->set_selection("", key));
  }
};

TEST_F(Fields, ARenamedCategoryIsKnownEverywhereAndUndoBringsTheOldNameBack) {
  const auto before = study->state().id;
  const auto finding =
      ok("rename_group", {{"group", "Monocytes"}, {"name", "  Inflamed\u4e00 cells "}});
  EXPECT_EQ(number(finding, "n_cells"), 90);
  EXPECT_EQ(sizes("cell_type"),
            (Sizes{{"B cells", 90}, {"T cells CD4 conv", 90}, {"Inflamed\u4e00 cells", 90}}));
  EXPECT_EQ(number(ok("count_cells", {{"group", "Inflamed\u4e00 cells"}}), "n_cells"), 90);
  EXPECT_EQ(study->state().parent, before);
  refused("rename_group", {{"group", "Monocytes"}, {"name", "x"}, {"by", "cell_type"}},
          ErrorCode::cannot_answer);
  ok("undo");
  EXPECT_EQ(sizes("cell_type").at("Monocytes"), 90u);
  ok("redo");
  open();  // another process
  EXPECT_EQ(sizes("cell_type").at("Inflamed\u4e00 cells"), 90u);
}

TEST_F(Fields, NamesOfClustersKeepTheNumbersUsable) {
  const auto clusters = ok("list_clusters").table("clusters")->n_rows();
  ASSERT_GE(clusters, 3u);
  ok("rename_group", {{"group", "cluster 1"}, {"name", "Second"}});
  ok("rename_group", {{"group", "2"}, {"name", "Third"}, {"by", "cluster"}});
  auto now = sizes("cluster_name");
  EXPECT_EQ(now.size(), clusters);
  EXPECT_TRUE(now.contains("0") && now.contains("Second") && now.contains("Third"));
  // The number means the cluster still, its name the same cells.
  const auto by_number = number(ok("count_cells", {{"group", "cluster 1"}}), "n_cells");
  EXPECT_EQ(number(ok("count_cells", {{"group", "Second"}}), "n_cells"), by_number);
  ok("merge_groups", {{"groups", {"Second", "Third"}}, {"name", "Both"}});
  now = sizes("cluster_name");
  EXPECT_EQ(now.size(), clusters - 1);
  ok("markers", {{"group", "Both"}});
  // Clusters at another resolution begin with their numbers again, and it is said.
  ok("recluster", {{"resolution", 0.1}});
  const auto anew = ok("rename_group", {{"group", "0"}, {"name", "First"}, {"by", "cluster"}});
  ASSERT_FALSE(anew.caveats.empty());
  EXPECT_EQ(anew.caveats.front().message, "tools.own_field.anew");
}

TEST_F(Fields, MergedCategoriesAreOneGroup) {
  ok("merge_groups", {{"groups", {"d1", "d2"}}, {"by", "donor"}});
  const auto now = sizes("donor");
  EXPECT_EQ(now.size(), 5u);
  EXPECT_EQ(now.at("d1 + d2"), 90u);
  refused("merge_groups", {{"groups", {"d3"}}, {"by", "donor"}}, ErrorCode::usage);
  refused("merge_groups", {{"groups", {"d3", "Monocytes"}}}, ErrorCode::cannot_answer);
  refused("merge_groups", {{"groups", {"d3", "d4"}}, {"by", "donor"}, {"name", "d5"}},
          ErrorCode::cannot_answer);
}

TEST_F(Fields, SelectedCellsBeginAndExtendAField) {
  refused("name_cells", {{"name", "odd"}}, ErrorCode::usage);
  select({1, 5, 100});
  EXPECT_EQ(number(ok("name_cells", {{"name", "odd"}}), "n_cells"), 3);
  EXPECT_EQ(sizes("annotation"), (Sizes{{"odd", 3}}));
  select({5, 200});
  ok("name_cells", {{"name", "even"}});
  EXPECT_EQ(sizes("annotation"), (Sizes{{"odd", 2}, {"even", 2}}));
  ok("name_cells", {{"name", "B"}, {"group", "B cells"}, {"field", "my types"}});
  EXPECT_EQ(sizes("my types"), (Sizes{{"B", 90}}));
  // Cells that a subset leaves out keep their names for when they are back.
  ok("subset", {{"groups", {"B cells"}}});
  EXPECT_EQ(sizes("annotation"), (Sizes{{"odd", 1}, {"even", 1}}));
  ok("rename_group", {{"group", "odd"}, {"name", "strange"}, {"by", "annotation"}});
  ok("branch", {{"name", "b"}});
  EXPECT_EQ(sizes("annotation").at("strange"), 1u);
  ok("remove_field", {{"field", "annotation"}});
  EXPECT_FALSE(run("count_cells", {{"by", "annotation"}, {"group", "strange"}}));
  refused("remove_field", {{"field", "annotation"}}, ErrorCode::cannot_answer);
  refused("remove_field", {{"field", "donor"}}, ErrorCode::cannot_answer);
}

TEST_F(Fields, BadNamesGetASentence) {
  select({1});
  for (const std::string name : {"", "  ", "a\nb"})
    refused("name_cells", {{"name", name}}, ErrorCode::usage);
  refused("name_cells", {{"name", std::string(200, 'x')}}, ErrorCode::usage);
  for (const std::string field : {"a/b", ".x", "cluster", "_index", "Leiden"})
    refused("name_cells", {{"name", "x"}, {"field", field}}, ErrorCode::usage);
  refused("name_cells", {{"name", "x"}, {"field", "score"}}, ErrorCode::cannot_answer);
  refused("rename_group", {{"group", "Monocytes"}, {"name", "B cells"}}, ErrorCode::cannot_answer);
  refused("rename_group", {{"group", "nothing"}, {"name", "x"}}, ErrorCode::cannot_answer);
}

TEST_F(Fields, TheExportedFileHoldsTheNames) {
  select({0, 1, 2});
  ok("name_cells", {{"name", "chosen"}});
  ok("rename_group", {{"group", "Monocytes"}, {"name", "Monos"}});
  ok("rename_group", {{"group", "cluster 0"}, {"name", "Biggest"}});
  const auto path = (folder / "out.h5ad").string();
  const auto finding = ok("export", {{"kind", "h5ad"}, {"path", path}});
  const auto data = read_dataset(path, context);
  ASSERT_TRUE(data) << data.error().message.en;
  const Column* annotation = data->obs.find("annotation");
  ASSERT_TRUE(annotation);
  EXPECT_EQ(value_text(*annotation, 1), "chosen");
  EXPECT_EQ(value_text(*annotation, 3), "");
  EXPECT_EQ(value_text(*data->obs.find("cell_type"), 269), "Monos");
  EXPECT_TRUE(data->obs.find("cluster_name"));
  // The scripts make the same columns.
  EXPECT_NE(finding.code.scanpy.find("\"Biggest\""), std::string::npos);
}

}  // namespace
}  // namespace celloquy::tools::test
