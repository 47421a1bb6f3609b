#include "io/h5ad_writer.hpp"

namespace celloquy {
Status write_h5ad(const std::string&, const H5adContent&, const Context&) {
  return failure(ErrorCode::internal, "base.internal", {{"what", "write_h5ad"}});
}
}  // namespace celloquy
