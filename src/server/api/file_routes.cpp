// Uploads and downloads.

#include <filesystem>

#include "server/api/api.hpp"

namespace celloquy::server {

using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// The last part of what the client calls its file.
std::string file_name(const std::string& given) {
  const auto slash = given.find_last_of("/\\");
  std::string name = slash == std::string::npos ? given : given.substr(slash + 1);
  name.erase(0, name.find_first_not_of(". "));
  return name.substr(0, 200);
}

Outcome upload(Call& call) {
  const std::string name = file_name(call.request.value("name"));
  if (name.empty()) return refused(400, "usage", "server.no_name");
  if (call.request.upload.empty()) return refused(400, "usage", "server.empty_upload");
  CELLOQUY_TRY(const auto served,
               call.api.library().add_upload(call.request.upload, name, call.context()));
  const std::string url = "/api/v1/studies/" + http::percent_encoded(served.id);
  auto response = json_response({{"id", served.id}, {"name", served.name}, {"url", url}}, 201);
  response.with("Location", url);
  return response;
}

Outcome forget(Call& call) {
  if (!call.api.library().remove_upload(call.study))
    return refused(403, "forbidden", "server.not_an_upload", {{"study", call.study}});
  http::Response response;
  response.status = 204;
  return response;
}

Outcome download(Call& call) {
  const auto missing = [&] {
    return refused(404, "not_found", "server.no_file", {{"file", call.parts["file"]}});
  };
  const std::string& id = call.parts["export"];
  const bool plain =
      id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
      std::string::npos;
  if (!plain || id.size() != 22) return missing();
  std::error_code error;
  const fs::path folder =
      fs::canonical(call.api.library().export_folder(call.study + "~" + id), error);
  if (error) return missing();
  const fs::path file = fs::canonical(folder / call.parts["file"], error);
  if (error || !fs::is_regular_file(file, error)) return missing();
  const auto [end, unused] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  (void)unused;
  if (end != folder.end()) return missing();
  http::Response response;
  // Never shown in the page's own origin: a report would run there.
  response.with("Content-Type", "application/octet-stream")
      .with("Content-Disposition",
            "attachment; filename*=UTF-8''" + http::percent_encoded(file.filename().string()));
  response.body = http::FileBody{file.string(), fs::file_size(file, error)};
  return response;
}

}  // namespace

void add_file_routes(std::vector<Route>& routes) {
  routes.push_back({"POST",
                    "/studies",
                    "Uploads a file (the body) under a name.",
                    Right::view,
                    Speed::computes,
                    BodyKind::upload,
                    upload,
                    {}});
  routes.push_back({"DELETE",
                    "/studies/{id}",
                    "Deletes an uploaded study.",
                    Right::own,
                    Speed::computes,
                    BodyKind::none,
                    forget,
                    {}});
  routes.push_back({"GET",
                    "/studies/{id}/exports/{export}/{file*}",
                    "Downloads a written file.",
                    Right::analyse,
                    Speed::quick,
                    BodyKind::none,
                    download,
                    {},
                    "application/octet-stream"});
}

}  // namespace celloquy::server
