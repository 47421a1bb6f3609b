#include "export/seurat_reading.hpp"

namespace celloquy::exports {
namespace {

/// Run against files of several ages by scripts/check-exported-code.
constexpr const char* read_h5ad =
    R"R(# Reads a matrix of an AnnData file (cells become columns) and what the file says about the cells.
read_h5ad <- function(path, where = "X") {
  file <- hdf5r::H5File$new(path, "r")
  on.exit(file$close_all())
  names_of <- function(frame) if (inherits(frame, "H5D")) frame[]$index else frame[[hdf5r::h5attr(frame, "_index")]][]
  column <- function(frame, name) {
    item <- frame[[name]]
    old <- frame$exists("__categories") && frame[["__categories"]]$exists(name)
    if (!inherits(item, "H5Group") && !old) return(item[])
    if (!old && item$exists("mask")) return(ifelse(item[["mask"]][], NA, item[["values"]][]))
    codes <- if (old) item[] else item[["codes"]][]
    levels <- if (old) frame[["__categories"]][[name]][] else item[["categories"]][]
    factor(levels[ifelse(codes < 0, NA, codes + 1)], levels)
  }
  x <- file[[where]]
  genes <- make.unique(names_of(file[[if (startsWith(where, "raw/")) "raw/var" else "var"]]))
  cells <- names_of(file[["obs"]])
  if (inherits(x, "H5D")) {
    counts <- x[, ]  # a table of cells by genes; R reads it turned round
  } else {
    by_cell <- grepl("csr", hdf5r::h5attr(x, if ("encoding-type" %in% hdf5r::h5attr_names(x)) "encoding-type" else "h5sparse_format"))
    size <- c(length(genes), length(cells))
    counts <- new("dgCMatrix", p = as.integer(x[["indptr"]][]), i = as.integer(x[["indices"]][]), x = as.numeric(x[["data"]][]),
                  Dim = if (by_cell) size else rev(size))
    if (!by_cell) counts <- Matrix::t(counts)
  }
  dimnames(counts) <- list(genes, cells)
  obs <- file[["obs"]]
  columns <- if (inherits(obs, "H5D")) obs[] else sapply(setdiff(names(obs), c(hdf5r::h5attr(obs, "_index"), "__categories")), column, frame = obs, simplify = FALSE)
  list(counts = counts, cells = data.frame(columns, row.names = cells, check.names = FALSE))
}
)R";

}  // namespace

std::string quoted(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string seurat_reading(const CodeSource& source) {
  const std::string path = quoted(source.path);
  if (source.format == "10x_h5") return "object <- CreateSeuratObject(Read10X_h5(" + path + "))\n";
  if (source.format == "matrix_market")
    return "object <- CreateSeuratObject(Read10X(" + path + "))\n";
  if (source.format == "table") {
    const std::string read = "as.matrix(data.table::fread(" + path + "), rownames = 1)";
    return "counts <- " + (source.cells_are_columns ? read : "t(" + read + ")") +
           "\nobject <- CreateSeuratObject(as(counts, \"CsparseMatrix\"))\n";
  }
  const std::string where = source.matrix_where.empty() ? "X" : source.matrix_where;
  return std::string(read_h5ad) + "data <- read_h5ad(" + path + ", " + quoted(where) +
         ")\nobject <- CreateSeuratObject(data$counts, meta.data = data$cells)\n";
}

}  // namespace celloquy::exports
