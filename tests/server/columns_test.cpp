// Binary columns hold the values that the tools compute.

#include <cmath>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

using ColumnsTest = ServerTest;

/// log1p(count · 10,000 / total) from the sample itself.
std::vector<float> expected_gene(const tools::test::Sample& sample, const std::string& gene) {
  const auto at = std::find(sample.genes.begin(), sample.genes.end(), gene) - sample.genes.begin();
  std::vector<float> out;
  for (std::size_t cell = 0; cell + 1 < sample.offsets.size(); ++cell) {
    double total = 0, count = 0;
    for (auto i = sample.offsets[cell]; i < sample.offsets[cell + 1]; ++i) {
      total += sample.values[i];
      if (sample.indices[i] == at) count = sample.values[i];
    }
    out.push_back(static_cast<float>(std::log1p(count * 1e4 / total)));
  }
  return out;
}

TEST_F(ColumnsTest, AGeneIsLogNormalised) {
  const auto answer = client.get("/studies/cells/genes/MS4A1");
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("content-type"), "application/vnd.celloquy.column");
  const auto column = parse_column(answer.body);
  const auto values = column.values<float>();
  const auto expected = expected_gene(sample(), "MS4A1");
  ASSERT_EQ(values.size(), 270u);
  std::size_t positive = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_NEAR(values[i], expected[i], 1e-5) << i;
    positive += expected[i] > 0;
  }
  EXPECT_EQ(column.header["n_positive"], positive);
  EXPECT_NEAR(column.header["high"].get<double>(),
              *std::max_element(expected.begin(), expected.end()), 1e-5);
}

TEST_F(ColumnsTest, HalfPrecisionIsWithinOneStep) {
  const auto full = parse_column(client.get("/studies/cells/genes/CD3D").body).values<float>();
  const auto column = parse_column(client.get("/studies/cells/genes/CD3D?precision=16").body);
  const auto half = column.values<std::uint16_t>();
  ASSERT_EQ(half.size(), full.size());
  const double low = column.header["low"], high = column.header["high"];
  for (std::size_t i = 0; i < full.size(); ++i)
    EXPECT_NEAR(low + half[i] * (high - low) / 65534, full[i], (high - low) / 65534);
}

TEST_F(ColumnsTest, SynonymsFindTheMeasuredGene) {
  const auto answer = client.get("/studies/cells/genes/CD20");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.at("x-celloquy-gene"), "MS4A1");
  const json found = client.get("/studies/cells/genes?q=CD20").document()["genes"];
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0]["name"], "MS4A1");
  EXPECT_EQ(found[0]["kind"], "synonym");
  const json begins = client.get("/studies/cells/genes?q=cd3").document()["genes"];
  std::vector<std::string> names;
  for (const auto& one : begins) names.push_back(one["name"]);
  for (const char* gene : {"CD3D", "CD3E", "CD3G"})
    EXPECT_NE(std::find(names.begin(), names.end(), gene), names.end()) << gene;
  EXPECT_EQ(client.get("/studies/cells/genes").document()["names"].size(), sample().genes.size());
}

TEST_F(ColumnsTest, FieldsHaveCodesAndCounts) {
  const auto column = parse_column(client.get("/studies/cells/fields/cell_type").body);
  const auto codes = column.values<std::uint8_t>();
  ASSERT_EQ(codes.size(), 270u);
  ASSERT_EQ(column.header["categories"].size(), 3u);
  for (const auto& category : column.header["categories"]) EXPECT_EQ(category["n_cells"], 90);
  EXPECT_EQ(column.header["categories"][codes[0]]["name"], "B cells");
  EXPECT_EQ(column.header["categories"][codes[269]]["name"], "Monocytes");
  const auto score = parse_column(client.get("/studies/cells/fields/score").body);
  EXPECT_EQ(score.header["kind"], "number");
  EXPECT_FLOAT_EQ(score.values<float>()[269], 26.9f);
  EXPECT_EQ(client.get("/studies/cells/fields/nothing").status, 404);
}

TEST_F(ColumnsTest, TheMapIsMadeWhenItIsAskedFor) {
  EXPECT_FALSE(summary()["embeddings"][0]["ready"]);
  const auto column = parse_column(client.get("/studies/cells/embeddings/umap").body);
  const auto values = column.values<float>();
  ASSERT_EQ(values.size(), 540u);
  for (int axis = 0; axis < 2; ++axis) {
    float low = INFINITY, high = -INFINITY;
    for (std::size_t i = static_cast<std::size_t>(axis); i < values.size(); i += 2) {
      low = std::min(low, values[i]);
      high = std::max(high, values[i]);
    }
    EXPECT_FLOAT_EQ(low, column.header["low"][static_cast<std::size_t>(axis)]);
    EXPECT_FLOAT_EQ(high, column.header["high"][static_cast<std::size_t>(axis)]);
    EXPECT_LT(low, high);
  }
  EXPECT_TRUE(summary()["embeddings"][0]["ready"]);
  EXPECT_EQ(client.get("/studies/cells/embeddings/nothing").status, 404);
  // And so are clusters and their names.
  EXPECT_EQ(
      parse_column(client.get("/studies/cells/fields/cluster").body).values<std::uint8_t>().size(),
      270u);
  const auto label = parse_column(client.get("/studies/cells/fields/label?lang=zh").body);
  EXPECT_GE(label.header["categories"].size(), 2u);
}

TEST_F(ColumnsTest, AFilterChangesWhatTheColumnsHold) {
  const auto before = client.get("/studies/cells/genes/LYZ");
  const auto events = tool("subset", {{"groups", {"Monocytes"}}});
  ASSERT_FALSE(last(events, "answer").is_null()) << last(events, "error");
  const auto after = client.get("/studies/cells/genes/LYZ");
  const auto expected = expected_gene(sample(), "LYZ");
  const auto values = parse_column(after.body).values<float>();
  ASSERT_EQ(values.size(), 90u);
  for (std::size_t i = 0; i < 90; ++i) EXPECT_NEAR(values[i], expected[180 + i], 1e-5);
  EXPECT_NE(before.headers.at("etag"), after.headers.at("etag"));
  const auto cells = parse_column(client.get("/studies/cells/cells").body).values<std::uint32_t>();
  ASSERT_EQ(cells.size(), 90u);
  EXPECT_EQ(cells[0], 180u);
  // Numbers of the old state mean nothing now.
  const std::string old = before.headers.at("x-celloquy-state");
  EXPECT_EQ(client.get("/studies/cells/genes/LYZ?state=" + old).status, 409);
  EXPECT_EQ(client.get("/studies/cells/cells/90").status, 404);
  EXPECT_EQ(client.get("/studies/cells/cells/0?genes=LYZ").document()["file_cell"], 180);
}

TEST_F(ColumnsTest, ScoresOfGenesAreTheirMean) {
  const auto a = expected_gene(sample(), "CD3D"), b = expected_gene(sample(), "CD3E");
  const auto values =
      parse_column(client.get("/studies/cells/scores?genes=CD3D,CD3E").body).values<float>();
  ASSERT_EQ(values.size(), 270u);
  for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], (a[i] + b[i]) / 2, 1e-5);
  EXPECT_EQ(client.get("/studies/cells/scores").status, 400);
  EXPECT_EQ(client.get("/studies/cells/scores?genes=CD3D,NOTAGENE").status, 422);
}

TEST_F(ColumnsTest, TheFileOfColumnsIsUsedAgainAndMayBeDamaged) {
  const auto first = client.get("/studies/cells/genes/CD3D").body;
  std::filesystem::path columns;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder / "data" / "cells.h5ad.celloquy" / "columns"))
    columns = entry.path();
  ASSERT_FALSE(columns.empty());
  server.reset();
  std::filesystem::resize_file(columns, std::filesystem::file_size(columns) - 64);
  start();
  EXPECT_EQ(client.get("/studies/cells/genes/CD3D").body, first);
}

}  // namespace
}  // namespace celloquy::server::test
