#pragma once
// A server on a free port over a small made-up study ("cells", 270 cells).

#include "../tools/fixture.hpp"
#include "client.hpp"
#include "server/server.hpp"

namespace celloquy::server::test {

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder = std::filesystem::path(CELLOQUY_BINARY_DIR) / "server_test" /
             (std::string(info->test_suite_name()) + "." + info->name());
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "data");
    write_study(folder / "data" / "cells.h5ad");
    options.library.paths = {(folder / "data").string()};
    options.library.uploads = (folder / "uploads").string();
    options.web = (folder / "web").string();  // not there
    options.threads = 2;
    prepare();
    start();
  }
  virtual void prepare() {}
  void TearDown() override {
    server.reset();
    std::filesystem::remove_all(folder);
  }

  void start() {
    server.reset();
    auto started = Server::start(options);
    ASSERT_TRUE(started) << started.error().message.en;
    server = *std::move(started);
    client = {server->port(), server->secret()};
  }

  static const tools::test::Sample& sample() {
    static const tools::test::Sample made = tools::test::make_sample();
    return made;
  }
  static void write_study(const std::filesystem::path& path) {
    const CountMatrix x = tools::test::matrix_of(sample());
    H5adContent content;
    content.x = &x;
    content.obs = &sample().obs;
    content.var = &sample().var;
    const auto written = write_h5ad(path.string(), content, Context{});
    ASSERT_TRUE(written) << written.error().message.en;
  }

  json summary() { return client.get("/studies/cells").document(); }
  static std::string bitmap(std::size_t cells, const std::vector<std::size_t>& chosen) {
    std::string bits((cells + 7) / 8, '\0');
    for (const auto i : chosen) bits[i / 8] = static_cast<char>(bits[i / 8] | 1 << (i % 8));
    return bits;
  }
  Answer put_selection(const std::string& target, const std::string& bits) {
    return client.request("PUT", "/api/v1/studies/cells" + target, bits,
                          {"Content-Type: application/octet-stream"});
  }
  std::vector<Event> tool(const std::string& name, const json& arguments = json::object()) {
    return client.stream("/studies/cells/tools/" + name, {{"arguments", arguments}});
  }

  std::filesystem::path folder;
  ServerOptions options;
  std::unique_ptr<Server> server;
  Client client;
};

}  // namespace celloquy::server::test
