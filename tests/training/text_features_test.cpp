// Vectors of texts are encoded once and kept by content.

#include "training/text_features.hpp"

#include <unistd.h>

#include "synthetic_pairs.hpp"

namespace celloquy::training {
namespace {

using celloquy::testing::synthetic_pairs;
using celloquy::testing::TemporaryFolder;

/// Counts what it is asked for; fails after `most` texts.
class CountingEncoder final : public language::TextEncoder {
 public:
  explicit CountingEncoder(std::string identity = "counting") : identity_(std::move(identity)) {}
  std::string_view identity() const override { return identity_; }
  std::size_t dimension() const override { return twin_->dimension(); }
  Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                      const Context& context) override {
    if (encoded + texts.size() > most) return cancelled_error();
    encoded += texts.size();
    return twin_->encode(texts, context);
  }
  std::size_t encoded = 0, most = ~std::size_t{0};

 private:
  std::string identity_;
  std::unique_ptr<language::TextEncoder> twin_ = language::hashing_encoder(24);
};

struct Fixture {
  TemporaryFolder folder;
  PairsFolder pairs;
  explicit Fixture(std::size_t types = 12)
      : pairs([&] {
          synthetic_pairs(types, 10 * types + 40).write(folder.path());
          return *PairsFolder::open(folder.path(), {});
        }()) {}
  std::vector<std::uint8_t> all() const {
    return std::vector<std::uint8_t>(pairs.index().text_keys.size(), 1);
  }
  std::filesystem::path file() const { return folder / "texts.records"; }
};

TEST(TextFeatures, AreThoseOfTheEncoder) {
  Fixture f;
  CountingEncoder encoder;
  const auto features = TextFeatures::prepare(f.pairs, f.all(), encoder, f.file(), {});
  ASSERT_TRUE(features) << features.error().message.en;
  auto twin = language::hashing_encoder(24);
  ASSERT_TRUE(f.pairs.for_each_text([&](std::uint32_t row, const std::string& text) -> Status {
    std::vector<float> read(24);
    EXPECT_TRUE(features->read(row, read.data()));
    EXPECT_EQ(read, *twin->encode(std::vector<std::string>{text}, {})) << text;
    return {};
  }));
}

TEST(TextFeatures, EncodesOnlyWhatIsWantedAndNotKnown) {
  Fixture f;
  CountingEncoder encoder;
  auto some = f.all();
  for (std::size_t i = 0; i < some.size(); i += 2) some[i] = 0;
  ASSERT_TRUE(TextFeatures::prepare(f.pairs, some, encoder, f.file(), {}));
  EXPECT_EQ(encoder.encoded, 18u);
  ASSERT_TRUE(TextFeatures::prepare(f.pairs, f.all(), encoder, f.file(), {}));
  EXPECT_EQ(encoder.encoded, 36u);
  // Another pairs folder with more texts: the known ones are found by content.
  Fixture more(16);
  ASSERT_TRUE(TextFeatures::prepare(more.pairs, more.all(), encoder, f.file(), {}));
  EXPECT_EQ(encoder.encoded, 48u);
  // Another encoder: nothing of the old one may be used.
  CountingEncoder other("another");
  ASSERT_TRUE(TextFeatures::prepare(f.pairs, f.all(), other, f.file(), {}));
  EXPECT_EQ(other.encoded, 36u);
}

TEST(TextFeatures, KeepsWhatWasEncodedBeforeItEndedEarly) {
  Fixture f(220);
  CountingEncoder encoder;
  encoder.most = 600;
  const auto stopped = TextFeatures::prepare(f.pairs, f.all(), encoder, f.file(), {});
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(encoder.encoded, 512u);
  encoder.most = ~std::size_t{0};
  ASSERT_TRUE(TextFeatures::prepare(f.pairs, f.all(), encoder, f.file(), {}));
  EXPECT_EQ(encoder.encoded, 660u);
}

TEST(RecordFile, BeginsAnewWhenItIsDamaged) {
  TemporaryFolder folder;
  const auto path = folder / "records";
  const std::vector<std::uint32_t> three = {1, 2, 3};
  const auto write = [&] {
    auto file = RecordFile::open(path, "a", 4);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->size(), 0u);
    ASSERT_TRUE(file->append(std::as_bytes(std::span(three))));
  };
  const auto size = [&](const char* identity, std::size_t bytes) {
    return RecordFile::open(path, identity, bytes)->size();
  };
  write();
  EXPECT_EQ(size("a", 4), 3u);
  std::uint32_t last = 0;
  auto file = RecordFile::open(path, "a", 4);
  ASSERT_TRUE(file->read(2, 1, &last));
  EXPECT_EQ(last, 3u);
  EXPECT_FALSE(file->read(3, 1, &last)) << "there is no fourth record";
  // Half a record more is what an append leaves that was killed.
  ASSERT_EQ(::truncate(path.c_str(), 64 + 14), 0);
  EXPECT_EQ(size("a", 4), 3u);
  ASSERT_EQ(::truncate(path.c_str(), 64 + 11), 0);
  EXPECT_EQ(size("a", 4), 0u) << "a record that the count names is cut";
  write();
  EXPECT_EQ(size("b", 4), 0u);
  write();
  EXPECT_EQ(size("a", 8), 0u);
  celloquy::testing::write_file(path, "something else");
  EXPECT_EQ(size("a", 4), 0u);
  EXPECT_FALSE(RecordFile::open(folder / "no" / "folder", "a", 4));
}

}  // namespace
}  // namespace celloquy::training
