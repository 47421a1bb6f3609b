// A process that works in a workspace is killed at 100 random moments; what it
// reported as finished must be there.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "base/random.hpp"
#include "temporary_folder.hpp"
#include "workspace/study.hpp"

namespace celloquy::workspace {
namespace {

using celloquy::testing::TemporaryFolder;
using celloquy::testing::write_text;

/// The content of a result follows from its key, so that it can be checked.
Blob content_of(const std::string& key) {
  RandomStream random(std::hash<std::string>{}(key));
  Blob blob;
  blob.facts = {{"key", key}};
  std::vector<float> values(1 + random.below(60'000));
  for (auto& value : values) value = static_cast<float>(random.uniform());
  blob.add("values", std::move(values));
  return blob;
}

void report(int pipe, const std::string& line) {
  const std::string text = line + "\n";
  if (::write(pipe, text.data(), text.size()) < 0) ::_exit(3);
}

/// The work of the child: never returns.
[[noreturn]] void work(const std::string& file, std::uint64_t seed, int pipe) {
  auto opened = Study::open(file, {}, {});
  if (!opened) ::_exit(4);
  Study& study = **opened;
  report(pipe, "S " + study.state().id);
  RandomStream random(seed);
  for (int i = 0;; ++i) {
    const auto choice = random.below(10);
    if (choice < 6) {
      const auto key = result_key({}, "step", {{"seed", seed}, {"i", i}}, 1);
      if (!study.results().put(key, content_of(key))) ::_exit(5);
      report(pipe, "R " + key);
      if (!study.advance("step", {{"i", i}}, Text::same("step"), {{"clusters", key}})) ::_exit(6);
    } else if (choice < 8) {
      if (!study.undo() && !study.state().parent.empty()) ::_exit(7);
    } else if (choice < 9) {
      (void)study.redo();
    } else {
      const auto turn = "t" + std::to_string(seed) + "-" + std::to_string(i);
      if (!study.add_turn({turn, "", nlohmann::json::array(), study.state().id})) ::_exit(8);
      report(pipe, "T " + turn);
    }
    report(pipe, "S " + study.state().id);
  }
}

struct Reported {
  std::set<std::string> results, turns, states;
  std::string last_state;
};

/// Lets the child report `lines`, waits `microseconds` more, kills it, and
/// collects its whole lines.
void run_and_kill(const std::string& file, std::uint64_t seed, std::uint64_t lines,
                  unsigned microseconds, Reported& reported) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::fcntl(ends[1], F_SETPIPE_SZ, 1 << 20);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(ends[0]);
    work(file, seed, ends[1]);
  }
  ::close(ends[1]);
  std::string text;
  char buffer[4096];
  ssize_t got = 1;
  const auto read_more = [&] {
    got = ::read(ends[0], buffer, sizeof buffer);
    if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  };
  // By lines first: how fast the disk is must not decide what is tested.
  while (got > 0 && static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')) < lines)
    read_more();
  ::usleep(microseconds);
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
  while (got > 0) read_more();
  ::close(ends[0]);
  std::size_t at = 0;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const auto value = text.substr(at + 2, end - at - 2);
    if (text[at] == 'R') reported.results.insert(value);
    if (text[at] == 'T') reported.turns.insert(value);
    if (text[at] == 'S') reported.states.insert(reported.last_state = value);
  }
}

void check(const std::string& file, const Reported& reported, bool everything) {
  const auto opened = Study::open(file, {}, {});
  ASSERT_TRUE(opened) << opened.error().message.en;
  Study& study = **opened;
  ASSERT_TRUE(study.notes().empty()) << study.notes()[0].en;
  // The pointer is where it was reported, or one move further that had no time
  // to be reported.
  if (!reported.last_state.empty() && study.state().id != reported.last_state) {
    const auto last = study.find_state(reported.last_state);
    ASSERT_TRUE(last);
    ASSERT_TRUE(study.state().parent == last->id || last->parent == study.state().id);
  }
  const auto history = study.history();
  ASSERT_TRUE(history) << history.error().message.en;
  for (const auto& [role, key] : study.state().slots) ASSERT_TRUE(study.results().find(key));
  if (!everything) return;
  for (const auto& key : reported.results) {
    const auto found = study.results().find(key);
    ASSERT_TRUE(found) << key;
    ASSERT_EQ(found->facts["key"], key);
    ASSERT_EQ(found->arrays, content_of(key).arrays);
  }
  for (const auto& id : reported.states) ASSERT_TRUE(study.find_state(id)) << id;
  std::set<std::string> turns;
  for (const auto& turn : study.turns()) turns.insert(turn.question);
  for (const auto& turn : reported.turns) ASSERT_TRUE(turns.count(turn)) << turn;
}

TEST(Kill, AtAHundredRandomMomentsLosesNothingFinished) {
  TemporaryFolder folder;
  const auto file = folder / "cells.csv";
  write_text(file, "gene,c1\nCD3D,1\n");
  RandomStream random(20'240'117);
  Reported reported;
  for (int round = 0; round < 100; ++round) {
    const auto lines = random.below(12);
    const auto wait = static_cast<unsigned>(random.below(8'000));
    run_and_kill(file, static_cast<std::uint64_t>(round), lines, wait, reported);
    check(file, reported, false);
    if (HasFatalFailure()) FAIL() << "after round " << round;
  }
  check(file, reported, true);
  EXPECT_GT(reported.results.size(), 100u);
  EXPECT_GT(reported.turns.size(), 5u);
  // What killed writers left has a name that no reader asks for.
  std::size_t results = 0, left = 0;
  const ResultStore store(file + ".celloquy/results");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(store.folder())) {
    if (!entry.is_regular_file()) continue;
    if (is_temporary_name(entry.path().filename().string())) {
      ++left;
      continue;
    }
    ASSERT_EQ(entry.path().extension(), ".clq");
    ASSERT_TRUE(store.find(entry.path().stem().string())) << entry.path();
    ++results;
  }
  EXPECT_GE(results, reported.results.size());
  RecordProperty("results", static_cast<int>(results));
  RecordProperty("left_temporaries", static_cast<int>(left));
}

}  // namespace
}  // namespace celloquy::workspace
