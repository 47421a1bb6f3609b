// The whole loop on a small folder: it learns, the same bits come out however it
// is run or interrupted, and what it writes can be used.

#include "training/train.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <thread>

#include "base/thread_pool.hpp"
#include "fixture.hpp"
#include "space/towers/cell_tower.hpp"
#include "space/towers/text_head.hpp"
#include "training/tower_pass.hpp"
#include "workspace/blob_format.hpp"

namespace celloquy::training {
namespace {

using celloquy::testing::must;
using celloquy::testing::read_file;
using celloquy::testing::synthetic_pairs;
using celloquy::testing::TrainingFixture;
namespace fs = std::filesystem;

Expected<TrainingResult> train_here(TrainingFixture& f, const fs::path& out,
                                    const Context& context = {}) {
  auto alone = one_process();
  return train(f.pairs, *f.encoder, f.scales, f.options, out, *alone, context);
}

std::vector<LogEntry> log_of(const fs::path& out) {
  std::vector<LogEntry> entries;
  std::ifstream in(out / "log.jsonl");
  for (std::string line; std::getline(in, line);) {
    const auto entry = nlohmann::json::parse(line);
    entries.push_back({entry["step"], entry["loss"], entry["temperature"], entry["rate"],
                       entry["cells_to_texts"], entry["texts_to_cells"], entry["seconds"]});
  }
  return entries;
}

/// All but the seconds.
void expect_same_log(const fs::path& a, const fs::path& b) {
  const auto x = log_of(a), y = log_of(b);
  ASSERT_EQ(x.size(), y.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_EQ(x[i].step, y[i].step);
    EXPECT_EQ(x[i].loss, y[i].loss) << "step " << x[i].step;
    EXPECT_EQ(x[i].temperature, y[i].temperature);
  }
}

TEST(Train, Learns) {
  TrainingFixture f;
  f.options.steps = 150;
  const auto result = train_here(f, f.folder / "out");
  ASSERT_TRUE(result) << result.error().message.en;
  const auto log = log_of(f.folder / "out");
  ASSERT_EQ(log.size(), 15u);
  EXPECT_EQ(log.front().step, 10u);
  EXPECT_EQ(log.back().step, 150u);
  EXPECT_LT(result->last.loss, log.front().loss - 0.2);
  EXPECT_GT(result->last.cells_to_texts, log.front().cells_to_texts);
  EXPECT_GT(result->retrieval.exact, 0.8);
  EXPECT_NE(log.back().temperature, log.front().temperature) << "the temperature is learned";
  EXPECT_EQ(log.back().rate, rate_factor(149, 150, 10));
  EXPECT_EQ(read_file(f.folder / "out" / "log.svg").substr(0, 4), "<svg");
}

TEST(Train, GivesTheSameBitsForAnyNumberOfThreads) {
  TrainingFixture f;
  ASSERT_TRUE(train_here(f, f.folder / "one"));
  for (const unsigned threads : {2u, 5u}) {
    ThreadPool pool(threads);
    Context context;
    context.threads = &pool;
    const auto out = f.folder / std::to_string(threads);
    ASSERT_TRUE(train_here(f, out, context));
    EXPECT_EQ(read_file(out / "checkpoint.clq"), read_file(f.folder / "one" / "checkpoint.clq"));
    EXPECT_EQ(read_file(out / "towers.safetensors"),
              read_file(f.folder / "one" / "towers.safetensors"));
    expect_same_log(out, f.folder / "one");
  }
}

TEST(Train, AnotherSeedGivesOtherTowers) {
  TrainingFixture f;
  f.options.steps = 20;
  ASSERT_TRUE(train_here(f, f.folder / "one"));
  f.options.seed = 1;
  ASSERT_TRUE(train_here(f, f.folder / "two"));
  EXPECT_NE(read_file(f.folder / "one" / "towers.safetensors"),
            read_file(f.folder / "two" / "towers.safetensors"));
}

/// Cancels after so many reports of progress.
class CancelAfter final : public ProgressSink {
 public:
  CancelAfter(CancellationToken& token, int reports) : token_(token), left_(reports) {}
  void report(std::string_view step, double) override {
    if (step == "training" && --left_ == 0) token_.cancel();
  }

 private:
  CancellationToken& token_;
  int left_;
};

TEST(Train, GoesOnAfterACancellationWithTheSameBits) {
  TrainingFixture f;
  ASSERT_TRUE(train_here(f, f.folder / "whole"));
  for (const int steps : {3, 17}) {
    CancellationToken token;
    CancelAfter sink(token, steps);
    Context context;
    context.cancellation = &token;
    context.progress = &sink;
    const auto stopped = train_here(f, f.folder / "parts", context);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::cancelled);
  }
  const auto resumed = train_here(f, f.folder / "parts");
  ASSERT_TRUE(resumed);
  EXPECT_EQ(resumed->first_step, 20u) << "what was done before a cancellation is kept";
  EXPECT_EQ(read_file(f.folder / "parts" / "checkpoint.clq"),
            read_file(f.folder / "whole" / "checkpoint.clq"));
  expect_same_log(f.folder / "parts", f.folder / "whole");
  // Done already: nothing is learned again, and the files are written anew.
  fs::remove(f.folder / "parts" / "towers.safetensors");
  ASSERT_TRUE(train_here(f, f.folder / "parts"));
  EXPECT_EQ(read_file(f.folder / "parts" / "towers.safetensors"),
            read_file(f.folder / "whole" / "towers.safetensors"));
}

pid_t start(const fs::path& folder, const char* steps) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::execl(CELLOQUY_TRAIN_SYNTHETIC, "train_synthetic", folder.c_str(), steps, nullptr);
    ::_exit(127);
  }
  return child;
}

int wait_for(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Train, GoesOnAfterKillWithTheSameBits) {
  testing::TemporaryFolder whole, killed;
  synthetic_pairs().write(whole / "pairs");
  synthetic_pairs().write(killed / "pairs");
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  ASSERT_EQ(wait_for(start(whole.path(), "200")), 0);
  const auto duration = Clock::now() - begin;

  RandomStream random(11);
  int kills = 0;
  std::size_t furthest = 0;
  for (int attempt = 0; attempt < 40 && kills < 12; ++attempt) {
    const pid_t child = start(killed.path(), "200");
    std::this_thread::sleep_for(duration * (0.1 + 0.5 * random.uniform()));
    ::kill(child, SIGKILL);
    const int status = wait_for(child);
    if (!WIFSIGNALED(status)) {  // it was quicker than we
      fs::remove(killed / "out" / "checkpoint.clq");
      furthest = 0;
      continue;
    }
    ++kills;
    if (const auto blob = workspace::read_blob((killed / "out" / "checkpoint.clq").string())) {
      const auto step = blob->facts["step"].get<std::size_t>();
      EXPECT_GE(step, furthest) << "a checkpoint was lost";
      furthest = step;
    }
    if (furthest == 200) break;
  }
  EXPECT_GE(kills, 2);
  ASSERT_EQ(wait_for(start(killed.path(), "200")), 0);
  EXPECT_EQ(read_file(killed / "out" / "checkpoint.clq"),
            read_file(whole / "out" / "checkpoint.clq"));
  EXPECT_EQ(read_file(killed / "out" / "towers.safetensors"),
            read_file(whole / "out" / "towers.safetensors"));
  expect_same_log(killed / "out", whole / "out");
}

TEST(Train, RefusesAFolderOfAnotherTraining) {
  TrainingFixture f;
  f.options.steps = 5;
  ASSERT_TRUE(train_here(f, f.folder / "out"));
  f.options.optimizer.network_rate *= 2;
  const auto refused = train_here(f, f.folder / "out");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().message.zh, refused.error().message.en);
  fs::remove(f.folder / "out" / "checkpoint.clq");
  EXPECT_TRUE(train_here(f, f.folder / "out"));
}

TEST(Train, BeginsAnewWhenTheCheckpointIsDamaged) {
  TrainingFixture f;
  f.options.steps = 15;
  ASSERT_TRUE(train_here(f, f.folder / "out"));
  const auto file = f.folder / "out" / "checkpoint.clq";
  const auto whole = read_file(file);
  for (const std::size_t size : {std::size_t{0}, std::size_t{70}, whole.size() - 1}) {
    testing::write_file(file, whole.substr(0, size));
    const auto again = train_here(f, f.folder / "out");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->first_step, 0u);
    EXPECT_EQ(read_file(file), whole);
  }
}

TEST(Train, RefusesOptionsThatMakeNoSense) {
  TrainingFixture f;
  const auto refused = [&](auto change) {
    auto kept = f.options;
    change(f.options);
    const auto result = train_here(f, f.folder / "out");
    f.options = kept;
    return !result && result.error().code == ErrorCode::usage && !result.error().message.zh.empty();
  };
  EXPECT_TRUE(refused([](Options& o) { o.steps = 0; }));
  EXPECT_TRUE(refused([](Options& o) { o.profiles = o.gene_sets = 0; }));
  EXPECT_TRUE(refused([](Options& o) { o.dimension = 1000; })) << "more than genes";
  EXPECT_TRUE(refused([](Options& o) { o.temperature = -1; }));
  EXPECT_TRUE(refused([](Options& o) { o.augmentation.most_depth = 1; }));
  EXPECT_TRUE(refused([](Options& o) { o.languages.clear(); }));
}

TEST(Train, WorksWithProfilesAloneAndWithSetsAlone) {
  TrainingFixture f;
  f.options.steps = 10;
  f.options.gene_sets = 0;
  EXPECT_TRUE(train_here(f, f.folder / "profiles"));
  f.options.gene_sets = 16;
  f.options.profiles = 0;
  EXPECT_TRUE(train_here(f, f.folder / "sets"));
}

/// The exported towers against the towers as they were trained.
TEST(Train, ExportsTowersThatSayTheSame) {
  TrainingFixture f;
  ASSERT_TRUE(train_here(f, f.folder / "out"));
  const auto preparation = must(prepare(f.pairs, f.selection(), f.scales, f.features(),
                                        f.encoder->identity(), f.options, f.folder / "out", {}));
  auto read = must(space::read_towers(f.folder / "out"));
  EXPECT_EQ(read.encoder, f.encoder->identity());
  const space::CellTower cell(std::move(read.cell), read.genes);
  const space::TextHead text(std::move(read.text), read.encoder);
  ASSERT_EQ(cell.genes().size(), preparation.choice.size());
  EXPECT_EQ(cell.genes()[3], f.pairs.genes()[preparation.choice.genes[3]]);

  const ParameterLayout layout({200, 24, 32}, {48, 24, 32});
  const auto blob = workspace::read_blob((f.folder / "out" / "checkpoint.clq").string());
  ASSERT_TRUE(blob);
  const auto& parameters = *blob->array<float>("parameters");
  const std::size_t n = 5;
  std::vector<float> z(n * 200), texts(n * 48), centred(n * 48);
  RandomStream random(3);
  for (auto& value : z) value = static_cast<float>(random.normal());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    texts[i] = static_cast<float>(random.normal() / 7);
    centred[i] = 16 * (texts[i] - preparation.text_map.mean[i % 48]);
  }
  auto scaled = z;
  for (std::size_t i = 0; i < n; ++i) set_length(scaled.data() + i * 200, 200, 16);
  TowerPass<float> pass;
  const auto closeness = [&](const std::vector<float>& found) {
    double least = 1;
    for (std::size_t i = 0; i < n; ++i) {
      double cosine = 0;
      for (std::size_t j = 0; j < 24; ++j)
        cosine += static_cast<double>(found[i * 24 + j]) * pass.vector[i * 24 + j];
      least = std::min(least, cosine);
    }
    return least;
  };
  TowerInput<float> input;
  input.dense_rows = n;
  input.dense = centred.data();
  forward(layout.text_tower(parameters.data()), input, pass, {});
  EXPECT_GT(closeness(text.encode(texts, {})), 1 - 1e-6);
  input.dense = scaled.data();
  forward(layout.cell_tower(parameters.data()), input, pass, {});
  EXPECT_GT(closeness(cell.encode(z, {})), 0.9995) << "8 bits in the large matrix";

  const auto about = nlohmann::json::parse(read_file(f.folder / "out" / "towers.json"));
  EXPECT_EQ(about["genes"].size(), 200u);
  EXPECT_EQ(about["sources"].size(), 4u);
  EXPECT_EQ(about["pairs"]["sources_hash"], f.pairs.index().sources_hash);
  EXPECT_EQ(about["training"]["options"]["steps"], 60);
}

#ifdef CELLOQUY_MPIRUN
/// Two processes that share a batch against one that has it all.
TEST(Train, TwoProcessesLearnWhatOneDoes) {
  testing::TemporaryFolder one, two;
  synthetic_pairs().write(one / "pairs");
  synthetic_pairs().write(two / "pairs");
  ASSERT_EQ(wait_for(start(one.path(), "40")), 0);
  const std::string command = std::string(
                                  "OMPI_ALLOW_RUN_AS_ROOT=1 "
                                  "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 ") +
                              CELLOQUY_MPIRUN + " --oversubscribe -n 2 " +
                              CELLOQUY_TRAIN_SYNTHETIC + " " + two.path().string() + " 40";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto a = log_of(one / "out"), b = log_of(two / "out");
  ASSERT_EQ(a.size(), 4u);
  ASSERT_EQ(b.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a[i].loss, b[i].loss, 1e-4 * a[i].loss);
  const auto x = workspace::read_blob((one / "out" / "checkpoint.clq").string()),
             y = workspace::read_blob((two / "out" / "checkpoint.clq").string());
  const auto &p = *x->array<float>("parameters"), &q = *y->array<float>("parameters");
  ASSERT_EQ(p.size(), q.size());
  double difference = 0, square = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    difference += (p[i] - q[i]) * (p[i] - q[i]);
    square += p[i] * p[i];
  }
  EXPECT_LT(std::sqrt(difference / square), 1e-4);
  EXPECT_GT(difference, 0) << "sums in another order differ in their last bits";
}
#endif

}  // namespace
}  // namespace celloquy::training
