#include "tools/choose_cells.hpp"

#include "base/hashing.hpp"

namespace celloquy::tools {

Status choose_cells(Pipeline& pipeline, const std::string& tool, const nlohmann::json& arguments,
                    const Text& summary, CellList cells, bool keep_resolution) {
  // The key names the cells themselves: the same cells chosen in another way
  // share all that is computed from them.
  const std::string key =
      workspace::result_key(std::vector<std::string>{pipeline.file_key()}, "cells",
                            Hasher().values(std::span<const std::uint32_t>(cells.kept)).hex(), 1);
  pipeline.keep(key, std::move(cells));
  // The list must be on disk before the history refers to it.
  CELLOQUY_CHECK(pipeline.flush());
  std::map<std::string, std::string> slots = {
      {"cells", key}, {"clusters", ""}, {"layout", ""}, {"labels", ""}};
  if (!keep_resolution) slots["resolution"] = "";
  return pipeline.study().advance(tool, arguments, summary, slots);
}

}  // namespace celloquy::tools
