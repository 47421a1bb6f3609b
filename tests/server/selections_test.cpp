// Selections: drawn, named, combined; understood by tools and questions.

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

class SelectionsTest : public ServerTest {
 protected:
  std::string of_range(std::size_t begin, std::size_t end) {
    std::vector<std::size_t> cells;
    for (auto i = begin; i < end; ++i) cells.push_back(i);
    return bitmap(270, cells);
  }
  json put_json(const std::string& target, const json& body) {
    return client.post("/studies/cells" + target, body, "PUT").document();
  }
};

TEST_F(SelectionsTest, ComeBackAsTheyWereDrawn) {
  const std::string bits = bitmap(270, {0, 7, 8, 269});
  const auto put = put_selection("/selection", bits);
  ASSERT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.document()["n_cells"], 4);
  const auto got = client.get("/studies/cells/selection");
  EXPECT_EQ(got.body, bits);
  EXPECT_EQ(
      client.get("/studies/cells/selection", {"If-None-Match: " + got.headers.at("etag")}).status,
      304);
  EXPECT_EQ(summary()["selection"]["n_cells"], 4);
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/cells/selection").status, 204);
  EXPECT_EQ(client.get("/studies/cells/selection").status, 204);
}

TEST_F(SelectionsTest, WrongBitmapsAreRefused) {
  EXPECT_EQ(put_selection("/selection", std::string(33, '\0')).status, 400);
  EXPECT_EQ(put_selection("/selection", std::string(35, '\0')).status, 400);
  EXPECT_EQ(put_selection("/selection", std::string(34, '\xff')).status,
            400);  // bits beyond the last cell
  EXPECT_EQ(put_selection("/selections/selection", of_range(0, 3)).status, 400);
  EXPECT_EQ(
      put_selection("/selection?state=00000000000000000000000000000000", of_range(0, 3)).status,
      409);
}

TEST_F(SelectionsTest, AreGroupsForTools) {
  put_selection("/selections/mine", of_range(0, 50));
  put_selection("/selection", of_range(100, 120));
  const json kept = last(tool("subset", {{"groups", {"mine", "selection"}}}), "answer");
  ASSERT_FALSE(kept.is_null());
  EXPECT_EQ(summary()["n_kept"], 70);
  // They are cells of the file: the filter left them all.
  const json list = client.get("/studies/cells/selections").document()["selections"];
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0]["n_cells"], 50);
}

TEST_F(SelectionsTest, AreUnderstoodInQuestions) {
  put_selection("/selection", of_range(0, 60));
  put_selection("/selections/Rest", of_range(90, 200));
  const auto events =
      client.stream("/studies/cells/ask", {{"question", "How many cells are in the selection?"}});
  const json reading = last(events, "reading");
  ASSERT_FALSE(reading["calls"].empty()) << last(events, "answer");
  const json answer = last(events, "answer");
  ASSERT_FALSE(answer.is_null()) << last(events, "error");
  EXPECT_NE(answer["answer"].get<std::string>().find("60"), std::string::npos) << answer["answer"];
  const json marks =
      last(client.stream("/studies/cells/ask", {{"question", "What are the markers of Rest?"}}),
           "answer");
  ASSERT_FALSE(marks.is_null());
  EXPECT_EQ(marks["evidence"][0]["tool"], "markers") << marks["answer"];
}

TEST_F(SelectionsTest, AreMadeFromFieldsGenesAndOneAnother) {
  EXPECT_EQ(put_json("/selections/b", {{"field", "cell_type"}, {"values", {"B cells"}}})["n_cells"],
            90);
  EXPECT_EQ(put_json("/selections/low", {{"field", "score"}, {"at_most", 9.95}})["n_cells"], 100);
  EXPECT_EQ(
      put_json("/selections/both", {{"combine", "intersection"}, {"of", {"b", "low"}}})["n_cells"],
      90);
  EXPECT_EQ(
      put_json("/selections/rest", {{"combine", "difference"}, {"of", {"low", "b"}}})["n_cells"],
      10);
  EXPECT_EQ(put_json("/selections/all", {{"combine", "union"}, {"of", {"low", "b"}}})["n_cells"],
            100);
  const json high = put_json("/selections/ms4a1", {{"gene", "CD20"}, {"at_least", 2.0}});
  const auto gene = parse_column(client.get("/studies/cells/genes/MS4A1").body).values<float>();
  EXPECT_EQ(high["n_cells"],
            std::count_if(gene.begin(), gene.end(), [](float value) { return value >= 2; }));
  put_selection("/selection", of_range(3, 9));
  EXPECT_EQ(put_json("/selections/copy", {{"from", "selection"}})["n_cells"], 6);
  for (const json& wrong :
       {json::object(), json{{"from", "nothing"}},
        json{{"combine", "union"}, {"of", json::array()}}, json{{"combine", "xor"}, {"of", {"b"}}},
        json{{"field", 3}}, json{{"gene", "NOTAGENE"}}})
    EXPECT_TRUE(put_json("/selections/x", wrong).contains("error")) << wrong;
}

TEST_F(SelectionsTest, NamedOnesBelongToAllSessionsAndOutliveTheServer) {
  put_selection("/selections/mine", of_range(0, 5));
  put_selection("/selection", of_range(0, 7));
  EXPECT_EQ(client.get("/studies/cells/selections?session=other").document()["selections"].size(),
            1u);
  EXPECT_EQ(client.get("/studies/cells/selection?session=other").status, 204);
  start();
  EXPECT_EQ(client.get("/studies/cells/selections/mine").body, of_range(0, 5));
  EXPECT_EQ(client.get("/studies/cells/selection").body, of_range(0, 7));
}

}  // namespace
}  // namespace celloquy::server::test
