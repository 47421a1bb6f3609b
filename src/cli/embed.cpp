// celloquy embed: cells and texts as vectors of one space.

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/space.hpp"
#include "cli/text_lines.hpp"
#include "export/npy.hpp"
#include "tools/space/embedding.hpp"

namespace celloquy::cli {
namespace {

Status write_cells(tools::Pipeline& pipeline, const space::CellEmbedding& cells,
                   const std::string& path) {
  if (path.ends_with(".h5ad")) return tools::write_embedding_h5ad(pipeline, cells, path);
  return exports::write_npy(path, cells.n_cells, cells.n_dimensions,
                            [&](std::size_t begin, std::size_t end, std::span<float> values) {
                              const std::int8_t* from =
                                  cells.values.data() + begin * cells.n_dimensions;
                              for (std::size_t cell = begin; cell < end; ++cell)
                                for (std::size_t d = 0; d < cells.n_dimensions; ++d) {
                                  const std::size_t at = (cell - begin) * cells.n_dimensions + d;
                                  values[at] = static_cast<float>(from[at]) * cells.scale[cell];
                                }
                            });
}

Expected<nlohmann::json> run_embed(const EmbedCommand& command, const Settings& settings,
                                   const Context& context) {
  if (!command.out.ends_with(".npy") && !command.out.ends_with(".h5ad"))
    return failure(ErrorCode::usage, "cli.embed.ending", {{"path", command.out}});
  std::vector<std::string> texts;
  if (!command.texts.empty()) {
    CELLOQUY_TRY(texts, read_texts(command.texts));
  }
  CELLOQUY_TRY(auto study, workspace::Study::open(command.file,
                                                  {settings.workspace, "default", false}, context));
  std::error_code unknown;
  if (std::filesystem::equivalent(command.out, study->path(), unknown))
    return failure(ErrorCode::usage, "tools.export.same_file", {{"path", command.out}});
  tools::Pipeline pipeline(*study, context);
  const double begin = tools::clock_seconds();
  CELLOQUY_CHECK(pipeline.dataset());
  const double read = tools::clock_seconds();
  nlohmann::json out;
  if (!texts.empty()) {
    CELLOQUY_TRY(const auto vectors, tools::embed_texts(texts, context));
    const std::size_t n = tools::embedding_dimensions;
    const std::string path =
        command.texts_out.empty()
            ? std::filesystem::path(command.out).replace_extension().string() + ".texts.npy"
            : command.texts_out;
    CELLOQUY_CHECK(exports::write_npy(
        path, texts.size(), n, [&](std::size_t from, std::size_t to, std::span<float> values) {
          std::copy(vectors.begin() + static_cast<std::ptrdiff_t>(from * n),
                    vectors.begin() + static_cast<std::ptrdiff_t>(to * n), values.begin());
        }));
    out["texts"] = texts.size();
    out["texts_out"] = path;
  }
  const double prepared = tools::clock_seconds();
  CELLOQUY_TRY(const auto cells, tools::embed_kept_cells(pipeline));
  const double embedded = tools::clock_seconds();
  CELLOQUY_CHECK(write_cells(pipeline, cells, command.out));
  out["cells"] = cells.n_cells;
  out["dimensions"] = cells.n_dimensions;
  out["out"] = command.out;
  out["seconds"] = {{"reading", read - begin},
                    {"texts", prepared - read},
                    {"embedding", embedded - prepared},
                    {"writing", tools::clock_seconds() - embedded}};
  return out;
}

}  // namespace

int embed(const EmbedCommand& command, const Settings& settings) {
  Session session(settings);
  const auto result = run_embed(command, settings, session.context());
  if (!result) return report_error(result.error(), settings);
  if (settings.json) {
    print_json(*result);
    return 0;
  }
  const auto language = interface_language(settings);
  const auto& out = *result;
  fmt::print("{}\n",
             message("cli.embed.cells", {{"cells", out["cells"].get<std::size_t>()},
                                         {"dimensions", out["dimensions"].get<std::size_t>()},
                                         {"path", out["out"].get<std::string>()},
                                         {"seconds", out["seconds"]["embedding"].get<double>()}})
                 .in(language));
  if (out.contains("texts"))
    fmt::print("{}\n", message("cli.embed.texts", {{"texts", out["texts"].get<std::size_t>()},
                                                   {"path", out["texts_out"].get<std::string>()}})
                           .in(language));
  return 0;
}

}  // namespace celloquy::cli
