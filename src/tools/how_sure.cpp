// How sure the result of a search is: what its probabilities mean in cells.

#include "tools/build.hpp"
#include "tools/builtin.hpp"
#include "tools/code_pieces.hpp"
#include "tools/group_resolution.hpp"
#include "tools/methods.hpp"
#include "tools/space/search.hpp"
#include "tools/space/text_evidence.hpp"

namespace celloquy::tools {
namespace {

constexpr double very_sure = 0.9;  ///< from which on a cell is said to be surely meant
constexpr double nearly = 0.25;    ///< up to least_probability: cells that nearly count

Expected<Finding> run(Pipeline& pipeline, const Arguments& arguments) {
  const std::string text = arguments.text("text").value_or("");
  CELLOQUY_TRY(const auto search, search_cells(pipeline, text));
  double n_found = 0, n_sure = 0, n_nearly = 0, sum = 0, highest = 0, missed = 0;
  for (const float value : search.probability) {
    const auto p = static_cast<double>(value);
    highest = std::max(highest, p);
    n_found += p >= least_probability;
    n_sure += p >= very_sure;
    n_nearly += p >= nearly && p < least_probability;
    (p >= least_probability ? sum : missed) += p;
  }
  Finding finding;
  auto& values = finding.values;
  values["text"] = Value::name(text, NameKind::none);
  values["threshold"] = Value::number(least_probability, "");
  values["very_sure"] = Value::number(very_sure, "");
  values["nearly"] = Value::number(nearly, "");
  values["n_total"] = Value::count(static_cast<double>(search.probability.size()), "cells");
  values["n_found"] = Value::count(n_found, "cells");
  values["n_sure"] = Value::count(n_sure, "cells");
  values["n_nearly"] = Value::count(n_nearly, "cells");
  values["highest_probability"] = Value::number(highest, "");
  values["expected_missed"] = Value::number(missed, "cells");
  if (n_found > 0) {
    values["mean_probability"] = Value::number(sum / n_found, "");
    values["expected_wrong"] = Value::number(n_found - sum, "cells");
    say(finding.statements, "tools.how_sure.found",
        {"n_found", "text", "mean_probability", "expected_wrong"});
    say(finding.statements, "tools.how_sure.sure", {"n_sure", "very_sure"});
  } else {
    say(finding.statements, "tools.how_sure.none", {"text", "n_total", "highest_probability"});
  }
  say(finding.statements, "tools.how_sure.missed", {"expected_missed", "n_nearly", "nearly"});
  if (search.finer) say(finding.caveats, "tools.how_sure.caveat_finer");
  if (is_unknown(search.text)) say(finding.caveats, "tools.find_cells.unknown");
  add_input_caveats(pipeline, finding);
  finding.method = joined(message("tools.method.find_cells", {{"threshold", least_probability}}),
                          message("tools.how_sure.caveat"));
  finding.references = {citation("sentence_bert"), citation("cell_ontology")};
  say_done_first(pipeline, finding);
  const std::string hint =
      "# celloquy search FILE TEXT --scores OUT.tsv writes the probabilities\n";
  finding.code = whole_code(pipeline, Needs::normalized, {hint, hint});
  return finding;
}

}  // namespace

std::unique_ptr<Tool> how_sure_tool() {
  return make_tool({"how_sure",
                    message("tools.how_sure.purpose"),
                    {required(argument("text", ArgumentType::text, "tools.find_cells.text"))},
                    false},
                   run);
}

}  // namespace celloquy::tools
