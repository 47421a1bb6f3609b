#include "space/cells/centre.hpp"

#include "knowledge/knowledge.hpp"

namespace celloquy::space {

Expected<Standardization> standardize_cells(const ExpressionView& view,
                                            std::span<const std::string> gene_names,
                                            knowledge::Organism organism, const Context& context,
                                            double own_share) {
  CELLOQUY_TRY(const auto* table, knowledge::marker_table());
  CELLOQUY_TRY(const auto* genes, knowledge::genes_of(organism));
  CELLOQUY_TRY(auto space_gene,
               one_gene_each(view, knowledge::map_genes(gene_names, *table, *genes), context));
  CELLOQUY_TRY(auto centre, mean_expression(view, space_gene, table->n_genes(), {}, context));
  const bool mouse = organism == knowledge::Organism::mouse;
  for (std::size_t g = 0; g < centre.size(); ++g) {
    const auto& reference = table->reference(static_cast<std::int32_t>(g));
    const double expected = mouse ? reference.mouse_mean : reference.human_mean;
    centre[g] = static_cast<float>(own_share * centre[g] + (1 - own_share) * expected);
  }
  return standardize(std::move(space_gene), std::move(centre), *table, organism);
}

}  // namespace celloquy::space
