#pragma once
// From words for a group of cells ("B cells", "cluster 3", "CD4 T", "B细胞",
// "lane L1") to cells, and saying by what they were found.

#include <optional>
#include <string>
#include <vector>

#include "tools/finding.hpp"
#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

/// One or more groups of one grouping.
struct GroupChoice {
  Text name;                        ///< "T cells", "cluster 3" / "第 3 群", "L1"
  Grouping grouping;                ///< the partition that it comes from
  std::vector<std::int32_t> codes;  ///< the groups of it, ascending
  Text source;                      ///< "by the file's column “lane”", "by my clusters"
  bool cell_type = false;           ///< clusters, labels or a cell type column: made from the genes
  std::string published;            ///< the obs column, if it is one

  bool contains(std::int32_t code) const;
  std::size_t n_cells() const;
  /// Positions among the kept cells, ascending.
  std::vector<std::uint32_t> positions() const;
  /// Names of the groups it is made of.
  std::vector<Text> members() const;
};

/// Tries, in this order: selections; names that people gave in this study; clusters by number;
/// `field=value` or "field value"; categories of obs columns and cell types of the file's own
/// annotation (with everything that the Cell Ontology counts among them); labels of my annotation;
/// parts of names when only one group has them. `by` restricts it to one field ("cluster", "label"
/// or an obs column). Errors: cannot_answer with the candidates when nothing or several things fit.
Expected<GroupChoice> resolve_group(Pipeline& pipeline, const std::string& text,
                                    const std::optional<std::string>& by = std::nullopt);

/// The partition that "by cell type", "by cluster", "by lane" means. Empty:
/// the file's own cell types, else the labels of my annotation.
struct FieldChoice {
  Grouping grouping;
  Text title;  ///< "cell type", "cluster", "lane"
  Text source;
  bool cell_type = false;
};
Expected<FieldChoice> resolve_field(Pipeline& pipeline, const std::optional<std::string>& by);

/// The choice as a grouping of two: 0 the cells of `group`, 1 those of `rest`
/// (null: all other cells that have a group). Cells in both are an error of
/// the caller.
Grouping in_and_out(const GroupChoice& group, const GroupChoice* rest);

/// Name of a group of a grouping as sentences have it: "cluster 3", "L1".
Text group_name(const Grouping& grouping, std::int32_t code);

/// What a field is called: celloquy's own names in words, others as they are.
Text field_title(const std::string& field);

/// "I clustered the cells first…", "I annotated the clusters first…" where that
/// had to be done in this run.
void say_done_first(Pipeline& pipeline, Finding& finding);

}  // namespace celloquy::tools
