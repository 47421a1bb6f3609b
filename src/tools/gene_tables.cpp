#include "tools/gene_tables.hpp"

namespace celloquy::tools {

std::vector<std::uint32_t> significant_markers(const markers::Result& result, std::uint32_t group,
                                               bool higher) {
  std::vector<std::uint32_t> out;
  const std::size_t first = std::size_t{group} * result.n_genes;
  for (const auto gene : ranked(result, group)) {
    const std::size_t at = first + gene;
    if (!(result.p_adjusted[at] < most_adjusted_p)) continue;
    if (higher && !(result.score[at] > 0 && result.log2_fold_change[at] > 0)) continue;
    out.push_back(gene);
  }
  return out;
}

Table empty_marker_table() {
  Table table{"markers", message("tools.title.markers"), {}};
  table.columns = {
      table_column("gene", "tools.title.gene", "", NameKind::gene),
      table_column("log2_fold_change", "tools.title.log2_fold_change", "log2 fold change"),
      table_column("percent_in", "tools.title.percent_in", "%"),
      table_column("percent_out", "tools.title.percent_out", "%"),
      table_column("auc", "tools.title.auc", ""),
      table_column("score", "tools.title.score", ""),
      table_column("p_value", "tools.title.p_value", "p"),
      table_column("p_adjusted", "tools.title.p_adjusted", "p")};
  return table;
}

void append_markers(Table& table, const Dataset& data, const markers::Result& result,
                    std::uint32_t group, const std::vector<std::uint32_t>& genes) {
  auto& columns = table.columns;
  for (const auto gene : genes) {
    const std::size_t at = std::size_t{group} * result.n_genes + gene;
    columns[0].cells.push_back(Value::name(data.var.index[gene], NameKind::gene));
    columns[1].cells.push_back(Value::number(result.log2_fold_change[at], "log2 fold change"));
    columns[2].cells.push_back(Value::number(100.0 * result.fraction_in[at], "%"));
    columns[3].cells.push_back(Value::number(100.0 * result.fraction_out[at], "%"));
    columns[4].cells.push_back(Value::number(result.auc[at], ""));
    columns[5].cells.push_back(Value::number(result.score[at], ""));
    columns[6].cells.push_back(Value::number(result.p_value[at], "p"));
    columns[7].cells.push_back(Value::number(result.p_adjusted[at], "p"));
  }
}

Table marker_table(const Dataset& data, const markers::Result& result, std::uint32_t group,
                   const std::vector<std::uint32_t>& genes) {
  Table table = empty_marker_table();
  append_markers(table, data, result, group, genes);
  return table;
}

}  // namespace celloquy::tools
