#pragma once
// Fields that people make in a study: clusters and categories under other names,
// merged ones, cells with a name of their own. The file's columns are never changed:
// an edited one is a copy that stands in its place from that state of the history on.

#include <string>
#include <string_view>
#include <vector>

#include "tools/group_resolution.hpp"
#include "tools/selection_groups.hpp"

namespace celloquy::tools {

/// Where names for clusters go: the numbers stay what the clustering made.
inline constexpr const char* cluster_names_field = "cluster_name";
/// Where cells get a name when no field is said.
inline constexpr const char* annotation_field = "annotation";

/// A field while it is edited.
struct FieldEdit {
  std::string field;
  OwnField values;
  bool began_anew = false;  ///< the former names belonged to other clusters
};

/// The field that an edit of this partition changes: clusters → cluster_name,
/// labels → label, a field → itself. Cells that are not kept keep their names.
Expected<FieldEdit> edit_of(Pipeline& pipeline, const Grouping& grouping);
/// The field of this name: own, the file's (cannot_answer when it holds no groups), or a new one.
Expected<FieldEdit> edit_or_new(Pipeline& pipeline, const std::string& field);

/// Gives these cells of the file this name. A category that consists of them alone gets
/// the name in its place; categories without cells go.
void give_name(OwnField& field, const std::vector<std::uint32_t>& cells, const std::string& name);

/// Cells of the file, ascending, that a choice means.
Expected<std::vector<std::uint32_t>> file_cells(Pipeline& pipeline, const GroupChoice& choice);

/// Trimmed; a usage error when nothing is left, it is too long or holds control characters.
Expected<std::string> checked_name(const std::string& name);
/// Also refuses what cannot be the name of a column, or is what celloquy computes.
Expected<std::string> checked_field_name(const std::string& name);

/// Stores the field; what its slot in a state is to hold.
Expected<std::string> store_edit(Pipeline& pipeline, OwnField values);
/// Stores the field and moves the history on.
Status keep_edit(Pipeline& pipeline, const std::string& tool, const nlohmann::json& arguments,
                 const Text& summary, FieldEdit edit);

/// Whether a tool of this name gives groups or cells a name.
bool names_cells(std::string_view tool);

/// Adds the field's title, its groups with their sizes, method and code.
Status describe_field(Pipeline& pipeline, const std::string& field, Finding& finding);

}  // namespace celloquy::tools
