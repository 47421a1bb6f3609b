#include "workspace/result_store.hpp"

#include <cmath>
#include <limits>
#include <thread>

#include "temporary_folder.hpp"

namespace celloquy::workspace {
namespace {

using celloquy::testing::read_text;
using celloquy::testing::TemporaryFolder;
using celloquy::testing::write_text;

Blob every_type() {
  Blob blob;
  blob.facts = {{"name", "T 细胞"}, {"n", 3}, {"x", 0.1}, {"list", {1, 2, 3}}, {"none", nullptr}};
  blob.add("bytes", std::vector<std::uint8_t>{0, 255});
  blob.add("codes", std::vector<std::int32_t>{-1, 0, 1 << 30});
  blob.add("cells", std::vector<std::uint32_t>{0, ~0u});
  blob.add("offsets", std::vector<std::uint64_t>{0, ~std::uint64_t{0}});
  blob.add("layout", std::vector<float>{-0.f, 1.5f, std::numeric_limits<float>::infinity()});
  blob.add("p", std::vector<double>{5e-324, 1e308});
  blob.add("empty", std::vector<double>{});
  return blob;
}

void expect_equal(const Blob& a, const Blob& b) {
  EXPECT_EQ(a.facts, b.facts);
  ASSERT_EQ(a.arrays.size(), b.arrays.size());
  for (std::size_t i = 0; i < a.arrays.size(); ++i) {
    EXPECT_EQ(a.arrays[i].first, b.arrays[i].first);
    EXPECT_EQ(a.arrays[i].second, b.arrays[i].second);
  }
}

std::string file_of(const ResultStore& store, const std::string& key) {
  return store.folder() + "/" + key.substr(0, 2) + "/" + key + ".clq";
}

TEST(ResultStore, GivesBackWhatWasPut) {
  TemporaryFolder folder;
  ResultStore store(folder / "results");
  const auto key = result_key({}, "step", {{"k", 15}}, 1);
  EXPECT_FALSE(store.contains(key));
  EXPECT_FALSE(store.find(key));
  ASSERT_TRUE(store.put(key, every_type()));
  EXPECT_TRUE(store.contains(key));
  const auto found = ResultStore(folder / "results").find(key);
  ASSERT_TRUE(found);
  expect_equal(*found, every_type());
  EXPECT_NE(found->array<float>("layout"), nullptr);
  EXPECT_EQ(found->array<double>("layout"), nullptr);  // another type
  EXPECT_EQ(found->array<float>("missing"), nullptr);
}

TEST(ResultStore, KeepsNotANumberAndSignsOfZero) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  Blob blob;
  blob.facts = {{"nan", std::nan("")}, {"inf", std::numeric_limits<double>::infinity()}};
  blob.add("a", std::vector<float>{-0.f});
  ASSERT_TRUE(store.put("abc", blob));
  const auto found = store.find("abc");
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->facts["nan"].get<double>()));
  EXPECT_TRUE(std::isinf(found->facts["inf"].get<double>()));
  EXPECT_TRUE(std::signbit(found->array<float>("a")->front()));
}

TEST(ResultStore, AlignsArraysTo64Bytes) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  Blob blob;
  blob.facts = "x";
  blob.add("one", std::vector<std::uint8_t>{0xAB});
  blob.add("two", std::vector<double>{1234.5});
  ASSERT_TRUE(store.put("abc", blob));
  const auto bytes = read_text(file_of(store, "abc"));
  const double wanted = 1234.5;
  const auto at = bytes.find(std::string(reinterpret_cast<const char*>(&wanted), sizeof wanted));
  ASSERT_NE(at, std::string::npos);
  EXPECT_EQ(at % 64, 0u);
  EXPECT_EQ(bytes.find('\xAB') % 64, 0u);
  EXPECT_EQ(bytes.substr(0, 8), "CLQBLOB\n");
}

TEST(ResultStore, TreatsEveryShortenedFileAsAbsent) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  ASSERT_TRUE(store.put("abc", every_type()));
  const auto whole = read_text(file_of(store, "abc"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_text(file_of(store, "abc"), whole.substr(0, size));
    ASSERT_FALSE(store.contains("abc")) << size;
    ASSERT_FALSE(store.find("abc")) << size;
  }
  write_text(file_of(store, "abc"), whole + "x");
  EXPECT_FALSE(store.find("abc"));
}

TEST(ResultStore, EveryFlippedBitIsSeenOrWithoutEffect) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  ASSERT_TRUE(store.put("abc", every_type()));
  const auto whole = read_text(file_of(store, "abc"));
  std::size_t seen = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ (1 << (i % 8)));
    write_text(file_of(store, "abc"), damaged);
    const auto found = store.find("abc");
    if (found)
      expect_equal(*found, every_type());  // padding between arrays
    else
      ++seen;
  }
  EXPECT_GT(seen, 64u + 7 * 32);  // header, directory at least
  // A damaged one is replaced.
  auto damaged = whole;
  damaged[70] = static_cast<char>(damaged[70] ^ 1);
  write_text(file_of(store, "abc"), damaged);
  ASSERT_FALSE(store.find("abc"));
  ASSERT_TRUE(store.put("abc", every_type()));
  EXPECT_TRUE(store.find("abc"));
}

TEST(ResultStore, TheSameResultIsTheSameFile) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  ASSERT_TRUE(store.put("abc", every_type()));
  ASSERT_TRUE(store.put("abd", every_type()));
  EXPECT_EQ(read_text(file_of(store, "abc")), read_text(file_of(store, "abd")));
}

TEST(ResultStore, RefusesKeysThatAreNoFileNames) {
  TemporaryFolder folder;
  ResultStore store(folder / "results");
  for (const char* key : {"", "ab", "../../x", "a/b/c", "abc.", "a b c", "ab\n"}) {
    EXPECT_FALSE(store.put(key, Blob{})) << key;
    EXPECT_FALSE(store.find(key)) << key;
    EXPECT_FALSE(store.contains(key)) << key;
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "x.clq"));
}

TEST(ResultStore, IgnoresWhatKilledWritersLeft) {
  TemporaryFolder folder;
  ResultStore store(folder.path());
  ASSERT_TRUE(store.put("abc", every_type()));
  const std::string left = folder / "ab/.clq-tmp-1-2-3";
  write_text(left, "half a res");
  EXPECT_TRUE(is_temporary_name(".clq-tmp-1-2-3"));
  remove_stale_temporaries(folder.path());
  EXPECT_TRUE(std::filesystem::exists(left));  // young: its writer may be alive
  std::filesystem::last_write_time(
      left, std::filesystem::file_time_type::clock::now() - std::chrono::hours(2));
  remove_stale_temporaries(folder.path());
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(store.find("abc"));
}

TEST(ResultStore, ManyWritersAndReadersAtOnce) {
  TemporaryFolder folder;
  const auto worker = [&](unsigned id, int* failures) {
    ResultStore store(folder.path());
    for (int i = 0; i < 25; ++i) {
      const std::string key = "key" + std::to_string(i % 5);
      Blob blob;
      blob.facts = {{"i", i % 5}};
      blob.add("values", std::vector<double>(2000 + i % 5, i % 5));
      if (!store.put(key, blob)) ++*failures;
      const auto found = store.find("key" + std::to_string((i + id) % 5));
      if (found && found->array<double>("values")->front() != (i + id) % 5) ++*failures;
    }
  };
  int failures[4] = {};
  std::vector<std::thread> threads;
  for (unsigned id = 0; id < 4; ++id) threads.emplace_back(worker, id, &failures[id]);
  for (auto& thread : threads) thread.join();
  for (const int count : failures) EXPECT_EQ(count, 0);
  ResultStore store(folder.path());
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(store.find("key" + std::to_string(i)));
}

TEST(ResultStore, SaysWhyAFileCannotBeWritten) {
  TemporaryFolder folder;
  write_text(folder / "file", "in the way");
  ResultStore store(folder / "file");
  const auto status = store.put("abc", every_type());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::unusable_input);
  EXPECT_NE(status.error().message.en.find("could not be written"), std::string::npos);
  EXPECT_FALSE(status.error().remedy.zh.empty());
}

TEST(ResultKey, DependsOnEveryPart) {
  const std::vector<std::string> ab{"a", "b"}, a_b{"ab"}, ba{"b", "a"};
  const nlohmann::json options = {{"resolution", 1.0}, {"seed", 0}};
  const auto key = result_key(ab, "leiden", options, 1);
  EXPECT_EQ(key, result_key(ab, "leiden", {{"seed", 0u}, {"resolution", 1.0}}, 1));
  EXPECT_EQ(key, result_key(ab, "leiden", nlohmann::json::parse(options.dump()), 1));
  EXPECT_EQ(key.size(), 32u);
  for (const auto& other :
       {result_key(a_b, "leiden", options, 1), result_key(ba, "leiden", options, 1),
        result_key(ab, "louvain", options, 1), result_key(ab, "leiden", options, 2),
        result_key(ab, "leiden", {{"resolution", 1.1}, {"seed", 0}}, 1),
        result_key({}, "leiden", options, 1)})
    EXPECT_NE(key, other);
}

TEST(AtomicFile, AppendsAfterALineThatWasCutShort) {
  TemporaryFolder folder;
  const auto path = folder / "log";
  ASSERT_TRUE(append_line(path, "one"));
  write_text(path, read_text(path) + "half");
  ASSERT_TRUE(append_line(path, "two"));
  EXPECT_EQ(read_text(path), "one\nhalf\ntwo\n");
}

TEST(FileLock, IsHeldByOneAtATime) {
  TemporaryFolder folder;
  int inside = 0, most = 0, rounds = 0;
  const auto worker = [&] {
    for (int i = 0; i < 20; ++i) {
      const auto lock = FileLock::take(folder / "lock");
      ASSERT_TRUE(lock);
      most = std::max(most, ++inside);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      --inside;
      ++rounds;
    }
  };
  std::thread other(worker);
  worker();
  other.join();
  EXPECT_EQ(most, 1);
  EXPECT_EQ(rounds, 40);
}

}  // namespace
}  // namespace celloquy::workspace
