// The cache: the same vectors, each text encoded once, whatever happens to its file.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "language/text_encoder.hpp"
#include "language/vector_store.hpp"

namespace celloquy::language {
namespace {

namespace fs = std::filesystem;

/// Counts the texts that reach it.
class CountingEncoder final : public TextEncoder {
 public:
  CountingEncoder(std::atomic<int>& count, std::string identity = "counting")
      : count_(count), identity_(std::move(identity)) {}
  std::string_view identity() const override { return identity_; }
  std::size_t dimension() const override { return 16; }
  Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                      const Context& context) override {
    count_ += static_cast<int>(texts.size());
    return hashing_->encode(texts, context);
  }

 private:
  std::atomic<int>& count_;
  std::string identity_;
  std::unique_ptr<TextEncoder> hashing_ = hashing_encoder(16);
};

class CachingEncoderTest : public ::testing::Test {
 protected:
  CachingEncoderTest() {
    std::string name = (fs::temp_directory_path() / "celloquy-vectors-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~CachingEncoderTest() override { fs::remove_all(folder); }

  std::unique_ptr<TextEncoder> open(std::string identity = "counting") {
    return caching_encoder(std::make_unique<CountingEncoder>(encoded, std::move(identity)), folder);
  }
  std::vector<float> encode(TextEncoder& encoder, const std::vector<std::string>& texts) {
    auto vectors = encoder.encode(texts, {});
    EXPECT_TRUE(vectors.has_value());
    return vectors ? *std::move(vectors) : std::vector<float>{};
  }
  std::vector<float> expected(const std::vector<std::string>& texts) {
    return encode(*hashing_encoder(16), texts);
  }
  fs::path file() const { return fs::directory_iterator(folder)->path(); }

  fs::path folder;
  std::atomic<int> encoded{0};
};

TEST_F(CachingEncoderTest, EncodesEachTextOnceAlsoInTheNextProcess) {
  const std::vector<std::string> texts{"T cell", "B cell", "", "T cell"};
  {
    const auto first = open();
    EXPECT_EQ(encode(*first, texts), expected(texts));
    EXPECT_EQ(encoded, 3) << "of the two equal texts one";
    EXPECT_EQ(encode(*first, texts), expected(texts));
    EXPECT_EQ(encoded, 3);
  }
  const auto second = open();
  const std::vector<std::string> more{"NK cell", "B cell", "T cell"};
  EXPECT_EQ(encode(*second, more), expected(more));
  EXPECT_EQ(encoded, 4);
}

TEST_F(CachingEncoderTest, KeepsEncodersApart) {
  encode(*open("one"), {"T cell"});
  encode(*open("two"), {"T cell"});
  EXPECT_EQ(encoded, 2);
}

TEST_F(CachingEncoderTest, SeesWhatOthersAddMeanwhile) {
  const auto one = open(), two = open();
  encode(*one, {"T cell", "B cell"});
  encode(*two, {"B cell"});
  EXPECT_EQ(encoded, 2);
}

TEST_F(CachingEncoderTest, SurvivesAFileThatEndsAnywhere) {
  const std::vector<std::string> texts{"T cell", "B cell", "NK cell"};
  encode(*open(), texts);
  const auto size = fs::file_size(file());
  for (auto kept = size; kept-- > 0;) {
    fs::resize_file(file(), kept);
    EXPECT_EQ(encode(*open(), texts), expected(texts)) << kept << " bytes";
    EXPECT_EQ(fs::file_size(file()), size) << kept << " bytes";
  }
}

TEST_F(CachingEncoderTest, EncodesAgainWhatWasDamaged) {
  const std::vector<std::string> texts{"T cell", "B cell", "NK cell"};
  encode(*open(), texts);
  std::string whole(fs::file_size(file()), '\0');
  std::ifstream(file(), std::ios::binary).read(whole.data(), static_cast<long>(whole.size()));
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    auto damaged = whole;
    damaged[at] ^= 0x11;
    std::ofstream(file(), std::ios::binary).write(damaged.data(), static_cast<long>(whole.size()));
    EXPECT_EQ(encode(*open(), texts), expected(texts)) << "byte " << at;
    const int before = encoded;
    EXPECT_EQ(encode(*open(), texts), expected(texts)) << "byte " << at;
    EXPECT_EQ(encoded, before) << "mended, byte " << at;
  }
}

TEST_F(CachingEncoderTest, WorksWithoutAFolder) {
  std::ofstream(folder / "file") << "no folder";
  const auto encoder =
      caching_encoder(std::make_unique<CountingEncoder>(encoded), folder / "file" / "below");
  EXPECT_EQ(encode(*encoder, {"T cell"}), expected({"T cell"}));
  EXPECT_EQ(encode(*encoder, {"T cell"}), expected({"T cell"}));
  EXPECT_EQ(encoded, 2);
}

TEST_F(CachingEncoderTest, ServesSeveralProcessesAndThreads) {
  std::vector<std::string> texts;
  for (int i = 0; i < 300; ++i) texts.push_back("cell " + std::to_string(i % 200));
  const auto right = expected(texts);
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const auto pid = ::fork();
    if (pid == 0) {
      std::atomic<int> count{0};
      const auto encoder = caching_encoder(std::make_unique<CountingEncoder>(count), folder);
      bool good = true;
      for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto at = (i * 7 + static_cast<std::size_t>(child) * 50) % texts.size();
        const auto vector = encoder->encode(std::span(texts).subspan(at, 1), {});
        good &= vector && std::equal(vector->begin(), vector->end(), right.begin() + at * 16);
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const auto pid : children) {
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const auto encoder = open();
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] { EXPECT_EQ(encode(*encoder, texts), right); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(encoded, 0) << "the four processes encoded all";
}

TEST_F(CachingEncoderTest, KeepsWhatWasDoneBeforeItWasCancelled) {
  /// Cancels itself when the second block arrives.
  class Cancelling final : public TextEncoder {
   public:
    explicit Cancelling(CancellationToken& token) : token_(token) {}
    std::string_view identity() const override { return "counting"; }
    std::size_t dimension() const override { return 16; }
    Expected<std::vector<float>> encode(std::span<const std::string> texts,
                                        const Context& context) override {
      if (++calls_ == 2) token_.cancel();
      return hashing_->encode(texts, context);
    }

   private:
    CancellationToken& token_;
    int calls_ = 0;
    std::unique_ptr<TextEncoder> hashing_ = hashing_encoder(16);
  };
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) texts.push_back("cell " + std::to_string(i));
  CancellationToken token;
  Context context;
  context.cancellation = &token;
  const auto stopped =
      caching_encoder(std::make_unique<Cancelling>(token), folder)->encode(texts, context);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  EXPECT_EQ(encode(*open(), texts), expected(texts));
  EXPECT_EQ(encoded, 1000 - 256);
}

}  // namespace
}  // namespace celloquy::language
