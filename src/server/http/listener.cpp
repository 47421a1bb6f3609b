#include "server/http/listener.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "server/http/connection.hpp"

namespace celloquy::server::http {

struct Listener::Impl {
  asio::io_context context;
  asio::thread_pool quick, slow;
  Shared shared;
  std::optional<asio::ssl::context> tls;
  Tcp::acceptor acceptor{context};
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::map<std::string, std::size_t> by_address;
  std::atomic<std::size_t> count{0};

  Impl(Application& application, const ListenerOptions& options, unsigned quick_threads)
      : quick(quick_threads),
        slow(std::max(1u, options.slow_threads)),
        shared{application, options, quick, slow} {}

  Status use_certificate() {
    tls.emplace(asio::ssl::context::tls_server);
    Failure failure;
    tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                         asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1,
                     failure);
    tls->use_certificate_chain_file(shared.options.certificate, failure);
    if (!failure) tls->use_private_key_file(shared.options.key, asio::ssl::context::pem, failure);
    if (failure)
      return celloquy::failure(ErrorCode::usage, "server.certificate",
                               {{"certificate", shared.options.certificate},
                                {"key", shared.options.key},
                                {"reason", failure.message()}});
    return {};
  }

  Status bind() {
    Failure failure;
    const auto address = asio::ip::make_address(shared.options.address, failure);
    const auto refuse = [&](std::string_view id) {
      return celloquy::failure(ErrorCode::usage, id,
                               {{"address", shared.options.address},
                                {"port", std::to_string(shared.options.port)},
                                {"reason", failure.message()}});
    };
    if (failure) return refuse("server.address");
    const Tcp::endpoint endpoint(address, shared.options.port);
    acceptor.open(endpoint.protocol(), failure);
    if (!failure) acceptor.set_option(Tcp::acceptor::reuse_address(true), failure);
    if (!failure) acceptor.bind(endpoint, failure);
    if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (failure == asio::error::address_in_use) return refuse("server.port_taken");
    if (failure) return refuse("server.address");
    return {};
  }

  /// False when this address or all together have too many already.
  bool enter(const std::string& address) {
    std::lock_guard lock(mutex);
    if (count >= shared.options.most_connections) return false;
    auto& own = by_address[address];
    if (own >= shared.options.most_of_one_address) return false;
    ++own;
    ++count;
    return true;
  }
  void leave(const std::string& address) {
    std::lock_guard lock(mutex);
    if (--by_address[address] == 0) by_address.erase(address);
    --count;
  }

  asio::awaitable<void> accept() {
    for (;;) {
      Failure failure;
      Tcp::socket socket = co_await acceptor.async_accept(
          asio::make_strand(context), asio::redirect_error(asio::use_awaitable, failure));
      if (failure == asio::error::operation_aborted) co_return;
      if (failure) {  // no file descriptors left: others have to end first
        asio::steady_timer pause(context, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failure));
        continue;
      }
      const auto peer = socket.remote_endpoint(failure).address();
      if (failure) continue;
      const std::string address = peer.to_string();
      if (!enter(address)) continue;  // closed at once
      socket.set_option(Tcp::no_delay(true), failure);
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, converse(std::move(socket), address, peer.is_loopback()),
                     asio::detached);
    }
  }

  asio::awaitable<void> converse(Tcp::socket socket, std::string address, bool loopback) {
    try {
      beast::tcp_stream stream(std::move(socket));
      if (!tls) {
        Connection<beast::tcp_stream> connection(std::move(stream), shared, address, loopback);
        co_await connection.run();
      } else {
        beast::ssl_stream<beast::tcp_stream> secure(std::move(stream), *tls);
        beast::get_lowest_layer(secure).expires_after(shared.options.header_time);
        Failure failure;
        co_await secure.async_handshake(asio::ssl::stream_base::server,
                                        asio::redirect_error(asio::use_awaitable, failure));
        if (!failure) {
          Connection<beast::ssl_stream<beast::tcp_stream>> connection(std::move(secure), shared,
                                                                      address, loopback);
          co_await connection.run();
        }
      }
    } catch (const std::exception&) {
      // One connection's end, whatever it was (no memory for its buffer), is no other's.
    }
    leave(address);
  }

  void run() {
    asio::co_spawn(context, accept(), asio::detached);
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([this] {
        for (;;) try {
            context.run();
            return;
          } catch (const std::exception&) {
          }
      });
  }

  void stop() {
    context.stop();
    for (auto& thread : threads) thread.join();
    threads.clear();
    // Work that still runs refers to requests in coroutines that are destroyed with the context.
    slow.join();
    quick.join();
  }
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() { impl_->stop(); }
void Listener::stop() { impl_->stop(); }

Expected<std::unique_ptr<Listener>> Listener::start(Application& application,
                                                    const ListenerOptions& options) {
  const unsigned cores = std::max(2u, std::thread::hardware_concurrency());
  auto impl = std::make_unique<Impl>(application, options,
                                     options.quick_threads ? options.quick_threads : cores);
  if (!options.certificate.empty()) CELLOQUY_CHECK(impl->use_certificate());
  CELLOQUY_CHECK(impl->bind());
  impl->run();
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::uint16_t Listener::port() const {
  Failure failure;
  return impl_->acceptor.local_endpoint(failure).port();
}
std::size_t Listener::connections() const { return impl_->count; }

}  // namespace celloquy::server::http
