// The reader of pairs folders: what it says of a whole one, and that a damaged
// one of any kind gives a sentence.

#include "training/pairs_folder.hpp"

#include <functional>

#include "synthetic_pairs.hpp"

namespace celloquy::training {
namespace {

using celloquy::testing::read_file;
using celloquy::testing::synthetic_pairs;
using celloquy::testing::SyntheticPairs;
using celloquy::testing::TemporaryFolder;
using celloquy::testing::write_file;

void expect_sentence(const Expected<PairsFolder>& opened, const std::string& what) {
  ASSERT_FALSE(opened) << what;
  const Error& error = opened.error();
  EXPECT_EQ(error.code, ErrorCode::unusable_input) << what;
  for (const Text* text : {&error.message, &error.remedy}) {
    EXPECT_FALSE(text->en.empty()) << what;
    EXPECT_FALSE(text->zh.empty()) << what;
    EXPECT_EQ(text->en.find("training."), std::string::npos) << text->en;
    EXPECT_NE(text->en, text->zh) << what;
  }
}

TEST(PairsFolder, GivesBackWhatWasWritten) {
  TemporaryFolder folder;
  const SyntheticPairs written = synthetic_pairs();
  written.write(folder.path());
  const auto pairs = PairsFolder::open(folder.path(), {});
  ASSERT_TRUE(pairs) << pairs.error().message.en;
  ASSERT_EQ(pairs->size(), written.rows.size());
  EXPECT_EQ(pairs->genes().size(), 300u);
  EXPECT_EQ(pairs->genes()[7], "G7");
  ASSERT_EQ(pairs->index().sources.size(), 4u);
  EXPECT_EQ(pairs->index().platforms,
            (std::vector<std::string>{"human single cell", "mouse single cell", "bulk"}));
  EXPECT_EQ(pairs->index().languages, (std::vector<std::string>{"en", "zh"}));
  EXPECT_FALSE(pairs->index().sources[1].measures(1));
  EXPECT_FALSE(pairs->index().sources[1].measures(30));
  EXPECT_TRUE(pairs->index().sources[1].measures(2));
  EXPECT_TRUE(pairs->index().sources[2].mouse);
  PairRow row;
  for (std::size_t i = 0; i < pairs->size(); ++i) {
    ASSERT_TRUE(pairs->read_row(i, row));
    ASSERT_EQ(row.genes.size(), written.rows[i].size());
    for (std::size_t k = 0; k < row.genes.size(); ++k) {
      EXPECT_EQ(row.genes[k], written.rows[i][k].first);
      EXPECT_EQ(row.values[k], written.rows[i][k].second);
    }
  }
  const Pair &profile = (*pairs)[0], &same_type = (*pairs)[12], &bulk = (*pairs)[36],
             &markers = (*pairs)[48];
  EXPECT_TRUE(pairs->is_profile(profile));
  EXPECT_FALSE(pairs->is_profile(markers));
  EXPECT_EQ(pairs->source(same_type).name, "two");
  EXPECT_EQ(profile.cell_type, same_type.cell_type);
  EXPECT_EQ(profile.cell_type, markers.cell_type);
  EXPECT_EQ(profile.label, bulk.label);
  EXPECT_EQ(profile.label, markers.label) << "a set without a label goes by its first text";
  EXPECT_EQ(bulk.cell_type, -1);
  EXPECT_EQ(pairs->texts(profile).size(), 3u);
  EXPECT_EQ(pairs->texts(profile)[2].language, 1);
}

TEST(PairsFolder, VisitsEachTextOnce) {
  TemporaryFolder folder;
  synthetic_pairs().write(folder.path());
  const auto pairs = PairsFolder::open(folder.path(), {});
  ASSERT_TRUE(pairs);
  std::vector<std::string> texts;
  ASSERT_TRUE(pairs->for_each_text([&](std::uint32_t row, const std::string& text) -> Status {
    EXPECT_EQ(row, texts.size());
    texts.push_back(text);
    return {};
  }));
  EXPECT_EQ(texts.size(), 3 * 12u);
  EXPECT_EQ(texts.size(), pairs->index().text_keys.size());
  EXPECT_EQ(texts[0], "alveolar cell");
  // The texts were changed behind the reader's back.
  write_file(folder / "pairs.jsonl", read_file(folder / "pairs.jsonl").substr(0, 900) + "\n");
  EXPECT_FALSE(pairs->for_each_text([](auto, const auto&) -> Status { return {}; }));
}

TEST(PairsFolder, TheFingerprintFollowsTheContent) {
  TemporaryFolder folder;
  SyntheticPairs written = synthetic_pairs();
  const auto fingerprint = [&] {
    written.write(folder.path());
    return PairsFolder::open(folder.path(), {})->fingerprint();
  };
  const auto first = fingerprint();
  EXPECT_EQ(first, fingerprint());
  written.rows[20][3].second += 0.5f;
  const auto second = fingerprint();
  EXPECT_NE(first, second);
  written.lines[3]["label"] = "another";
  const auto third = fingerprint();
  EXPECT_NE(second, third);
  written.sources[0]["licence"] = "another";
  EXPECT_NE(third, fingerprint());
}

TEST(PairsFolder, RefusesAMatrixThatIsCutAnywhere) {
  TemporaryFolder folder;
  const SyntheticPairs written = synthetic_pairs(2, 40);
  written.write(folder.path());
  const std::string whole = written.matrix();
  for (std::size_t size = 0; size < whole.size(); size += size < 200 ? 1 : 61) {
    write_file(folder / "pairs.matrix", whole.substr(0, size));
    expect_sentence(PairsFolder::open(folder.path(), {}), "cut at " + std::to_string(size));
  }
  write_file(folder / "pairs.matrix", whole + "x");
  expect_sentence(PairsFolder::open(folder.path(), {}), "a byte too long");
}

TEST(PairsFolder, RefusesSizesThatNoFileHas) {
  TemporaryFolder folder;
  const SyntheticPairs written = synthetic_pairs(2, 40);
  written.write(folder.path());
  const std::string whole = written.matrix();
  for (std::size_t field = 8; field < 32 + 8 * 4; field += 8)
    for (const std::uint64_t value :
         {std::uint64_t{0}, std::uint64_t{1} << 20, std::uint64_t{1} << 40, ~std::uint64_t{0},
          ~std::uint64_t{0} / 6, ~std::uint64_t{0} / 8}) {
      if (field >= 32 && value == 0) continue;  // the first row may begin there or be empty
      std::string damaged = whole;
      std::memcpy(damaged.data() + field, &value, sizeof value);
      write_file(folder / "pairs.matrix", damaged);
      expect_sentence(PairsFolder::open(folder.path(), {}),
                      std::to_string(field) + " = " + std::to_string(value));
    }
}

TEST(PairsFolder, RefusesARowThatIsDamaged) {
  TemporaryFolder folder;
  SyntheticPairs written = synthetic_pairs(2, 40);
  const auto read_first = [&](std::size_t pair) {
    written.write(folder.path());
    const auto pairs = PairsFolder::open(folder.path(), {});
    EXPECT_TRUE(pairs);
    PairRow row;
    return pairs->read_row(pair, row).has_value();
  };
  EXPECT_TRUE(read_first(0));
  auto& row = written.rows[0];
  const auto kept = row;
  row[2].first = 40;  // beyond the genes
  EXPECT_FALSE(read_first(0));
  EXPECT_TRUE(read_first(1));
  row = kept;
  std::swap(row[2], row[3]);  // not ascending
  EXPECT_FALSE(read_first(0));
  for (const float value : {-1.0f, 11.0f, std::nanf(""), INFINITY}) {
    row = kept;
    row[1].second = value;
    EXPECT_FALSE(read_first(0)) << value;
  }
  row = kept;
  EXPECT_TRUE(read_first(0));
}

TEST(PairsFolder, AMatrixThatIsCutWhileItIsInUseGivesAnError) {
  TemporaryFolder folder;
  synthetic_pairs(2, 40).write(folder.path());
  const auto pairs = PairsFolder::open(folder.path(), {});
  ASSERT_TRUE(pairs);
  std::filesystem::resize_file(folder / "pairs.matrix", 100);
  PairRow row;
  const auto read = pairs->read_row(3, row);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::unusable_input);
}

TEST(PairsFolder, RefusesLinesWithASentenceThatNamesThem) {
  using Change = std::function<void(SyntheticPairs&)>;
  const std::vector<std::pair<std::string, Change>> changes = {
      {"pairs.jsonl", [](auto& p) { p.lines[1].erase("family"); }},
      {"pairs.jsonl", [](auto& p) { p.lines[1]["family"] = 3; }},
      {"pairs.jsonl", [](auto& p) { p.lines[1].erase("texts"); }},
      {"pairs.jsonl", [](auto& p) { p.lines[1]["texts"] = nlohmann::json::array(); }},
      {"pairs.jsonl", [](auto& p) { p.lines[1]["texts"][1] = "a text"; }},
      {"pairs.jsonl", [](auto& p) { p.lines[1]["texts"][1]["text"] = ""; }},
      {"pairs.jsonl", [](auto& p) { p.lines[1]["source"] = "elsewhere"; }},
      {"pairs.jsonl", [](auto& p) { p.lines[1].erase("source"); }},
      {"pairs.jsonl", [](auto& p) { p.lines[1] = nlohmann::json::array(); }},
      {"sources.jsonl", [](auto& p) { p.sources[1].erase("licence"); }},
      {"sources.jsonl", [](auto& p) { p.sources[1]["species"] = "axolotl"; }},
      {"sources.jsonl", [](auto& p) { p.sources[1]["platform"] = 1; }},
      {"sources.jsonl", [](auto& p) { p.sources[1]["not_measured"] = {-1}; }},
      {"sources.jsonl", [](auto& p) { p.sources[1]["not_measured"] = {40}; }},
      {"sources.jsonl", [](auto& p) { p.sources[1]["source"] = "one"; }},
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    TemporaryFolder folder;
    SyntheticPairs damaged = synthetic_pairs(2, 40);
    changes[i].second(damaged);
    damaged.write(folder.path());
    const auto opened = PairsFolder::open(folder.path(), {});
    expect_sentence(opened, "change " + std::to_string(i));
    EXPECT_NE(opened.error().message.en.find("Line 2 of"), std::string::npos);
    EXPECT_NE(opened.error().message.en.find(changes[i].first), std::string::npos) << i;
  }
}

TEST(PairsFolder, RefusesFilesThatDoNotBelongTogether) {
  const auto damage = [](const std::string& file,
                         const std::function<std::string(std::string)>& f) {
    TemporaryFolder folder;
    synthetic_pairs(2, 40).write(folder.path());
    const auto path = folder / file;
    const auto content = f(read_file(path));
    std::filesystem::remove(path);
    if (content != "absent") write_file(path, content);
    expect_sentence(PairsFolder::open(folder.path(), {}), file);
  };
  for (const char* file : {"pairs.jsonl", "sources.jsonl", "genes.txt", "pairs.matrix"}) {
    damage(file, [](auto) { return "absent"; });
    damage(file, [](auto) { return ""; });
    damage(file, [](auto) { return std::string(100, '\0'); });
    damage(file, [](auto) { return std::string(100, '\n'); });
  }
  damage("pairs.jsonl", [](auto text) { return text + text; });
  damage("pairs.jsonl", [](auto text) { return text + "{\"family\": \"mark"; });
  damage("pairs.jsonl", [](auto) { return std::string((std::size_t{1} << 24) + 2, '['); });
  damage("genes.txt", [](auto text) { return text + "one more\n"; });
  damage("genes.txt", [](auto text) { return text.substr(0, text.size() - 4) + "G1\n"; });
}

TEST(PairsFolder, CanBeCancelled) {
  TemporaryFolder folder;
  synthetic_pairs(300, 3000).write(folder.path());
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto opened = PairsFolder::open(folder.path(), context);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy::training
