#pragma once
// The page's files: the folder that the build of web/ wrote, and nothing beside it.

#include <string>

#include "base/text.hpp"
#include "server/http/message.hpp"

namespace celloquy::server {

/// index.html for addresses of the page itself; 404 for other files that are not
/// there; a plain page that says so where no page was built (`folder` empty).
http::Response static_page(const std::string& folder, const http::Request& request,
                           Language language);

/// Where the page lies: $CELLOQUY_WEB, beside the program (../share/celloquy/web),
/// or the source tree's web/dist. Empty: nowhere.
std::string web_folder();

}  // namespace celloquy::server
