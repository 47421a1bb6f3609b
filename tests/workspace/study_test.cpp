#include "workspace/study.hpp"

#include <sys/stat.h>

#include "temporary_folder.hpp"
#include "workspace/source.hpp"

namespace celloquy::workspace {
namespace {

using celloquy::testing::read_text;
using celloquy::testing::TemporaryFolder;
using celloquy::testing::write_text;

class StudyTest : public ::testing::Test {
 protected:
  StudyTest() : file(folder / "cells.csv") { write_text(file, "gene,c1,c2\nCD3D,1,0\n"); }

  std::unique_ptr<Study> open(const StudyOptions& options = {}) {
    auto study = Study::open(file, options, {});
    EXPECT_TRUE(study) << study.error().message.en;
    return study ? *std::move(study) : nullptr;
  }
  static void step(Study& study, const std::string& tool, const std::string& role,
                   const std::string& key) {
    const auto status =
        study.advance(tool, {{"n", 1}}, Text{"Did " + tool, "做了 " + tool}, {{role, key}});
    ASSERT_TRUE(status) << status.error().message.en;
  }

  TemporaryFolder folder;
  std::string file;
};

TEST_F(StudyTest, BeginsWithTheFile) {
  const auto study = open();
  EXPECT_EQ(study->folder(), std::filesystem::weakly_canonical(file).string() + ".celloquy");
  EXPECT_TRUE(study->state().parent.empty());
  EXPECT_TRUE(study->state().slots.empty());
  EXPECT_EQ(study->history()->size(), 1u);
  EXPECT_EQ(study->branch(), "main");
  EXPECT_TRUE(study->notes().empty());
  EXPECT_EQ(read_text(file), "gene,c1,c2\nCD3D,1,0\n");
}

TEST_F(StudyTest, GoesOnWhereItWasLeft) {
  std::string id;
  {
    const auto study = open();
    step(*study, "filter_cells", "cells", "k1");
    step(*study, "leiden", "clusters", "k2");
    id = study->state().id;
    ASSERT_TRUE(study->add_turn({"有多少细胞?", "两个", {{{"tool", "describe"}}}, id}));
  }
  const auto study = open();
  EXPECT_EQ(study->state().id, id);
  EXPECT_EQ(study->state().slots.at("cells"), "k1");
  EXPECT_EQ(study->state().slots.at("clusters"), "k2");
  EXPECT_EQ(study->state().summary.zh, "做了 leiden");
  ASSERT_EQ(study->turns().size(), 1u);
  EXPECT_EQ(study->turns()[0].question, "有多少细胞?");
  EXPECT_EQ(study->turns()[0].calls[0]["tool"], "describe");
  const auto history = study->history();
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 3u);
  EXPECT_EQ((*history)[1].tool, "filter_cells");
}

TEST_F(StudyTest, AnEmptyKeyRemovesASlot) {
  const auto study = open();
  step(*study, "a", "clusters", "k");
  step(*study, "b", "clusters", "");
  EXPECT_EQ(study->state().slots.count("clusters"), 0u);
}

TEST_F(StudyTest, TheSameWayGivesTheSameState) {
  const auto study = open();
  step(*study, "a", "cells", "k");
  const auto id = study->state().id;
  ASSERT_TRUE(study->undo());
  step(*study, "a", "cells", "k");
  EXPECT_EQ(study->state().id, id);
  ASSERT_TRUE(study->undo());
  step(*study, "a", "cells", "other");
  EXPECT_NE(study->state().id, id);
}

TEST_F(StudyTest, UndoAndRedo) {
  const auto study = open();
  const auto root = study->state().id;
  for (const char* tool : {"a", "b", "c"}) step(*study, tool, tool, "k");
  const auto last = study->state().id;
  ASSERT_TRUE(study->undo(2));
  EXPECT_EQ(study->state().tool, "a");
  const auto too_many = study->undo(2);
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().code, ErrorCode::cannot_answer);
  EXPECT_NE(too_many.error().message.en.find("1"), std::string::npos);
  EXPECT_EQ(study->state().tool, "a");  // all or nothing
  ASSERT_TRUE(study->undo());
  EXPECT_EQ(study->state().id, root);
  const auto nothing = study->undo();
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, ErrorCode::cannot_answer);
  const auto again = open();  // redo survives closing
  ASSERT_TRUE(again->redo(3));
  EXPECT_EQ(again->state().id, last);
  EXPECT_FALSE(again->redo());
  ASSERT_TRUE(again->undo());
  step(*again, "d", "d", "k");
  EXPECT_FALSE(again->redo());                 // a new step ends the way forward
  EXPECT_EQ(again->all_states()->size(), 5u);  // but nothing is lost: root, a, b, c, d
}

TEST_F(StudyTest, BranchesKeepTheirPlaces) {
  const auto study = open();
  step(*study, "a", "cells", "k1");
  ASSERT_TRUE(study->make_branch("strict"));
  step(*study, "b", "cells", "k2");
  const auto strict = study->state().id;
  EXPECT_FALSE(study->make_branch("strict"));
  EXPECT_FALSE(study->make_branch(""));
  ASSERT_TRUE(study->switch_branch("main"));
  EXPECT_EQ(study->state().slots.at("cells"), "k1");
  step(*study, "c", "cells", "k3");
  const auto again = open();
  EXPECT_EQ(again->branch(), "main");
  EXPECT_EQ(again->state().slots.at("cells"), "k3");
  ASSERT_TRUE(again->switch_branch("strict"));
  EXPECT_EQ(again->state().id, strict);
  EXPECT_EQ(again->branches().size(), 2u);
  const auto missing = again->switch_branch("loose");
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.en.find("main and strict"), std::string::npos);
}

TEST_F(StudyTest, SessionsHaveTheirOwnPlaces) {
  const auto first = open();
  step(*first, "a", "cells", "k1");
  ASSERT_TRUE(first->add_turn({"q", "a", nlohmann::json::array(), first->state().id}));
  StudyOptions options;
  options.session = "第二个 会话/../x";
  const auto second = open(options);
  EXPECT_TRUE(second->state().parent.empty());
  EXPECT_TRUE(second->turns().empty());
  step(*second, "b", "cells", "k2");
  EXPECT_EQ(open()->state().tool, "a");
  EXPECT_EQ(open(options)->state().tool, "b");
  EXPECT_EQ(first->all_states()->size(), 3u);
}

TEST_F(StudyTest, FreshStartsFromTheFileAndKeepsTheOldPlace) {
  const auto study = open();
  step(*study, "a", "cells", "k1");
  const auto old = study->state().id;
  ASSERT_TRUE(study->add_turn({"q", "a", nlohmann::json::array(), old}));
  StudyOptions options;
  options.fresh = true;
  const auto fresh = open(options);
  EXPECT_TRUE(fresh->state().parent.empty());
  EXPECT_TRUE(fresh->turns().empty());
  const auto later = open();
  EXPECT_TRUE(later->state().parent.empty());
  EXPECT_TRUE(later->turns().empty());
  ASSERT_TRUE(later->switch_branch("main-1"));
  EXPECT_EQ(later->state().id, old);
}

TEST_F(StudyTest, AChangedFileBeginsANewHistoryBesideTheOld) {
  std::string old, old_fingerprint;
  {
    const auto study = open();
    step(*study, "a", "cells", "k1");
    old = study->state().id;
    old_fingerprint = study->fingerprint();
  }
  const auto content = read_text(file);
  write_text(file, "gene,c1,c2\nCD3D,1,7\n");  // the same size
  const auto changed = open();
  EXPECT_NE(changed->fingerprint(), old_fingerprint);
  EXPECT_TRUE(changed->state().parent.empty());
  ASSERT_EQ(changed->notes().size(), 1u);
  EXPECT_NE(changed->notes()[0].en.find("new history"), std::string::npos);
  EXPECT_FALSE(changed->notes()[0].zh.empty());
  EXPECT_EQ(changed->all_states()->size(), 1u);
  EXPECT_TRUE(open()->notes().empty());  // said once
  write_text(file, content);
  const auto back = open();
  EXPECT_EQ(back->state().id, old);
  EXPECT_EQ(back->notes().size(), 1u);
}

TEST_F(StudyTest, TheNameAndTimeOfTheFileDoNotMatter) {
  { step(*open(), "a", "cells", "k1"); }
  const auto moved = folder / "renamed.csv";
  std::filesystem::rename(file, moved);
  std::filesystem::rename(file + ".celloquy", moved + ".celloquy");
  std::filesystem::last_write_time(
      moved, std::filesystem::file_time_type::clock::now() - std::chrono::hours(100));
  file = moved;
  const auto study = open();
  EXPECT_EQ(study->state().tool, "a");
  EXPECT_TRUE(study->notes().empty());
}

TEST_F(StudyTest, ADamagedSessionBeginsAgainAndSaysSo) {
  { step(*open(), "a", "cells", "k1"); }
  std::string record;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(file + ".celloquy"))
    if (entry.path().filename() == "default.json") record = entry.path().string();
  ASSERT_FALSE(record.empty());
  for (const char* damage :
       {"", "{", "{\"branch\":3}", "{\"branch\":\"x\",\"branches\":{},\"first_turn\":0}",
        "{\"branch\":\"main\",\"first_turn\":0,\"branches\":{\"main\":"
        "{\"state\":\"none\",\"redo\":[]}}}"}) {
    write_text(record, damage);
    const auto study = open();
    EXPECT_TRUE(study->state().parent.empty()) << damage;
    ASSERT_EQ(study->notes().size(), 1u) << damage;
    EXPECT_EQ(study->all_states()->size(), 2u);
    EXPECT_TRUE(open()->notes().empty());
  }
}

TEST_F(StudyTest, ADamagedStateIsNotBelieved) {
  const auto study = open();
  step(*study, "a", "cells", "k1");
  step(*study, "b", "cells", "k2");
  const auto parent = study->state().parent;
  const auto path = study->folder() + "/states/" + parent + ".json";
  auto text = read_text(path);
  text.replace(text.find("k1"), 2, "k9");
  write_text(path, text);
  EXPECT_FALSE(study->history());
  EXPECT_FALSE(study->undo());
  EXPECT_FALSE(study->find_state(parent));
  EXPECT_EQ(study->state().tool, "b");
}

TEST_F(StudyTest, TwoOpenAtOnceLoseNothing) {
  const auto one = open(), two = open();
  step(*one, "a", "cells", "k1");
  step(*two, "b", "cells", "k2");  // from its own place, the root
  ASSERT_TRUE(one->make_branch("mine"));
  ASSERT_TRUE(one->add_turn({"q1", "", nlohmann::json::array(), ""}));
  ASSERT_TRUE(two->add_turn({"q2", "", nlohmann::json::array(), ""}));
  step(*two, "c", "cells", "k3");
  const auto later = open();
  EXPECT_EQ(later->turns().size(), 2u);
  EXPECT_EQ(later->all_states()->size(), 4u);
  ASSERT_TRUE(later->switch_branch("mine"));
  EXPECT_EQ(later->state().tool, "a");
}

TEST_F(StudyTest, TextThatIsNotUtf8IsStoredAndReadBack) {
  const auto study = open();
  ASSERT_TRUE(study->advance("a", {{"name", "\xff\xfe"}}, Text::same("\xff"), {}));
  ASSERT_TRUE(study->add_turn({"\xff", "", nlohmann::json::array(), ""}));
  const auto again = open();
  EXPECT_EQ(again->state().id, study->state().id);
  EXPECT_EQ(again->turns().size(), 1u);
}

TEST_F(StudyTest, AWorkspaceOfANewerFormatIsLeftAlone) {
  std::filesystem::create_directories(file + ".celloquy");
  write_text(file + ".celloquy/study.json", "{\"format\": 99}");
  const auto study = Study::open(file, {}, {});
  ASSERT_FALSE(study);
  EXPECT_NE(study.error().message.en.find("99"), std::string::npos);
  EXPECT_EQ(read_text(file + ".celloquy/study.json"), "{\"format\": 99}");
}

TEST_F(StudyTest, AMissingFileGetsASentenceAndNoFolder) {
  const auto study = Study::open(folder / "missing.h5ad", {}, {});
  ASSERT_FALSE(study);
  EXPECT_EQ(study.error().code, ErrorCode::unusable_input);
  EXPECT_NE(study.error().message.en.find("missing.h5ad"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(folder / "missing.h5ad.celloquy"));
}

TEST_F(StudyTest, TheWorkspaceGoesWhereItIsWanted) {
  StudyOptions options;
  options.workspace = folder / "elsewhere";
  EXPECT_EQ(open(options)->folder(), folder / "elsewhere");
  EXPECT_FALSE(std::filesystem::exists(file + ".celloquy"));
  write_text(folder / "in_the_way", "");
  options.workspace = folder / "in_the_way";
  EXPECT_FALSE(Study::open(file, options, {}));
}

class CacheFolder {
 public:
  explicit CacheFolder(const std::string& path) { ::setenv("XDG_CACHE_HOME", path.c_str(), 1); }
  ~CacheFolder() { ::unsetenv("XDG_CACHE_HOME"); }
};

TEST_F(StudyTest, TheCacheIsUsedWhereTheFolderIsNotWritable) {
  const CacheFolder cache(folder / "cache");
  // A file where the folder would be stands for a place that cannot be written
  // (permissions do not stop an administrator).
  write_text(file + ".celloquy", "in the way");
  const auto study = open();
  EXPECT_EQ(study->folder().rfind(folder / "cache/celloquy/workspaces/", 0), 0u);
  ASSERT_EQ(study->notes().size(), 1u);
  step(*study, "a", "cells", "k");
  const auto again = open();
  EXPECT_EQ(again->state().tool, "a");
  EXPECT_TRUE(again->notes().empty());
}

TEST_F(StudyTest, FetchedDataKeepTheirWorkspaceInTheCache) {
  const CacheFolder cache(folder / "cache");
  std::filesystem::create_directories(folder / "cache/celloquy/assets");
  const auto asset = folder / "cache/celloquy/assets/demo.csv";
  write_text(asset, "x");
  EXPECT_EQ(workspace_folder(asset, "", false)->rfind(folder / "cache/celloquy/workspaces/", 0),
            0u);
  EXPECT_EQ(workspace_folder(file, "", true)->rfind(folder / "cache/celloquy/workspaces/", 0), 0u);
}

TEST_F(StudyTest, ReadsTheFileOnce) {
  const auto study = open();
  const auto first = study->dataset({});
  ASSERT_TRUE(first) << first.error().message.en;
  EXPECT_EQ((*first)->fingerprint, study->fingerprint());
  EXPECT_EQ(*study->dataset({}), *first);
}

TEST_F(StudyTest, SaysWhenTheFileChangedWhileOpen) {
  const auto study = open();
  write_text(file, "gene,c1,c2\nCD3D,5,5\nCD4,1,1\n");
  const auto dataset = study->dataset({});
  ASSERT_FALSE(dataset);
  EXPECT_EQ(dataset.error().code, ErrorCode::unusable_input);
  EXPECT_NE(dataset.error().message.en.find("changed"), std::string::npos);
}

TEST_F(StudyTest, DemoIsTheFetchedData) {
  const CacheFolder cache(folder / "cache");
  ::setenv("CELLOQUY_ASSETS", (folder / "assets").c_str(), 1);
  const auto missing = Study::open("demo", {}, {});
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message.en.find("demo_blood"), std::string::npos);
  std::filesystem::create_directories(folder / "assets/demo_blood");
  write_text(folder / "assets/demo_blood/hao1_counts_small.csv", "cell,CD3D\nL1_A,1\n");
  const auto study = Study::open("demo", {}, {});
  ASSERT_TRUE(study);
  EXPECT_EQ((*study)->path(), "demo");
  EXPECT_EQ((*study)->folder().rfind(folder / "cache/celloquy/workspaces/", 0), 0u);
  EXPECT_TRUE((*study)->notes().empty());
  ::unsetenv("CELLOQUY_ASSETS");
}

TEST(Source, AFolderIsItsFilesWithoutWorkspaces) {
  TemporaryFolder folder;
  const auto data = folder / "data";
  std::filesystem::create_directories(data + "/sub");
  write_text(data + "/matrix.mtx", "1");
  write_text(data + "/sub/genes.tsv", "2");
  const auto before = identify_source(data, {});
  ASSERT_TRUE(before);
  std::filesystem::create_directories(data + "/matrix.mtx.celloquy");
  write_text(data + "/matrix.mtx.celloquy/study.json", "{}");
  write_text(data + "/.DS_Store", "x");
  EXPECT_EQ(identify_source(data, {})->fingerprint, before->fingerprint);
  write_text(data + "/sub/genes.tsv", "3");
  EXPECT_NE(identify_source(data, {})->fingerprint, before->fingerprint);
  std::filesystem::create_directories(folder / "empty");
  EXPECT_FALSE(identify_source(folder / "empty", {}));
}

TEST(Source, EveryByteOfALargeFileCounts) {
  TemporaryFolder folder;
  const auto path = folder / "large";
  std::string content(5 << 20, 'a');
  write_text(path, content);
  const auto before = identify_source(path, {});
  content[(3 << 20) + 12345] = 'b';
  write_text(path, content);
  EXPECT_NE(identify_source(path, {})->fingerprint, before->fingerprint);
  EXPECT_FALSE(before->settled);  // written just now: the stamp proves nothing yet
}

TEST(Source, CanBeCancelled) {
  TemporaryFolder folder;
  write_text(folder / "x", "x");
  CancellationToken token;
  token.cancel();
  Context context;
  context.cancellation = &token;
  const auto source = identify_source(folder / "x", context);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::cancelled);
}

}  // namespace
}  // namespace celloquy::workspace
