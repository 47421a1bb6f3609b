#include "plots/plots.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "examples.hpp"
#include "plots/label_places.hpp"
#include "plots/specification.hpp"
#include "plots/text_metrics.hpp"

namespace celloquy::plots {
namespace {

/// Calls f(object) for every object below `value`.
template <class F>
void for_objects(const json& value, F&& f) {
  if (value.is_object()) f(value);
  if (value.is_structured())
    for (const auto& item : value) for_objects(item, f);
}

bool holds_chinese(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0xE3 && static_cast<unsigned char>(c) <= 0xE9;
  });
}

TEST(Plots, EveryChannelNamesAFieldOfItsRows) {
  for (const auto& [name, spec] : testing::all_examples()) {
    std::size_t checked = 0;
    for_objects(spec, [&](const json& unit) {
      if (!unit.contains("encoding")) return;
      const json& data = unit.contains("data") ? unit["data"] : spec.value("data", json());
      ASSERT_TRUE(data.is_object()) << name;
      for (const auto& [channel, definition] : unit["encoding"].items()) {
        if (!definition.is_object() || !definition.contains("field")) continue;
        for (const auto& row : data["values"]) {
          ASSERT_TRUE(row.contains(definition["field"].get<std::string>()))
              << name << " " << channel << " " << row.dump();
          ++checked;
        }
      }
    });
    EXPECT_GT(checked, 10u) << name;
  }
}

TEST(Plots, TheChineseFigureHasChineseWordsAndTheSameNumbers) {
  for (const auto& [name, spec] : testing::all_examples()) {
    const json english = localized(spec, Language::english),
               chinese = localized(spec, Language::chinese);
    EXPECT_FALSE(holds_chinese(english.dump())) << name;
    EXPECT_TRUE(holds_chinese(chinese["title"]["text"].get<std::string>())) << name;
    const auto numbers = [](const json& value) {
      std::vector<double> out;
      const json flat = value.flatten();
      for (const auto& [path, leaf] : flat.items())
        if (leaf.is_number()) out.push_back(leaf.get<double>());
      std::sort(out.begin(), out.end());
      return out;
    };
    EXPECT_EQ(numbers(english), numbers(chinese)) << name;
    // No title stayed English: only units, gene names and the layout's name do.
    for_objects(chinese, [&](const json& object) {
      if (!object.contains("title") || !object["title"].is_string()) return;
      const auto title = object["title"].get<std::string>();
      EXPECT_TRUE(holds_chinese(title) || title.rfind("UMAP", 0) == 0 || title == "log1p(CP10k)")
          << name << ": " << title;
    });
  }
}

TEST(Plots, AllCellsAreDrawnOnce) {
  const auto cells = testing::make_cells(2000);
  const auto spec = embedding_by_group(Text::same("t"), {cells.layout, 2, "UMAP"},
                                       {Text::same("g"), testing::cell_types(), cells.codes});
  const auto without =
      static_cast<std::size_t>(std::count(cells.codes.begin(), cells.codes.end(), -1));
  ASSERT_GT(without, 0u);
  EXPECT_EQ(spec["layer"][0]["data"]["values"].size(), without);
  EXPECT_EQ(spec["layer"][1]["data"]["values"].size(), 2000 - without);
}

TEST(Plots, VeryManyCellsBecomeSquaresAndTheFigureSaysSo) {
  const auto cells = testing::make_cells(most_points + 1);
  const auto spec =
      embedding_by_value(Text::same("t"), {cells.layout, 2, "UMAP"}, cells.values, Text::same("v"));
  EXPECT_LT(spec["layer"][0]["data"]["values"].size(), most_points);
  EXPECT_EQ(spec["layer"][0]["mark"]["type"], "square");
  EXPECT_NE(spec["title"]["subtitle"].dump().find("20,001"), std::string::npos);
}

TEST(Plots, HighValuesLieOnTopAndMissingOnesAreGrey) {
  const std::vector<float> layout{0, 0, 1, 1, 2, 2, 3, 3};
  const std::vector<float> values{3, NAN, 1, 2};
  const auto spec =
      embedding_by_value(Text::same("t"), {layout, 2, "UMAP"}, values, Text::same("v"));
  EXPECT_EQ(spec["layer"][0]["data"]["values"].size(), 1u);
  std::vector<double> drawn;
  for (const auto& row : spec["layer"][1]["data"]["values"]) drawn.push_back(row["value"]);
  EXPECT_EQ(drawn, (std::vector<double>{1, 2, 3}));
}

TEST(Plots, BothSignsGetADivergingScaleAroundZero) {
  const json scale = color_scale(-1, 4);
  EXPECT_EQ(scale["domain"][2], 0);
  EXPECT_EQ(scale["domain"].front().get<double>(), -scale["domain"].back().get<double>());
}

TEST(Plots, CompositionSharesAddUpToOne) {
  const Composition data{Text::same("w"),
                         Text::same("p"),
                         {Text::same("a"), Text::same("b")},
                         {Text::same("x"), Text::same("y")},
                         {1, 3, 0, 0}};
  const auto spec = composition_bars(Text::same("t"), data);
  const auto& rows = spec["data"]["values"];
  ASSERT_EQ(rows.size(), 2u);  // the empty whole has no bar
  EXPECT_EQ(rows[0]["to"], 0.25);
  EXPECT_EQ(rows[1]["from"], 0.25);
  EXPECT_EQ(rows[1]["to"], 1.0);
}

TEST(Plots, HistogramsCountEveryCellAndShowEveryLimit) {
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) values.push_back(i % 100);
  const auto spec = histograms(Text::same("t"), {{Text::same("m"), values, {150, INFINITY}, false}},
                               Text::same("n"));
  const auto& view = spec["hconcat"][0];
  std::uint64_t cells = 0;
  for (const auto& row : view["layer"][0]["data"]["values"])
    cells += row["cells"].get<std::uint64_t>();
  EXPECT_EQ(cells, 1000u);
  EXPECT_EQ(view["layer"][1]["data"]["values"].size(), 1u);
  EXPECT_GE(view["layer"][0]["encoding"]["x"]["scale"]["domain"][1].get<double>(), 150);
}

TEST(Plots, VolcanoSortsGenesByTheLimits) {
  const std::vector<double> change{2, -2, 2, 0.5, NAN}, p{0.001, 0, 0.2, 0.001, 0.5};
  const auto spec = volcano(Text::same("t"), {{"A", "B", "C", "D", "E"}, change, p});
  std::map<std::string, std::string> direction;
  for (const auto& row : spec["layer"][2]["data"]["values"])
    direction[row["gene"]] = row["direction"];
  EXPECT_EQ(
      direction,
      (std::map<std::string, std::string>{
          {"A", "higher"}, {"B", "lower"}, {"C", "below the limits"}, {"D", "below the limits"}}));
}

TEST(Plots, OddInputGivesAFigureNotACrash) {
  const std::vector<float> nowhere{NAN, NAN}, one{1, 1};
  const std::vector<std::int32_t> codes{0};
  const Groups groups{Text::same("g"), {Text::same("a")}, codes};
  EXPECT_TRUE(embedding_by_group(Text::same("t"), {nowhere, 2, "UMAP"}, groups).is_object());
  EXPECT_TRUE(embedding_by_group(Text::same("t"), {one, 2, "UMAP"}, groups).is_object());
  EXPECT_TRUE(
      embedding_by_group(Text::same("t"), {{}, 2, "UMAP"}, {Text::same("g"), {}, {}}).is_object());
  EXPECT_TRUE(violins(Text::same("t"), {}, Text::same("v"), {Text::same("g"), {}, {}}).is_object());
  EXPECT_TRUE(dot_plot(Text::same("t"), {}, Text::same("m")).is_object());
  EXPECT_TRUE(marker_heat_map(Text::same("t"), {}).is_object());
  EXPECT_TRUE(bars(Text::same("t"), Text::same("n"), {}, {}, Text::same("v")).is_object());
  EXPECT_TRUE(
      histograms(Text::same("t"), {{Text::same("m"), {}, {}, true}}, Text::same("n")).is_object());
  EXPECT_TRUE(volcano(Text::same("t"), {}).is_object());
}

TEST(Colors, AreDistinctForManyGroups) {
  const auto colors = group_colors(32);
  EXPECT_EQ(std::set<std::string>(colors.begin(), colors.end()).size(), 32u);
  EXPECT_EQ(group_colors(3)[0], colors[0]);  // a group keeps its colour when others come
}

TEST(Labels, NeverOverlap) {
  RandomStream random(5);
  std::vector<LabelRequest> requests;
  for (int i = 0; i < 80; ++i)
    requests.push_back(
        {random.uniform() * 300, random.uniform() * 300, "label " + std::to_string(i)});
  for (const bool centred : {true, false}) {
    const auto places = place_labels(requests, 11, 300, 300, centred);
    std::size_t placed = 0;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!places[i]) continue;
      ++placed;
      for (std::size_t j = 0; j < i; ++j) {
        if (!places[j]) continue;
        const double room =
            (text_width(requests[i].text, 11) + text_width(requests[j].text, 11)) / 2;
        EXPECT_TRUE(std::abs(places[i]->x - places[j]->x) >= room ||
                    std::abs(places[i]->y - places[j]->y) >= 11);
      }
    }
    EXPECT_GT(placed, 40u);
  }
}

TEST(TextMetrics, MeasuresCutsAndWraps) {
  EXPECT_GT(text_width("W", 10), text_width("i", 10));
  EXPECT_DOUBLE_EQ(text_width("细胞", 10), 20);
  EXPECT_EQ(shortened("short", 10, 100), "short");
  const auto cut = shortened("a very long name of a group", 10, 60);
  EXPECT_LE(text_width(cut, 10), 60);
  EXPECT_EQ(cut.substr(cut.size() - 3), "…");
  for (const std::string text :
       {"one two three four five six seven", "每个细胞的基因数与计数之间的关系图",
        "averyveryverylongwordwithoutanyspace", ""}) {
    std::string joined;
    for (const auto& line : wrapped(text, 10, 80)) joined += line;
    auto without_spaces = text;
    std::erase(without_spaces, ' ');
    std::erase(joined, ' ');
    EXPECT_EQ(joined, without_spaces);
  }
  for (const auto& line : wrapped("one two three four five six seven", 10, 80))
    EXPECT_LE(text_width(line, 10), 80);
}

}  // namespace
}  // namespace celloquy::plots
