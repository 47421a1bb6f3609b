// Plays the conversations of this folder. README.md explains their notation.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/thread_pool.hpp"
#include "chat/ask.hpp"
#include "chat/describe.hpp"
#include "chat/narrate.hpp"
#include "chat/units.hpp"
#include "chat/verify.hpp"
#include "io/h5ad_writer.hpp"
#include "io/read.hpp"

namespace celloquy::chat {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Line {
  int number;
  char kind;  ///< '>', '=', '!', '~'
  std::string text;
};
struct Dialogue {
  std::string data = "demo";
  std::vector<Line> lines;
};

Dialogue read_dialogue(const fs::path& path) {
  Dialogue dialogue;
  std::ifstream file(path);
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("data "))
      dialogue.data = line.substr(5);
    else if (line.size() > 2 && std::string_view(">=!~").find(line[0]) != std::string_view::npos)
      dialogue.lines.push_back({number, line[0], line.substr(2)});
  }
  return dialogue;
}

const json& scanpy_values() {
  static const json values = [] {
    std::ifstream file(CELLOQUY_SOURCE_DIR "/tests/dialogues/scanpy_values.json");
    return json::parse(file, nullptr, false);
  }();
  return values;
}

/// 80 cells of two kinds over 200 genes, the same on every machine.
fs::path write_generated(const fs::path& folder) {
  const fs::path path = folder / "generated.csv";
  std::ofstream file(path);
  file << "cell";
  for (int g = 0; g < 200; ++g)
    file << (g < 3 ? std::string(",") + (g == 0   ? "CD79A"
                                         : g == 1 ? "GNLY"
                                                  : "CD3E")
                   : ",GENE" + std::to_string(g));
  unsigned state = 12345;
  for (int c = 0; c < 80; ++c) {
    file << "\ncell" << c;
    for (int g = 0; g < 200; ++g) {
      state = state * 1664525U + 1013904223U;
      const unsigned noise = (state >> 20) % 4;
      const bool marked = (g % 2 == 0) == (c < 40) && g < 60;
      file << ',' << (marked ? noise + 3 : noise / 2);
    }
  }
  file << '\n';
  return path;
}

/// The same cells with cell types whose names hold commas.
fs::path write_typed(const fs::path& folder) {
  auto data = read_dataset(write_generated(folder).string(), {});
  EXPECT_TRUE(data);
  if (!data) return {};
  std::vector<std::string> types;
  for (int c = 0; c < 80; ++c)
    types.push_back(c < 40   ? "naive thymus-derived CD4-positive, alpha-beta T cell"
                    : c < 60 ? "B cell"
                    : c < 70 ? "natural killer cell"
                             : "CD14-positive, CD16-negative classical monocyte");
  data->obs.set("cell_type", *as_categorical(Column(std::move(types))));
  H5adContent content;
  content.x = &data->matrix;
  content.obs = &data->obs;
  content.var = &data->var;
  const fs::path path = folder / "typed.h5ad";
  EXPECT_TRUE(write_h5ad(path.string(), content, {}));
  return path;
}

/// One conversation as it goes on.
class Player {
 public:
  Player(const fs::path& path, workspace::Study& study, const Context& context)
      : path_(path), study_(study), context_(context) {}

  void play(const std::vector<Line>& lines) {
    for (const auto& line : lines) {
      SCOPED_TRACE(path_.filename().string() + ":" + std::to_string(line.number) + " " + line.kind +
                   " " + line.text);
      if (line.kind == '>')
        say(line.text);
      else if (line.kind == '=')
        expect_call(line.text);
      else if (line.kind == '!')
        expect_error(line.text);
      else
        expect(line.text);
    }
    all_calls_expected();
  }

 private:
  void say(const std::string& sentence) {
    all_calls_expected();
    const auto before = describe(study_, context_);
    ASSERT_TRUE(before);
    auto answer = ask(study_, sentence, {}, context_);
    answer_.reset();
    error_.reset();
    next_call_ = 0;
    if (!answer) {
      error_ = answer.error();
      std::printf("> %s\n! %s %s\n\n", sentence.c_str(),
                  error_->message.in(detect_language(sentence)).c_str(), error_->remedy.en.c_str());
      return;
    }
    answer_ = *std::move(answer);
    std::printf("> %s\n%s\n\n", sentence.c_str(), answer_->text.c_str());
    const std::string remark = message("chat.left_out").in(answer_->language);
    EXPECT_EQ(answer_->text.find(remark), std::string::npos) << answer_->text;
    for (const auto& left : verify(narrate(answer_->evidence, answer_->language), answer_->evidence,
                                   *before, standard_vocabulary(), answer_->language)
                                .left_out)
      ADD_FAILURE() << left.reason << ": " << left.what << " | " << left.sentence;
    if (answer_->asked_back) return;
    std::string checked = answer_->text.substr(
        0,
        answer_->text.find(message("chat.stopped_here", {{"message", ""}}).in(answer_->language)));
    const auto again =
        verify(checked, answer_->evidence, *before, standard_vocabulary(), answer_->language);
    for (const auto& left : again.left_out)
      ADD_FAILURE() << "not in the evidence: " << left.what << " of " << left.sentence;
    const json document = to_json(*answer_);
    for (const char* key : {"question", "language", "answer", "evidence", "plots", "selection",
                            "steps", "state", "seconds"})
      EXPECT_TRUE(document.contains(key)) << key;
  }
  void all_calls_expected() {
    if (!answer_ || answer_->asked_back) return;
    EXPECT_EQ(next_call_, answer_->evidence.size()) << "calls that no line expects";
  }
  void expect_call(const std::string& text) {
    if (text == "?") {
      ASSERT_TRUE(answer_);
      EXPECT_TRUE(answer_->asked_back);
      return;
    }
    ASSERT_TRUE(answer_) << (error_ ? error_->message.en : "");
    ASSERT_LT(next_call_, answer_->evidence.size()) << answer_->text;
    const auto& finding = answer_->evidence[next_call_++];
    const auto space = text.find(' ');
    EXPECT_EQ(finding.tool, text.substr(0, space));
    if (space == std::string::npos) return;
    EXPECT_EQ(finding.arguments, json::parse(text.substr(space))) << finding.arguments.dump();
  }
  void expect_error(const std::string& code) {
    ASSERT_TRUE(error_) << (answer_ ? answer_->text : "");
    EXPECT_EQ(code_name(error_->code), code);
    EXPECT_FALSE(error_->message.en.empty());
    EXPECT_FALSE(error_->message.zh.empty());
  }
  void expect(const std::string& text) {
    if (text.starts_with("language ")) {
      ASSERT_TRUE(answer_);
      EXPECT_EQ(answer_->language == Language::chinese ? "zh" : "en", text.substr(9));
    } else if (text.starts_with("answer contains ")) {
      const std::string said = answer_  ? answer_->text
                               : error_ ? error_->message.en + error_->message.zh
                                        : "";
      EXPECT_NE(said.find(text.substr(16)), std::string::npos) << said;
    } else {
      compare(text);
    }
  }
  void compare(const std::string& text) {
    const auto equals = text.find(" == "), within = text.find(" within ");
    ASSERT_NE(equals, std::string::npos) << text;
    const auto left = number(text.substr(0, equals));
    const auto right =
        number(text.substr(equals + 4, within == std::string::npos ? within : within - equals - 4));
    const double tolerance = within == std::string::npos ? 0 : std::stod(text.substr(within + 8));
    ASSERT_TRUE(left && right) << text;
    EXPECT_NEAR(*left, *right, tolerance);
  }
  std::optional<double> number(std::string path) {
    char* end = nullptr;
    const double plain = std::strtod(path.c_str(), &end);
    if (end && *end == '\0') return plain;
    if (path.starts_with("scanpy.")) {
      const auto found = scanpy_values().find(path.substr(7));
      return found != scanpy_values().end() && found->is_number()
                 ? std::optional(found->get<double>())
                 : std::nullopt;
    }
    if (!answer_ || answer_->evidence.empty()) return std::nullopt;
    std::size_t which = answer_->evidence.size() - 1;
    if (std::isdigit(static_cast<unsigned char>(path[0])) != 0 && path.size() > 2 &&
        path[1] == '.') {
      which = static_cast<std::size_t>(path[0] - '1');
      path = path.substr(2);
    }
    if (which >= answer_->evidence.size()) return std::nullopt;
    const auto& finding = answer_->evidence[which];
    if (path == "selection")
      return finding.selection ? std::optional(static_cast<double>(finding.selection->cells.size()))
                               : std::nullopt;
    if (path.starts_with("values.")) path = path.substr(7);
    if (const auto at = path.find("[name="); at != std::string::npos)
      path = row_by_name(finding, path, at);
    const auto values = finding.lookup(path);
    if (values.size() != 1 || !std::holds_alternative<double>(values[0]->content))
      return std::nullopt;
    return std::get<double>(values[0]->content);
  }
  /// "counts.n_cells[name=L1]" → "counts.n_cells[3]".
  static std::string row_by_name(const tools::Finding& finding, const std::string& path,
                                 std::size_t at) {
    const std::string name = path.substr(at + 6, path.size() - at - 7);
    const auto* table = finding.table(path.substr(0, path.find('.')));
    if (!table) return path;
    for (std::size_t row = 0; row < table->n_rows(); ++row) {
      const auto* text = std::get_if<Text>(&table->columns[0].cells[row].content);
      if (text && (text->en == name || text->zh == name))
        return path.substr(0, at) + "[" + std::to_string(row) + "]";
    }
    return path;
  }

  fs::path path_;
  workspace::Study& study_;
  const Context& context_;
  std::optional<Answer> answer_;
  std::optional<Error> error_;
  std::size_t next_call_ = 0;
};

class Dialogues : public testing::TestWithParam<std::string> {};

TEST_P(Dialogues, Holds) {
  const fs::path path = fs::path(CELLOQUY_SOURCE_DIR) / "tests/dialogues" / GetParam();
  const Dialogue dialogue = read_dialogue(path);
  ASSERT_FALSE(dialogue.lines.empty());
  const fs::path folder =
      fs::temp_directory_path() /
      ("celloquy_dialogue_" + std::to_string(getpid()) + "_" + path.stem().string());
  fs::remove_all(folder);
  fs::create_directories(folder);
  ThreadPool pool(2);
  Context context;
  context.threads = &pool;
  const std::string data = dialogue.data == "generated" ? write_generated(folder).string()
                           : dialogue.data == "typed"   ? write_typed(folder).string()
                                                        : dialogue.data;
  auto study =
      workspace::Study::open(data, {(folder / "workspace").string(), "default", true}, context);
  if (!study && dialogue.data == "demo") {
    fs::remove_all(folder);
    GTEST_SKIP() << "the demonstration data are not there: " << study.error().message.en;
  }
  ASSERT_TRUE(study) << study.error().message.en;
  Player(path, **study, context).play(dialogue.lines);
  study->reset();
  fs::remove_all(folder);
}

std::vector<std::string> files() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(CELLOQUY_SOURCE_DIR "/tests/dialogues"))
    if (entry.path().extension() == ".txt" && entry.path().filename() != "CMakeLists.txt")
      names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Dialogues, testing::ValuesIn(files()),
                         [](const testing::TestParamInfo<std::string>& file) {
                           std::string name = fs::path(file.param).stem().string();
                           std::replace_if(
                               name.begin(), name.end(),
                               [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace celloquy::chat
