#include "server/server.hpp"

#include "base/thread_pool.hpp"
#include "server/api/api.hpp"
#include "server/api/static_page.hpp"

namespace celloquy::server {
namespace {

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

Expected<GateOptions> gate_options(const ServerOptions& options) {
  GateOptions gate;
  const bool local = is_loopback(options.listener.address);
  if (options.users.empty()) {
    if (!local) return failure(ErrorCode::usage, "server.host_without_users");
    gate.secret = options.secret.empty() ? random_secret() : options.secret;
    gate.hosts = {"localhost", "127.0.0.1", "::1", options.listener.address};
  } else {
    CELLOQUY_TRY(gate.users, Users::load(options.users));
    gate.trusted_header = options.trusted_header;
    gate.trusted_from = options.trusted_from;
  }
  gate.hosts.insert(gate.hosts.end(), options.hosts.begin(), options.hosts.end());
  return gate;
}

}  // namespace

struct Server::Impl {
  ThreadPool threads;
  Workers workers;
  Machine machine;
  std::unique_ptr<Library> library;
  std::unique_ptr<Api> api;
  std::unique_ptr<http::Listener> listener;
  std::string secret, address;
  bool secure = false;

  explicit Impl(const ServerOptions& options)
      : threads(options.threads),
        workers(options.job_threads ? options.job_threads : 4),
        machine{threads, workers} {}
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() {
  impl_->library->close();
  impl_->listener->stop();
  impl_->workers.stop();  // jobs refer to all the rest, their event streams to the listener
  impl_->listener.reset();
}

Expected<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  CELLOQUY_TRY(GateOptions gate, gate_options(options));
  auto impl = std::make_unique<Impl>(options);
  impl->secret = gate.secret;
  impl->address = options.listener.address;
  impl->secure = !options.listener.certificate.empty();
  CELLOQUY_TRY(impl->library, Library::make(options.library, impl->machine));
  ApiOptions api;
  api.web = options.web.empty() ? web_folder() : options.web;
  api.most_upload = options.most_upload;
  api.version = options.version;
  impl->api = std::make_unique<Api>(api, std::move(gate), *impl->library, impl->machine);
  CELLOQUY_TRY(impl->listener, http::Listener::start(*impl->api, options.listener));
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

std::uint16_t Server::port() const { return impl_->listener->port(); }
const std::string& Server::secret() const { return impl_->secret; }
std::size_t Server::connections() const { return impl_->listener->connections(); }

std::string Server::address() const {
  const std::string host =
      impl_->address.find(':') == std::string::npos ? impl_->address : "[" + impl_->address + "]";
  return std::string(impl_->secure ? "https://" : "http://") + host + ":" + std::to_string(port()) +
         "/" + (impl_->secret.empty() ? "" : "?secret=" + impl_->secret);
}

}  // namespace celloquy::server
