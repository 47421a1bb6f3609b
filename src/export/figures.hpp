#pragma once
// Figures as files.

#include <string>
#include <vector>

#include "base/expected.hpp"
#include "export/report.hpp"

namespace celloquy::exports {

enum class FigureFormat { svg, png, vega_lite };

/// FOLDER/01_title.svg … in the given order; makes the folder. Returns the paths.
Expected<std::vector<std::string>> write_figures(const std::string& folder,
                                                 const std::vector<Figure>& figures,
                                                 FigureFormat format, Language language);

}  // namespace celloquy::exports
