#include "training/training_log.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

#include "plots/plots.hpp"
#include "plots/svg.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::training {
namespace {

using nlohmann::json;

std::string line_of(const LogEntry& e) {
  return nlohmann::ordered_json{{"step", e.step},
                                {"loss", e.loss},
                                {"temperature", e.temperature},
                                {"rate", e.rate},
                                {"cells_to_texts", e.cells_to_texts},
                                {"texts_to_cells", e.texts_to_cells},
                                {"seconds", e.seconds}}
      .dump();
}

}  // namespace

Expected<TrainingLog> TrainingLog::open(const std::filesystem::path& file, std::size_t step) {
  TrainingLog out;
  out.file_ = file;
  std::ifstream in(file, std::ios::binary);
  std::string kept;
  for (std::string line; std::getline(in, line);) {
    const auto entry = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!entry.is_object()) continue;  // a line that a crash cut short
    LogEntry read;
    read.step = entry.value("step", std::size_t{0});
    if (read.step > step) continue;
    read.loss = entry.value("loss", 0.0);
    read.temperature = entry.value("temperature", 0.0);
    read.rate = entry.value("rate", 0.0);
    read.cells_to_texts = entry.value("cells_to_texts", 0.0);
    read.texts_to_cells = entry.value("texts_to_cells", 0.0);
    read.seconds = entry.value("seconds", 0.0);
    out.entries_.push_back(read);
    kept += line + "\n";
  }
  CELLOQUY_CHECK(workspace::write_file_atomically(file.string(), kept));
  return out;
}

Status TrainingLog::add(const LogEntry& entry) {
  entries_.push_back(entry);
  return workspace::append_line(file_.string(), line_of(entry));
}

Status TrainingLog::write_plot(const std::filesystem::path& file) const {
  std::vector<double> steps, loss, found;
  for (const auto& entry : entries_) {
    steps.push_back(static_cast<double>(entry.step));
    loss.push_back(entry.loss);
    found.push_back((entry.cells_to_texts + entry.texts_to_cells) / 2);
  }
  const auto figure = plots::curves(
      message("training.plot.title"), message("training.plot.step"), steps,
      {{message("training.plot.loss"), loss}, {message("training.plot.found"), found}});
  CELLOQUY_TRY(const std::string svg, plots::render_svg(figure));
  return workspace::write_file_atomically(file.string(), svg);
}

}  // namespace celloquy::training
