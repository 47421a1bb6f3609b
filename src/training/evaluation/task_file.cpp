#include "training/evaluation/task_file.hpp"

#include "workspace/atomic_file.hpp"

namespace celloquy::training {

tl::unexpected<Error> unusable_task(const std::filesystem::path& path, const std::string& reason) {
  return failure(ErrorCode::unusable_input, "training.task_unusable",
                 {{"file", path.string()}, {"reason", reason}});
}

Expected<nlohmann::json> read_task_file(const std::filesystem::path& path,
                                        nlohmann::json::value_t kind) {
  const auto text = workspace::read_file(path.string());
  auto document = text ? nlohmann::json::parse(*text, nullptr, false) : nlohmann::json(nullptr);
  if (document.type() != kind) return unusable_task(path, "JSON");
  return document;
}

}  // namespace celloquy::training
