#include "cli/command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/thread_pool.hpp"

namespace celloquy::cli {
namespace {

// A signal handler can reach nothing but a global; it is set for the life of a Session.
CancellationToken* interrupted = nullptr;

void on_interrupt(int) {
  if (interrupted) interrupted->cancel();
}

/// A line that is rewritten in place, for work that takes more than a second.
class ProgressLine : public ProgressSink {
 public:
  void report(std::string_view step, double fraction) override {
    const auto now = std::chrono::steady_clock::now();
    if (now - started_ < std::chrono::seconds(1)) return;
    if (now - last_ < std::chrono::milliseconds(100)) return;
    last_ = now;
    shown_ = true;
    fmt::print(stderr, "\r\033[K{} {:3.0f} %", step, 100 * fraction);
    std::fflush(stderr);
  }
  ~ProgressLine() override {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }

 private:
  using Time = std::chrono::steady_clock::time_point;
  Time started_ = std::chrono::steady_clock::now(), last_{};
  bool shown_ = false;
};

}  // namespace

Language interface_language(const Settings& settings) {
  std::string code = settings.language;
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (code.empty() && value) code = value;
  }
  return code.rfind("zh", 0) == 0 ? Language::chinese : Language::english;
}

void print_json(const nlohmann::json& document) {
  // Names from files may hold broken UTF-8; they are shown with a replacement sign.
  fmt::print("{}\n", document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int report_error(const Error& error, const Settings& settings) {
  const Language language = interface_language(settings);
  if (settings.json) {
    print_json({{"error",
                 {{"code", code_name(error.code)},
                  {"message", error.message.in(language)},
                  {"remedy", error.remedy.in(language)}}}});
  } else {
    fmt::print(stderr, "{}: {}\n", message("cli.error").in(language), error.message.in(language));
    if (!error.remedy.empty()) fmt::print(stderr, "{}\n", error.remedy.in(language));
  }
  return static_cast<int>(error.code);
}

struct Session::Impl {
  ThreadPool pool;
  CancellationToken token;
  ProgressLine progress;
  Context context;
  explicit Impl(unsigned threads) : pool(threads) {}
};

Session::Session(const Settings& settings) : impl_(std::make_unique<Impl>(settings.threads)) {
  impl_->context.threads = &impl_->pool;
  impl_->context.cancellation = &impl_->token;
  if (isatty(STDERR_FILENO)) impl_->context.progress = &impl_->progress;
  interrupted = &impl_->token;
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

Session::~Session() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  interrupted = nullptr;
}

const Context& Session::context() const { return impl_->context; }

}  // namespace celloquy::cli
