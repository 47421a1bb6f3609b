#pragma once
// Which obs columns say cell type, sample, batch or condition: by their names
// and by how their values lie in one another.

#include <optional>
#include <string>
#include <vector>

#include "tools/pipeline/pipeline.hpp"

namespace celloquy::tools {

enum class ColumnRole { cell_type, clusters, sample, batch, other };

/// By the column's name ("cell_type", "leiden", "donor_id", "lane" …) and, for
/// cell types, by whether most of its categories are names of cell types.
ColumnRole column_role(const std::string& name, const Column& column);

/// The file's own annotation of cell types; the most promising column when
/// there are several (an exact "cell_type" first, then the order of the file).
std::optional<std::string> cell_type_column(const Dataset& data);

/// Columns that can name the replicates, best first: samples and donors before
/// batches and lanes. At least two categories and fewer than half the cells.
std::vector<std::string> replicate_columns(const Dataset& data);

/// The column whose batches get their own quality limits, if there is one.
std::optional<std::string> batch_column(const Dataset& data);

/// The column of this name, in any case and with any separators.
std::optional<std::string> column_called(const Dataset& data, const std::string& name);

/// What a usual column of an experiment says ("treatment", "donor"), in words;
/// empty for other names.
Text design_name(const std::string& name);

}  // namespace celloquy::tools
