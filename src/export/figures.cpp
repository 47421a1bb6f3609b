#include "export/figures.hpp"

#include "export/output_folder.hpp"
#include "plots/plots.hpp"
#include "plots/svg.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::exports {
namespace {

constexpr const char* endings[] = {".svg", ".png", ".vl.json"};

Status write_figure(const std::string& path, const Figure& figure, FigureFormat format,
                    Language language) {
  if (format == FigureFormat::vega_lite) {
    const auto spec = plots::localized(figure.spec, language);
    return workspace::write_file_atomically(
        path, spec.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
  }
  CELLOQUY_TRY(const auto svg, plots::render_svg(figure.spec, language));
  if (format == FigureFormat::png) return plots::write_png(svg, path);
  return workspace::write_file_atomically(path, svg);
}

}  // namespace

Expected<std::vector<std::string>> write_figures(const std::string& folder,
                                                 const std::vector<Figure>& figures,
                                                 FigureFormat format, Language language) {
  CELLOQUY_CHECK(make_output_folder(folder));
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < figures.size(); ++i) {
    const std::string number = (i < 9 ? "0" : "") + std::to_string(i + 1) + "_";
    const std::string path = free_path(folder, number + file_name_of(figures[i].title.in(language)),
                                       endings[static_cast<int>(format)], paths);
    CELLOQUY_CHECK(write_figure(path, figures[i], format, language));
    paths.push_back(path);
  }
  return paths;
}

}  // namespace celloquy::exports
