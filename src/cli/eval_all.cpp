// celloquy eval all: every protocol for which there are data, as one page.

#include <fmt/format.h>

#include "cli/eval.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::cli {
namespace {

struct Chapter {
  const char* title;
  const char* text;
  EvalProtocol protocol;
  bool needs_pairs;
};

constexpr Chapter chapters[] = {
    {"Cells, zero-shot, one default for all",
     "Beside, other data: CellWhisperer's authors report top-1 .554 over 20 common types and .172 "
     "over 134, AUROC .947 and .928.",
     eval_cells, false},
    {"Types that are absent",
     "Searches for a type, against all cells of a set. *There are some*: at least one cell has a "
     "probability of one half or more, which is what `search` says. *Taken out*: a label of the "
     "set after all its cells were removed. Below the means: the questions answered wrongly.",
     eval_presence, false},
    {"Profiles of studies that are left out",
     "Each study judged by a pool made without it; intervals are bootstraps over studies. Beside, "
     "other data: CellWhisperer's authors report R@5 .567 and .637.",
     eval_profiles, true},
    {"Names of gene sets",
     "300 sets left out of the pool, told from each other by name; three times, with other sets. "
     "Intervals are bootstraps over sets.",
     eval_gene_sets, true},
    {"Tissues and diseases, samples of whole tissue",
     "Files read as a user's would be, by a pool made without their study. *Most frequent*: the "
     "share of the most frequent label.",
     eval_bulk, true}};

}  // namespace

Expected<EvalReport> eval_all(const EvalCommand& command, const Context& context) {
  EvalReport all{"all", "# The joint space, measured\n", nlohmann::json::object()};
  for (const auto& chapter : chapters) {
    if (chapter.needs_pairs && command.pairs.empty()) continue;
    CELLOQUY_TRY(const auto report, chapter.protocol(command, context));
    all.data[report.name] = report.data;
    all.markdown += fmt::format("\n## {}\n{}\n\n{}", chapter.title, chapter.text, report.markdown);
  }
  if (command.out.empty()) return all;
  CELLOQUY_CHECK(workspace::write_file_atomically(command.out + ".json", all.data.dump(1) + "\n"));
  CELLOQUY_CHECK(workspace::write_file_atomically(command.out + ".md", all.markdown));
  return all;
}

}  // namespace celloquy::cli
