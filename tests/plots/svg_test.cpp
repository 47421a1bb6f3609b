#include "plots/svg.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "examples.hpp"
#include "plots/svg_scales.hpp"

namespace celloquy::plots {
namespace {

using nlohmann::json;

std::size_t occurrences(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// Tags are closed in the order in which they were opened.
bool well_formed(const std::string& svg) {
  std::vector<std::string> open;
  for (auto at = svg.find('<'); at != std::string::npos; at = svg.find('<', at + 1)) {
    const auto end = svg.find('>', at);
    if (end == std::string::npos) return false;
    if (svg[end - 1] == '/') continue;
    const bool closing = svg[at + 1] == '/';
    const auto name =
        svg.substr(at + (closing ? 2 : 1), svg.find_first_of(" >", at) - at - (closing ? 2 : 1));
    if (!closing) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

// CELLOQUY_FIGURES=folder writes all of them there, to look at.
TEST(Svg, DrawsEveryFigureInBothLanguages) {
  const char* folder = std::getenv("CELLOQUY_FIGURES");
  for (const auto& [name, spec] : testing::all_examples())
    for (const auto language : {Language::english, Language::chinese}) {
      const auto svg = render_svg(spec, language);
      ASSERT_TRUE(svg) << name << ": " << svg.error().message.en;
      EXPECT_TRUE(well_formed(*svg)) << name;
      EXPECT_EQ(svg->find("nan"), std::string::npos) << name;
      EXPECT_EQ(svg->find("inf\""), std::string::npos) << name;
      EXPECT_EQ(*svg, *render_svg(spec, language)) << name;
      if (folder)
        std::ofstream(std::string(folder) + "/" + name +
                      (language == Language::english ? ".en" : ".zh") + ".svg")
            << *svg;
    }
}

TEST(Svg, DrawsAMarkForEachRow) {
  const auto cells = testing::make_cells(500);
  const auto spec =
      embedding_by_value(Text::same("t"), {cells.layout, 2, "UMAP"}, cells.values, Text::same("v"));
  EXPECT_EQ(occurrences(*render_svg(spec), "<circle"), 500u);
}

TEST(Svg, PutsValuesWhereTheyBelong) {
  const json spec = json::parse(R"({"$schema":"https://vega.github.io/schema/vega-lite/v5.json",
    "width":100,"height":50,"data":{"values":[{"x":5,"y":10}]},"mark":{"type":"circle","size":12.566370614},
    "encoding":{"x":{"field":"x","type":"quantitative","scale":{"domain":[0,10],"nice":false},"axis":null},
                "y":{"field":"y","type":"quantitative","scale":{"domain":[0,40],"nice":false},"axis":null}}})");
  const auto svg = render_svg(spec);
  ASSERT_TRUE(svg) << svg.error().message.en;
  EXPECT_NE(svg->find("<circle cx=\"50\" cy=\"37.5\" r=\"2\"/>"), std::string::npos) << *svg;
}

TEST(Svg, EscapesNames) {
  const std::vector<float> layout{0, 0, 1, 1};
  const std::vector<std::int32_t> codes{0, 0};
  const auto spec = embedding_by_group(Text::same("a < b & \"c\""), {layout, 2, "UMAP"},
                                       {Text::same("g"), {Text::same("<script>")}, codes});
  const auto svg = render_svg(spec);
  ASSERT_TRUE(svg);
  EXPECT_EQ(svg->find("<script>"), std::string::npos);
  EXPECT_TRUE(well_formed(*svg));
}

TEST(Svg, RefusesWhatItCannotDraw) {
  const auto good = testing::all_examples()["dot_plot"];
  ASSERT_TRUE(render_svg(good));
  const auto refused = [&](const char* pointer, const json& value) {
    json spec = good;
    spec[json::json_pointer(pointer)] = value;
    const auto svg = render_svg(spec);
    return !svg && svg.error().code == ErrorCode::cannot_answer;
  };
  EXPECT_TRUE(refused("/mark/type", "geoshape"));
  EXPECT_TRUE(refused("/mark/cornerRadius", 3));
  EXPECT_TRUE(refused("/transform", json::array()));
  EXPECT_TRUE(refused("/encoding/shape", json::object()));
  EXPECT_TRUE(refused("/encoding/x/aggregate", "mean"));
  EXPECT_TRUE(refused("/encoding/x/type", "temporal"));
  EXPECT_TRUE(refused("/encoding/color/scale/scheme", "viridis"));
  EXPECT_TRUE(refused("/config/axis/grid", true));
  EXPECT_TRUE(refused("/width", "container"));
  EXPECT_TRUE(refused("/width", 1e9));
  EXPECT_TRUE(refused("/data", {{"url", "cells.csv"}}));
  EXPECT_TRUE(refused("/$schema", "https://vega.github.io/schema/vega/v5.json"));
  EXPECT_FALSE(render_svg(json::array()));
  EXPECT_FALSE(render_svg(json()));
}

TEST(Svg, TicksAreRoundAndInside) {
  EXPECT_EQ(svg::nice_ticks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  for (const double scale : {1e-6, 0.03, 1.0, 7.7, 1e5})
    for (const auto& tick : svg::nice_ticks(-scale, scale, 6))
      EXPECT_LE(std::abs(tick), scale * (1 + 1e-9));
}

TEST(Svg, NumbersAsText) {
  EXPECT_EQ(svg::number_text(12345, "", 1000), "12,345");
  EXPECT_EQ(svg::number_text(0.3, "", 0.1), "0.3");
  EXPECT_EQ(svg::number_text(-2, "", 2), "−2");
  EXPECT_EQ(svg::number_text(0.4, ".0%", 0.2), "40%");
  EXPECT_EQ(svg::number_text(10'000, "~s", 0), "10k");
  EXPECT_EQ(svg::number_text(2'500'000, "~s", 0), "2.5M");
}

TEST(Png, IsMadeWhereTheConverterIs) {
  const auto path = (std::filesystem::temp_directory_path() /
                     ("celloquy-png-" + std::to_string(::getpid()) + ".png"))
                        .string();
  const auto svg = render_svg(testing::all_examples()["bars"]);
  ASSERT_TRUE(svg);
  const auto status = write_png(*svg, path);
  if (!status) {
    EXPECT_EQ(status.error().code, ErrorCode::cannot_answer);
    EXPECT_NE(status.error().remedy.en.find("librsvg2-bin"), std::string::npos);
    GTEST_SKIP() << "rsvg-convert is not installed";
  }
  std::ifstream in(path, std::ios::binary);
  std::string magic(8, '\0');
  in.read(magic.data(), 8);
  EXPECT_EQ(magic, "\x89PNG\r\n\x1a\n");
  std::filesystem::remove(path);
  EXPECT_FALSE(write_png(*svg, "/nowhere/at/all.png"));
}

}  // namespace
}  // namespace celloquy::plots
