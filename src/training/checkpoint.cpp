#include "training/checkpoint.hpp"

#include "workspace/blob_format.hpp"

namespace celloquy::training {

Status write_checkpoint(const std::filesystem::path& file, const std::string& run,
                        const State& state) {
  workspace::Blob blob;
  blob.facts = {{"run", run}, {"step", state.step}};
  blob.add("parameters", state.parameters);
  blob.add("first_moments", state.moments.first);
  blob.add("second_moments", state.moments.second);
  return workspace::write_blob(file.string(), blob);
}

Expected<std::optional<State>> read_checkpoint(const std::filesystem::path& file,
                                               const std::string& run, std::size_t size) {
  const auto blob = workspace::read_blob(file.string());
  if (!blob) return std::nullopt;
  if (blob->facts.value("run", "") != run)
    return failure(ErrorCode::usage, "training.other_run", {{"path", file.parent_path().string()}});
  const auto *parameters = blob->array<float>("parameters"),
             *first = blob->array<float>("first_moments"),
             *second = blob->array<float>("second_moments");
  if (!parameters || !first || !second || parameters->size() != size || first->size() != size ||
      second->size() != size)
    return std::nullopt;
  return State{blob->facts.value("step", std::size_t{0}), *parameters, {*first, *second}};
}

}  // namespace celloquy::training
