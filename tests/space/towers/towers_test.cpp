// The trained towers at run time.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "space/model/tensor_file.hpp"
#include "space/towers/cell_tower.hpp"
#include "space/towers/text_head.hpp"

namespace celloquy::space {
namespace {

std::vector<float> random_values(std::size_t n, std::uint64_t seed, double scale = 1) {
  RandomStream random(seed);
  std::vector<float> out(n);
  for (auto& value : out) value = static_cast<float>(scale * random.normal());
  return out;
}

TowerWeights random_weights(const TowerShape& shape, std::uint64_t seed) {
  const std::size_t d = shape.dimension, m = shape.hidden;
  return {shape,
          random_values(shape.input * d, seed),
          random_values(d, seed + 1, 0.3),
          random_values(d * m, seed + 2, 0.3),
          random_values(m, seed + 3, 0.3),
          random_values(m * d, seed + 4, 0.3),
          random_values(d, seed + 5, 0.3)};
}

/// The definition in tower.hpp, a number at a time in double.
std::vector<double> by_definition(const TowerWeights& w, std::vector<double> x) {
  const std::size_t n = w.shape.input, d = w.shape.dimension, m = w.shape.hidden;
  std::vector<double> h(d), y(d);
  for (std::size_t j = 0; j < d; ++j) {
    h[j] = w.input_bias[j];
    for (std::size_t i = 0; i < n; ++i) h[j] += x[i] * w.input_weight[i * d + j];
    y[j] = h[j] + w.output_bias[j];
  }
  for (std::size_t k = 0; k < m; ++k) {
    double a = w.hidden_bias[k];
    for (std::size_t j = 0; j < d; ++j) a += h[j] * w.hidden_weight[j * m + k];
    const double active = a / 2 * (1 + std::erf(a / std::sqrt(2.0)));
    for (std::size_t j = 0; j < d; ++j) y[j] += active * w.output_weight[k * d + j];
  }
  double square = 0;
  for (const double value : y) square += value * value;
  for (auto& value : y) value /= std::sqrt(square);
  return y;
}

struct Fixture : testing::Test {
  static constexpr std::size_t g = 120, d = 20, m = 28, n = 150;
  TowerWeights weights = random_weights({g, d, m}, 1);
  CellTower tower{weights, std::vector<std::string>(g, "gene")};
  std::vector<float> z = random_values(n * g, 9);
};
using CellTowerTest = Fixture;

TEST_F(CellTowerTest, FollowsTheDefinition) {
  const auto vectors = tower.encode(z, {});
  ASSERT_EQ(vectors.size(), n * d);
  for (std::size_t i = 0; i < n; i += 13) {
    std::vector<double> x(z.begin() + static_cast<std::ptrdiff_t>(i * g),
                          z.begin() + static_cast<std::ptrdiff_t>((i + 1) * g));
    double square = 0;
    for (const double value : x) square += value * value;
    for (auto& value : x) value /= std::sqrt(square);
    const auto expected = by_definition(weights, x);
    for (std::size_t j = 0; j < d; ++j) EXPECT_NEAR(vectors[i * d + j], expected[j], 2e-6);
  }
}

TEST_F(CellTowerTest, GivesTheSameBitsWhateverElseIsEncoded) {
  const auto all = tower.encode(z, {});
  for (const std::size_t i :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{149}}) {
    const auto alone = tower.encode(std::span(z).subspan(i * g, g), {});
    for (std::size_t j = 0; j < d; ++j) EXPECT_EQ(alone[j], all[i * d + j]) << i;
  }
  ThreadPool pool(3);
  Context context;
  context.threads = &pool;
  EXPECT_EQ(tower.encode(z, context), all);
}

TEST_F(CellTowerTest, OnlyTheDirectionMatters) {
  auto longer = z;
  for (auto& value : longer) value *= 4;  // a power of two: no rounding
  EXPECT_EQ(tower.encode(longer, {}), tower.encode(z, {}));
}

TEST_F(CellTowerTest, DifferencesFromABackgroundGiveTheSameVectors) {
  const auto background = random_values(g, 5, 0.3);
  std::vector<std::uint64_t> offsets = {0};
  std::vector<std::uint32_t> genes;
  std::vector<float> values, dense;
  RandomStream random(6);
  for (std::size_t i = 0; i < n; ++i) {
    dense.insert(dense.end(), background.begin(), background.end());
    for (std::uint32_t gene = 0; gene < g; ++gene)
      if (i > 0 && random.uniform() < 0.1) {
        genes.push_back(gene);
        values.push_back(static_cast<float>(3 * random.normal()));
        dense[i * g + gene] += values.back();
      }
    offsets.push_back(genes.size());
  }
  const CellTower::Differences cells{background, offsets, genes, values};
  const auto expected = tower.encode(dense, {}), found = tower.encode(cells, {});
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 3e-6);
  ThreadPool pool(3);
  Context context;
  context.threads = &pool;
  EXPECT_EQ(tower.encode(cells, context), found);
}

TEST_F(CellTowerTest, ACellOfNothingHasAVector) {
  const auto vector = tower.encode(std::vector<float>(g, 0.0f), {});
  double square = 0;
  for (const float value : vector) square += value * value;
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_TRUE(tower.encode(std::vector<float>{}, {}).empty());
}

TEST(TextHead, FollowsTheDefinitionAndGivesTheSameBits) {
  const auto weights = random_weights({30, 20, 28}, 2);
  const TextHead head(weights, "some encoder");
  const auto texts = random_values(40 * 30, 3, 0.2);
  const auto vectors = head.encode(texts, {});
  for (std::size_t i = 0; i < 40; i += 7) {
    const std::span<const float> text = std::span(texts).subspan(i * 30, 30);
    const auto expected = by_definition(weights, {text.begin(), text.end()});
    const auto alone = head.encode(text, {});
    for (std::size_t j = 0; j < 20; ++j) {
      EXPECT_NEAR(vectors[i * 20 + j], expected[j], 2e-6);
      EXPECT_EQ(alone[j], vectors[i * 20 + j]);
    }
  }
}

TEST(QuantizedMatrix, IsWithinHalfAStepOfItsRow) {
  auto matrix = random_values(50 * 16, 4);
  for (std::size_t j = 0; j < 16; ++j) matrix[7 * 16 + j] = 0;
  const auto whole = quantize(matrix, 50, 16);
  const auto back = dequantize(whole, 16);
  for (std::size_t i = 0; i < matrix.size(); ++i)
    EXPECT_LE(std::abs(back[i] - matrix[i]), whole.scales[i / 16] * 0.5001f);
  EXPECT_EQ(whole.scales[7], 0);
}

/// A folder with both files, to be damaged.
struct TowersFolder {
  std::filesystem::path path;
  nlohmann::json description;
  TowerWeights cell = random_weights({6, 8, 8}, 7), text = random_weights({10, 8, 8}, 8);

  TowersFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "celloquy-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
    description = {{"format", "celloquy-towers-1"},
                   {"dimension", 8},
                   {"hidden", 8},
                   {"text_dimension", 10},
                   {"encoder", "e"},
                   {"genes", {"A", "B", "C", "D", "E", "F"}}};
    write();
  }
  ~TowersFolder() { std::filesystem::remove_all(path); }
  void write(std::size_t bytes = ~std::size_t{0}) const {
    TensorWriter file;
    for (const auto& [name, t] : {std::pair{"cell", &cell}, {"text", &text}}) {
      const auto add = [&](const char* group, const std::vector<float>& values) {
        file.add(std::string(name) + group, std::span<const float>(values), {values.size()});
      };
      add(".input.weight", t->input_weight);
      add(".input.bias", t->input_bias);
      add(".hidden.weight", t->hidden_weight);
      add(".hidden.bias", t->hidden_bias);
      add(".output.weight", t->output_weight);
      add(".output.bias", t->output_bias);
    }
    std::ofstream(path / "towers.safetensors", std::ios::binary) << file.bytes().substr(0, bytes);
    std::ofstream(path / "towers.json") << description.dump();
  }
  void expect_refused(const std::string& what) const {
    const auto read = read_towers(path);
    ASSERT_FALSE(read) << what;
    EXPECT_EQ(read.error().code, ErrorCode::unusable_input) << what;
    EXPECT_NE(read.error().message.en, read.error().message.zh) << what;
    EXPECT_FALSE(read.error().remedy.en.empty()) << what;
  }
};

TEST(ReadTowers, GivesBackTheWeights) {
  const TowersFolder folder;
  const auto read = read_towers(folder.path);
  ASSERT_TRUE(read) << read.error().message.en;
  EXPECT_EQ(read->cell.input_weight, folder.cell.input_weight);
  EXPECT_EQ(read->text.output_bias, folder.text.output_bias);
  EXPECT_EQ(read->genes.size(), 6u);
}

TEST(ReadTowers, RefusesWhatIsDamagedWithASentence) {
  TowersFolder folder;
  const auto whole = folder.description;
  for (const char* field :
       {"format", "dimension", "hidden", "text_dimension", "encoder", "genes"}) {
    folder.description = whole;
    folder.description.erase(field);
    folder.write();
    folder.expect_refused(field);
    for (const nlohmann::json& value :
         {nlohmann::json(-1), nlohmann::json(1u << 30), nlohmann::json("x"), nlohmann::json({1})}) {
      if (std::string(field) == "encoder" && value.is_string()) continue;
      folder.description = whole;
      folder.description[field] = value;
      folder.write();
      folder.expect_refused(field);
    }
  }
  folder.description = whole;
  folder.description["genes"].push_back("G");
  folder.write();
  folder.expect_refused("a gene more than the weights have");
  folder.description = whole;
  for (const std::size_t bytes : {0, 5, 8, 100, 900, 2000}) {
    folder.write(bytes);
    folder.expect_refused("cut at " + std::to_string(bytes));
  }
  std::filesystem::remove(folder.path / "towers.safetensors");
  folder.expect_refused("no weights");
  std::filesystem::remove(folder.path / "towers.json");
  folder.expect_refused("no description");
}

}  // namespace
}  // namespace celloquy::space
