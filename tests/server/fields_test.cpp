// Names that people give, gene sets, captions, hierarchies, and what changed at each step.

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

class FieldsTest : public ServerTest {
 protected:
  json field(const std::string& name) {
    const json fields = client.get("/studies/cells/fields").document()["fields"];
    for (const auto& one : fields)
      if (one["name"] == name) return one;
    return nullptr;
  }
  static json header_of(const Answer& answer) {
    std::uint32_t size = 0;
    std::memcpy(&size, answer.body.data() + 4, 4);
    return json::parse(answer.body.substr(8, size), nullptr, false);
  }
};

TEST_F(FieldsTest, RenamedGroupsAreInTheListTheColumnAndTheCell) {
  const auto before = client.get("/studies/cells/fields/cell_type");
  const json answer =
      last(tool("rename_group", {{"group", "Monocytes"}, {"name", "Monos"}}), "answer");
  ASSERT_FALSE(answer.is_null());
  EXPECT_EQ(answer["view"]["colour"]["field"], "cell_type");
  const json now = field("cell_type");
  EXPECT_EQ(now["source"], "file");
  EXPECT_EQ(now["edited"], true);
  EXPECT_EQ(now["categories"][2]["name"], "Monos");
  const auto column = client.get("/studies/cells/fields/cell_type");
  EXPECT_NE(column.headers.at("etag"), before.headers.at("etag"));
  EXPECT_EQ(header_of(column)["categories"][2]["name"], "Monos");
  EXPECT_NE(client.get("/studies/cells/cells/269").body.find("Monos"), std::string::npos);
  tool("undo");
  EXPECT_EQ(field("cell_type")["categories"][2]["name"], "Monocytes");
  EXPECT_FALSE(field("cell_type").contains("edited"));
}

TEST_F(FieldsTest, NamedCellsAreAFieldOfTheirOwn) {
  put_selection("/selection", bitmap(270, {3, 4, 5}));
  const json answer = last(tool("name_cells", {{"name", "odd"}}), "answer");
  EXPECT_EQ(answer["view"]["colour"]["field"], "annotation");
  const json made = field("annotation");
  EXPECT_EQ(made["source"], "user");
  EXPECT_EQ(made["n_values"], 1);
  EXPECT_EQ(made["n_missing"], 267);
  tool("remove_field", {{"field", "annotation"}});
  EXPECT_TRUE(field("annotation").is_null());
  EXPECT_EQ(client.get("/studies/cells/fields/annotation").status, 404);
}

TEST_F(FieldsTest, FieldsThatAreNotReadyHaveEveryMember) {
  const json cluster = field("cluster");
  ASSERT_FALSE(cluster.is_null());
  EXPECT_EQ(cluster["ready"], false);
  EXPECT_TRUE(cluster.contains("n_values"));
  EXPECT_TRUE(cluster["n_values"].is_null());
}

TEST_F(FieldsTest, TheHistorySaysWhatChanged) {
  tool("rename_group", {{"group", "Monocytes"}, {"name", "Monos"}});
  tool("subset", {{"groups", {"Monos"}}});
  const json states = client.get("/studies/cells/history").document()["states"];
  ASSERT_EQ(states.size(), 3u);
  EXPECT_EQ(states[0]["n_kept"], 270);
  EXPECT_EQ(states[1]["changed"]["fields"], json({"cell_type"}));
  EXPECT_EQ(states[1]["changed"]["cells"], false);
  EXPECT_EQ(states[2]["changed"]["cells"], true);
  EXPECT_EQ(states[2]["n_kept"], 90);
  const json compared = last(tool("compare_states"), "answer");
  EXPECT_NE(compared["answer"].get<std::string>().find("180"), std::string::npos);
}

TEST_F(FieldsTest, GeneSetsAreImportedListedAndColouredBy) {
  const auto add = [&](const json& body) { return client.post("/studies/cells/gene-sets", body); };
  const auto made = add({{"text", "B\tna\tMS4A1\tCD79A\tNOSUCHGENE\nT\tna\tCD3D\tCD3E\n"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.document()["sets"][0]["n_measured"], 2);
  EXPECT_EQ(add({{"name", "mine"}, {"genes", {"LYZ"}}}).status, 201);
  const json sets = client.get("/studies/cells/gene-sets").document()["sets"];
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_EQ(sets[0]["missing"], json({"NOSUCHGENE"}));
  const auto column = client.get("/studies/cells/scores?set=B");
  ASSERT_EQ(column.status, 200) << column.body;
  EXPECT_EQ(header_of(column)["genes"], json({"MS4A1", "CD79A"}));
  EXPECT_EQ(client.get("/studies/cells/scores?set=none").status, 404);
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/cells/gene-sets/B").status, 204);
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/cells/gene-sets/B").status, 404);
  EXPECT_EQ(add({{"text", "  \n"}}).status, 422);
  EXPECT_EQ(add({{"name", "x"}}).status, 400);
  EXPECT_EQ(add({{"name", "x"}, {"genes", {1}}}).status, 400);
  EXPECT_EQ(add({{"name", "x"}, {"genes", {"NOSUCHGENE"}}}).status, 201);
  EXPECT_EQ(client.get("/studies/cells/scores?set=x").status, 422);
  start();  // they outlive the server
  EXPECT_EQ(client.get("/studies/cells/gene-sets").document()["sets"].size(), 3u);
}

TEST_F(FieldsTest, AHierarchyHoldsTheTypesAboveTheCategories) {
  const auto got = client.get("/studies/cells/fields/cell_type/hierarchy");
  ASSERT_EQ(got.status, 200) << got.body;
  const json document = got.document();
  std::map<std::string, json> terms;
  for (const auto& term : document["terms"]) terms[term["id"]] = term;
  // Both B and T cells are lymphocytes; all are leukocytes.
  ASSERT_TRUE(terms.contains("CL:0000542"));
  EXPECT_EQ(terms["CL:0000542"]["n_cells_below"], 180);
  ASSERT_TRUE(terms.contains("CL:0000738"));
  EXPECT_EQ(terms["CL:0000738"]["n_cells_below"], 270);
  EXPECT_EQ(terms["CL:0000542"]["n_cells"], 0);
  EXPECT_EQ(client.get("/studies/cells/fields/score/hierarchy").status, 422);
  EXPECT_EQ(client.get("/studies/cells/fields/none/hierarchy").status, 404);
}

TEST_F(FieldsTest, CaptionsWaitForClusters) {
  EXPECT_EQ(client.get("/studies/cells/captions").document()["status"], "none");
  tool("list_clusters");
  json captions;
  for (int i = 0; i < 600; ++i) {
    captions = client.get("/studies/cells/captions").document();
    if (captions["status"] != "working") break;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  // Without the text encoder they cannot be made, and it is said what is missing.
  if (captions["status"] == "failed") {
    EXPECT_FALSE(captions["error"]["message"].get<std::string>().empty());
    return;
  }
  ASSERT_EQ(captions["status"], "ready") << captions.dump();
  EXPECT_EQ(captions["accepted"], false);
  ASSERT_EQ(captions["captions"].size(), 3u);
  tool("caption_clusters", {{"accept", true}});
  EXPECT_EQ(client.get("/studies/cells/captions").document()["accepted"], true);
  EXPECT_EQ(field("cluster_name")["source"], "user");
}

TEST_F(FieldsTest, EightBitsHoldANumberToAQuarterPercentOfTheRange) {
  const auto full = client.get("/studies/cells/genes/MS4A1");
  const auto small = client.get("/studies/cells/genes/MS4A1?precision=8");
  const json a = header_of(full), b = header_of(small);
  EXPECT_EQ(b["arrays"][0]["type"], "u8");
  std::uint32_t size = 0;
  std::memcpy(&size, full.body.data() + 4, 4);
  const char* exact = full.body.data() + 8 + size;
  std::memcpy(&size, small.body.data() + 4, 4);
  const char* codes = small.body.data() + 8 + size;
  const float low = b["low"], high = b["high"];
  ASSERT_EQ(a["low"], b["low"]);
  for (std::size_t i = 0; i < 270; ++i) {
    float value = 0;
    std::memcpy(&value, exact + i * 4, 4);
    const float back =
        low + static_cast<float>(static_cast<unsigned char>(codes[i])) * (high - low) / 254;
    EXPECT_NEAR(back, value, (high - low) / 254 * 0.51f);
  }
}

}  // namespace
}  // namespace celloquy::server::test
