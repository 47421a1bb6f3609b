#pragma once
// The specifications of plots.hpp as SVG, without a browser.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/expected.hpp"

namespace celloquy::plots {

/// Draws the part of Vega-Lite that docs/plots.md lists; anything else is
/// refused with cannot_answer and the name of what is not supported, never
/// drawn wrongly. Same text for the same specification on every machine.
Expected<std::string> render_svg(const nlohmann::json& spec, Language language = Language::english);

/// PNG by the program `rsvg-convert` where it is installed (Debian package
/// librsvg2-bin); `scale` 2 is about 190 dots an inch. Written atomically.
Status write_png(const std::string& svg, const std::string& path, double scale = 2);

}  // namespace celloquy::plots
