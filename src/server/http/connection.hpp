#pragma once
// One connection, from its first byte to its last, as a coroutine. Included by
// listener.cpp alone. Every wait has an end: see ListenerOptions.

#include <utility>  // Boost 1.74's awaitable.hpp needs it and does not say so

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast.hpp>
#include <boost/beast/ssl.hpp>

#include "server/http/listener.hpp"
#include "server/http/serve_body.hpp"

namespace celloquy::server::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Tcp = asio::ip::tcp;
using Failure = boost::system::error_code;
using Clock = std::chrono::steady_clock;

/// What all connections share.
struct Shared {
  Application& application;
  ListenerOptions options;
  asio::thread_pool& quick;
  asio::thread_pool& slow;
  std::atomic<std::size_t> waiting_slow{0};
};

/// Lets a coroutine wait for other threads. All but notify() belong to the strand.
class Signal : public std::enable_shared_from_this<Signal> {
 public:
  explicit Signal(const asio::any_io_executor& executor) : timer_(executor) {}
  void notify() {
    asio::post(timer_.get_executor(), [self = shared_from_this()] { self->timer_.cancel(); });
  }
  /// Returns at the notification or after `most`.
  asio::awaitable<void> wait(std::chrono::milliseconds most) {
    Failure ignored;
    timer_.expires_after(most);
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }

 private:
  asio::steady_timer timer_;
};

template <class Stream>
class Connection {
 public:
  Connection(Stream stream, Shared& shared, std::string peer, bool loopback)
      : stream_(std::move(stream)), shared_(shared), peer_(std::move(peer)), loopback_(loopback) {}

  asio::awaitable<void> run() {
    while (co_await first_byte()) {
      Request request;
      const unsigned refused = co_await read_header(request);
      if (refused == 0 && header_->get().version() < 10) co_return;
      if (refused) {
        if (refused != dropped) co_await refuse(refused, nullptr);
        co_return;
      }
      if (!co_await serve(request)) co_return;
    }
  }

 private:
  static constexpr unsigned dropped = 1;  ///< no answer is possible
  using HeaderParser = beast::http::request_parser<beast::http::empty_body>;

  auto token() { return asio::redirect_error(asio::use_awaitable, failure_); }
  void limit(std::chrono::milliseconds time) {
    beast::get_lowest_layer(stream_).expires_after(time);
  }

  /// Waits for the next request, longer than for the rest of its header.
  asio::awaitable<bool> first_byte() {
    if (buffer_.size() > 0) co_return true;
    limit(shared_.options.idle_time);
    const auto read = co_await stream_.async_read_some(buffer_.prepare(4096), token());
    buffer_.commit(read);
    co_return !failure_;
  }

  /// 0, or the status that refuses.
  asio::awaitable<unsigned> read_header(Request& request) {
    header_.emplace();
    header_->header_limit(shared_.options.most_header_bytes);
    // The body is limited once it is known what it is for; Boost 1.74 takes "none" for 0.
    header_->body_limit(std::numeric_limits<std::uint64_t>::max());
    limit(shared_.options.header_time);
    co_await beast::http::async_read_header(stream_, buffer_, *header_, token());
    if (failure_ == beast::http::error::header_limit) co_return 431;
    if (failure_.category() ==
        beast::http::make_error_code(beast::http::error::bad_method).category())
      co_return failure_ == beast::http::error::end_of_stream ? dropped : 400;
    if (failure_) co_return dropped;
    const auto& head = header_->get();
    request.method = std::string(head.method_string());
    request.head = request.method == "HEAD";
    if (request.head) request.method = "GET";
    request.peer = peer_;
    request.loopback = loopback_;
    request.secure = !std::is_same_v<Stream, beast::tcp_stream>;
    for (const auto& field : head) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      // Two of these would let two programs read two different requests.
      if (request.headers.contains(name) && (name == "host" || name == "content-length" ||
                                             name == "authorization" || name == "origin"))
        co_return 400;
      auto& value = request.headers[name];
      if (!value.empty()) value += name == "cookie" ? "; " : ", ";
      value += std::string(field.value());
    }
    keep_alive_ = head.keep_alive();
    const auto target = head.target();
    if (!parse_target(std::string_view(target.data(), target.size()), request)) co_return 400;
    co_return 0;
  }

  /// False when the connection ends after this request.
  asio::awaitable<bool> serve(Request& request) {
    const BodyRule rule = shared_.application.before_body(request);
    if (rule.refusal) co_return co_await answer_without_body(request, *rule.refusal);
    const auto announced = header_->content_length();
    if (announced && *announced > rule.most) {
      keep_alive_ = false;
      co_await refuse(413, &request);
      co_return false;
    }
    if (!header_->is_done()) {
      if (beast::iequals(header_->get()[beast::http::field::expect], "100-continue"))
        co_await write("HTTP/1.1 100 Continue\r\n\r\n");
      const unsigned refused = co_await read_body(request, rule);
      if (refused) {
        keep_alive_ = false;
        if (refused != dropped) co_await refuse(refused, &request);
        if (!request.upload.empty()) remove_upload(request.upload);
        co_return false;
      }
    }
    const Response response = co_await computed(request);
    co_return co_await answer(request, response);
  }

  /// A body that is not wanted is left unread: the connection ends, unless it had none.
  asio::awaitable<bool> answer_without_body(const Request& request, const Response& response) {
    if (!header_->is_done()) keep_alive_ = false;
    co_return co_await answer(request, response);
  }

  asio::awaitable<unsigned> read_body(Request& request, const BodyRule& rule) {
    if (!rule.folder.empty()) co_return co_await read_upload(request, rule);
    beast::http::request_parser<beast::http::string_body> parser(std::move(*header_));
    parser.body_limit(rule.most);
    limit(shared_.options.body_time);
    co_await beast::http::async_read(stream_, buffer_, parser, token());
    header_.emplace();
    if (failure_ == beast::http::error::body_limit) co_return 413;
    if (failure_ == beast::error::timeout) co_return 408;
    if (failure_) co_return failure_ == beast::http::error::partial_message ? dropped : 400;
    request.body = std::move(parser.get().body());
    co_return 0;
  }

  asio::awaitable<unsigned> read_upload(Request& request, const BodyRule& rule) {
    beast::http::request_parser<beast::http::buffer_body> parser(std::move(*header_));
    header_.emplace();
    parser.body_limit(rule.most);
    UploadFile file(rule.folder);
    if (!file.open()) co_return 507;
    std::vector<char> piece(std::size_t{1} << 18);
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      limit(shared_.options.upload_pause);
      co_await beast::http::async_read_some(stream_, buffer_, parser, token());
      if (failure_ == beast::http::error::need_buffer) failure_ = {};
      if (failure_ == beast::http::error::body_limit) co_return 413;
      if (failure_ == beast::error::timeout) co_return 408;
      if (failure_) co_return dropped;
      const std::size_t got = piece.size() - parser.get().body().size;
      if (!file.write(piece.data(), got)) co_return 507;
    }
    if (!file.finish()) co_return 507;
    request.upload = file.release();
    co_return 0;
  }

  /// The application's answer, from another thread.
  asio::awaitable<Response> computed(Request& request) {
    const bool slow = shared_.application.slow(request);
    if (slow && shared_.waiting_slow.fetch_add(1) >= shared_.options.most_slow) {
      --shared_.waiting_slow;
      if (!request.upload.empty()) remove_upload(request.upload);
      co_return shared_.application.refuse(429, &request);
    }
    struct Work {
      Request* request;
      Response response;
      std::atomic<bool> done{false};
    };
    // The coroutine, and with it the request, waits until the work is done.
    const auto work = std::make_shared<Work>();
    work->request = &request;
    const auto signal = std::make_shared<Signal>(stream_.get_executor());
    asio::post(slow ? shared_.slow : shared_.quick, [this, work, signal, slow] {
      try {
        work->response = shared_.application.answer(*work->request);
      } catch (const std::exception&) {
        work->response = shared_.application.refuse(500, work->request);
      }
      if (slow) --shared_.waiting_slow;
      work->done = true;
      signal->notify();
    });
    while (!work->done) co_await signal->wait(std::chrono::hours(1));
    co_return std::move(work->response);
  }

  asio::awaitable<void> refuse(unsigned status, const Request* request) {
    keep_alive_ = false;
    Request none;
    co_await answer(request ? *request : none, shared_.application.refuse(status, request));
    // Sent, then read on a little: closing with unread bytes would reset the
    // connection before the client has read why.
    beast::get_lowest_layer(stream_).socket().shutdown(Tcp::socket::shutdown_send, failure_);
    const auto end = Clock::now() + std::chrono::seconds(1);
    std::vector<char> ignored(std::size_t{1} << 16);
    for (failure_ = {}; !failure_ && Clock::now() < end;) {
      limit(std::chrono::seconds(1));
      co_await beast::get_lowest_layer(stream_).async_read_some(asio::buffer(ignored), token());
    }
  }

  asio::awaitable<bool> answer(const Request& request, const Response& response) {
    if (const auto* events = std::get_if<std::shared_ptr<EventStream>>(&response.body))
      co_return co_await stream_events(response, **events);
    const PreparedBody body =
        prepared(request, response, loopback_ && !shared_.options.compress_loopback);
    co_await write(head_text(response, body, keep_alive_));
    if (!failure_ && !request.head) co_await write_body(body);
    co_return !failure_ && keep_alive_;
  }

  asio::awaitable<void> write_body(const PreparedBody& body) {
    std::string piece;
    for (std::uint64_t at = 0; at < body.size() && !failure_; at += write_piece) {
      std::string_view bytes;
      if (!body.piece(at, write_piece, piece, bytes)) {
        failure_ = asio::error::eof;  // the file got shorter: the length that was said is wrong
        co_return;
      }
      co_await write(bytes);
    }
  }

  asio::awaitable<void> write(std::string_view text) {
    limit(shared_.options.write_pause);
    co_await asio::async_write(stream_, asio::buffer(text.data(), text.size()), token());
  }

  asio::awaitable<bool> stream_events(const Response& response, EventStream& events) {
    const auto signal = std::make_shared<Signal>(stream_.get_executor());
    events.on_ready([signal] { signal->notify(); });
    co_await write(event_head_text(response));
    std::string text;
    while (!failure_ && events.take(text)) {
      if (text.empty()) {
        const auto before = Clock::now();
        co_await signal->wait(shared_.options.heartbeat);
        if (Clock::now() - before < shared_.options.heartbeat) continue;
        text = ":\n\n";
      }
      for (std::size_t at = 0; at < text.size() && !failure_; at += write_piece)
        co_await write(std::string_view(text).substr(at, write_piece));
    }
    events.abandon();
    co_return false;
  }

  static constexpr std::size_t write_piece = std::size_t{1} << 18;
  Stream stream_;
  Shared& shared_;
  std::string peer_;
  bool loopback_, keep_alive_ = false;
  beast::flat_buffer buffer_;
  std::optional<HeaderParser> header_;
  Failure failure_;
};

}  // namespace celloquy::server::http
