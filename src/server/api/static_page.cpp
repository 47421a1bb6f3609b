#include "server/api/static_page.hpp"

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/hashing.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::server {

namespace fs = std::filesystem;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json; charset=utf-8"},
    {".map", "application/json; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
}};

/// Scripts only from here, nothing evaluated, no frames: what is in a label or a
/// column's name stays text even if the page should forget to escape it.
constexpr const char* page_policy =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' "
    "blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

http::Response not_built(Language language) {
  http::Response response;
  response.with("Content-Type", "text/html; charset=utf-8")
      .with("Content-Security-Policy", page_policy);
  response.body =
      "<!doctype html><meta charset=\"utf-8\"><title>celloquy</title><h1>celloquy</h1><p>" +
      message("server.page_not_built").in(language) + "</p><p>" +
      message("server.page_not_built.remedy").in(language) + "</p>";
  return response;
}

http::Response missing() {
  http::Response response;
  response.status = 404;
  response.with("Content-Type", "text/plain; charset=utf-8");
  response.body = std::string("404\n");
  return response;
}

}  // namespace

http::Response static_page(const std::string& folder, const http::Request& request,
                           Language language) {
  if (folder.empty()) return request.segments.empty() ? not_built(language) : missing();
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) return not_built(language);
  fs::path wanted = root;
  for (const auto& segment : request.segments) {
    if (segment.starts_with('.')) return missing();
    wanted /= segment;
  }
  const std::string ending = wanted.extension().string();
  // Addresses of the page that are no files ("/study/demo") are the page's own to read.
  if (request.segments.empty() || ending.empty()) wanted = root / "index.html";
  const fs::path real = fs::canonical(wanted, error);
  if (error || !fs::is_regular_file(real, error)) return missing();
  const auto [end, unused] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  (void)unused;
  if (end != root.end()) return missing();  // a link that leads out of the folder
  auto text = workspace::read_file(real.string(), 64u << 20);
  if (!text) return missing();
  http::Response response;
  std::string_view type = "application/octet-stream";
  for (const auto& [known, name] : types)
    if (real.extension().string() == known) type = name;
  response.with("Content-Type", std::string(type));
  response.with("ETag", "\"" + hash_text(*text) + "\"");
  // The build puts a hash into the names below assets/.
  const bool hashed = !request.segments.empty() && request.segments[0] == "assets";
  response.with("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.with("Content-Security-Policy", page_policy);
  response.body = *std::move(text);
  return response;
}

std::string web_folder() {
  std::error_code error;
  if (const char* given = std::getenv("CELLOQUY_WEB"); given && *given) return given;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& folder :
       {program.parent_path() / "../share/celloquy/web", fs::path(CELLOQUY_SOURCE_WEB)})
    if (fs::exists(folder / "index.html", error)) return folder.string();
  return {};
}

}  // namespace celloquy::server
