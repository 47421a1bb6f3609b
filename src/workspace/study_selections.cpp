// Named sets of cells: selections/HISTORY.json, one small file that several
// processes may change.

#include "workspace/study_impl.hpp"

namespace celloquy::workspace {
namespace {

using nlohmann::json;

/// {"named":{NAME:key},"present":{SESSION:key}}; a damaged file counts as empty.
json read_selections(const std::string& path) {
  const auto text = read_file(path);
  json value = text ? json::parse(*text, nullptr, false) : json();
  json out = {{"named", json::object()}, {"present", json::object()}};
  for (const char* part : {"named", "present"})
    if (value.is_object() && value.contains(part) && value[part].is_object())
      for (const auto& [name, key] : value[part].items())
        if (key.is_string()) out[part][name] = key;
  return out;
}

}  // namespace

Expected<std::map<std::string, std::string>> Study::selections() const {
  const json all =
      read_selections(impl_->folder + "/selections/" + impl_->history_name() + ".json");
  std::map<std::string, std::string> out;
  for (const auto& [name, key] : all["named"].items()) out[name] = key;
  if (const auto present = all["present"].find(impl_->session_name);
      present != all["present"].end())
    out[""] = present->get<std::string>();
  return out;
}

Status Study::set_selection(const std::string& name, const std::string& key) {
  const std::string path = impl_->folder + "/selections/" + impl_->history_name();
  if (!make_folders(impl_->folder + "/selections"))
    return failure(ErrorCode::unusable_input, "workspace.no_folder", {{"path", impl_->folder}});
  CELLOQUY_TRY(const auto lock, FileLock::take(path + ".lock"));
  json all = read_selections(path + ".json");
  json& part = name.empty() ? all["present"] : all["named"];
  const std::string& entry = name.empty() ? impl_->session_name : name;
  if (key.empty())
    part.erase(entry);
  else
    part[entry] = key;
  return write_file_atomically(path + ".json", dump(all, 1) + "\n");
}

}  // namespace celloquy::workspace
