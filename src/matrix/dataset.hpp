#pragma once
// What a reader brings: the matrices of a file with the tables about their
// cells and genes, and what was found out about them. AnnData's terms.

#include <map>
#include <string>
#include <vector>

#include "matrix/count_matrix.hpp"
#include "matrix/data_frame.hpp"

namespace celloquy {

/// What the numbers of a matrix are.
enum class InputState { raw_counts, noisy_counts, normalized, log1p, scaled, unknown };
std::string_view name(InputState state);

/// The finding about one matrix (X, raw/X, layers/…) and what it rests on.
struct MatrixState {
  std::string where;  ///< "X", "raw/X", "layers/counts"
  InputState state = InputState::unknown;
  Text evidence;  ///< one sentence: "all 2,286,884 values are whole numbers; largest 419"
  double largest = 0, smallest = 0;
  double target_sum = 0;  ///< of normalised or log1p data, when cells agree on one
  std::uint64_t n_nan = 0, n_negative = 0, n_infinite = 0;
};

enum class GeneIdKind { symbols, ensembl, ensembl_versioned, entrez, mixed, unknown };
std::string_view name(GeneIdKind kind);

struct OrganismFinding {
  std::string organism = "unknown";  ///< "human", "mouse", "zebrafish", "human+mouse", "unknown"
  GeneIdKind gene_ids = GeneIdKind::unknown;
  Text evidence;
};

/// Dense numbers, a row a cell: embeddings (obsm).
struct DenseBlock {
  std::size_t n_rows = 0, n_columns = 0;
  std::vector<float> values;  ///< row by row
};

struct Dataset {
  std::string path;         ///< where it came from
  std::string format;       ///< "h5ad", "10x_h5", "matrix_market", "table"
  std::string fingerprint;  ///< hash of the file's identity; changes when the file does

  /// The matrix that analysis starts from: counts where the file has any.
  CountMatrix matrix;
  std::string matrix_where;  ///< which one that is: "X", "raw/X", "layers/counts"
  InputState state = InputState::unknown;

  DataFrame obs;  ///< a row a cell
  DataFrame var;  ///< a row a gene; index = the names used in answers (symbols where known)
  std::map<std::string, DenseBlock> obsm;
  std::vector<MatrixState> states;  ///< every matrix of the file
  OrganismFinding organism;
  /// What the reader noticed and did: duplicate names made unique, empty cells…
  std::vector<Text> notes;

  std::size_t n_cells() const { return matrix.n_cells(); }
  std::size_t n_genes() const { return matrix.n_genes(); }
};

}  // namespace celloquy
