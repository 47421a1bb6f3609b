// Slow, silent and greedy clients; a server that is killed.

#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

using namespace std::chrono_literals;

class LimitsTest : public ServerTest {
 protected:
  void prepare() override {
    options.listener.header_time = 500ms;
    options.listener.body_time = 500ms;
    options.listener.write_pause = 500ms;
    options.listener.idle_time = 1s;
    options.listener.heartbeat = 200ms;
    options.listener.most_of_one_address = 60;
  }
  double seconds_of_a_request() {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(client.get("/health").status, 200);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  }
};

TEST_F(LimitsTest, HeadersThatDripAreCutOff) {
  Connection slow(client.port);
  const auto begin = std::chrono::steady_clock::now();
  slow.send("GET / HTTP/1.1\r\n");
  bool over = false;
  for (int i = 0; i < 30 && !over; ++i) {
    slow.send("X-" + std::to_string(i) + ": 1\r\n");
    over = slow.ended(0.1);
  }
  EXPECT_TRUE(over);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST_F(LimitsTest, SlowClientsDoNotKeepOthersWaiting) {
  std::vector<std::unique_ptr<Connection>> slow;
  for (int i = 0; i < 50; ++i) {
    slow.push_back(std::make_unique<Connection>(client.port));
    slow.back()->send("GET /api/v1/health HTTP/1.1\r\nHost: 127");
  }
  EXPECT_LT(seconds_of_a_request(), 0.25);
}

TEST_F(LimitsTest, ABodyThatDoesNotComeIsGivenUp) {
  Connection slow(client.port);
  slow.send(client.head("POST", "/api/v1/studies/cells/ask",
                        {"Content-Type: application/json", "Content-Length: 100"}) +
            "\r\n{");
  EXPECT_TRUE(slow.ended(3));
}

TEST_F(LimitsTest, IdleConnectionsEnd) {
  Connection idle(client.port);
  EXPECT_TRUE(idle.ended(3));
}

TEST_F(LimitsTest, OneAddressCannotTakeAllConnections) {
  std::vector<std::unique_ptr<Connection>> many;
  int refused = 0;
  for (int i = 0; i < 80; ++i) {
    many.push_back(std::make_unique<Connection>(client.port));
    many.back()->send(client.head("GET", "/api/v1/health") + "\r\n");
    refused += many.back()->answer(2).status == 0;
  }
  EXPECT_EQ(refused, 20);
  many.clear();
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(LimitsTest, AClientThatDoesNotReadIsCutOff) {
  summary();
  Connection greedy(client.port);
  const int small = 4096;
  setsockopt(greedy.descriptor(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  std::string many;
  for (int i = 0; i < 400; ++i) many += client.head("GET", "/api/v1/studies/cells/genes") + "\r\n";
  greedy.send(many);
  std::this_thread::sleep_for(1500ms);
  for (int i = 0; i < 50 && server->connections() > 0; ++i) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server->connections(), 0u);
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(LimitsTest, ClosedEventStreamsAreForgotten) {
  for (int i = 0; i < 20; ++i) {
    Connection watcher(client.port);
    watcher.send(client.head("GET", "/api/v1/studies/cells/events") + "\r\n");
    ASSERT_EQ(watcher.head().status, 200);
  }
  for (int i = 0; i < 60 && server->connections() > 0; ++i) std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server->connections(), 0u);
}

TEST_F(LimitsTest, AFileThatVanishedIsSaid) {
  std::filesystem::remove(folder / "data" / "cells.h5ad");
  const auto answer = client.get("/studies/cells");
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.code(), "unusable_input");
  EXPECT_FALSE(answer.document()["error"]["message"].get<std::string>().empty());
}

TEST_F(LimitsTest, EndsWhileClientsAreConnectedAndJobsRun) {
  summary();
  Connection watcher(client.port), asking(client.port);
  watcher.send(client.head("GET", "/api/v1/studies/cells/events") + "\r\n");
  client.begin(asking, "/studies/cells/tools/run_analysis", {{"arguments", json::object()}});
  watcher.head();
  asking.head();
  const auto begin = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
}

/// The program itself, killed while it analyses.
TEST_F(LimitsTest, KilledDuringAnAnalysisNothingThatWasDoneIsLost) {
  tool("subset", {{"groups", {"B cells", "Monocytes"}}});
  const std::string state = summary()["state"];
  server.reset();
  for (int round = 0; round < 3; ++round) {
    int out[2];
    ASSERT_EQ(pipe(out), 0);
    const pid_t child = fork();
    if (child == 0) {
      dup2(out[1], 1);
      execl(CELLOQUY_PROGRAM, "celloquy", "serve", (folder / "data").c_str(), "--port", "0",
            "--uploads", (folder / "uploads").c_str(), "--json", nullptr);
      _exit(127);
    }
    close(out[1]);
    std::string text;
    char bytes[4096];
    while (text.find('}') == std::string::npos) {
      const auto n = read(out[0], bytes, sizeof bytes);
      ASSERT_GT(n, 0);
      text.append(bytes, static_cast<std::size_t>(n));
    }
    close(out[0]);
    const json opened = json::parse(text);
    const Client to{opened["port"], opened["secret"]};
    EXPECT_FALSE(to.get("/studies/cells").document()["state"].get<std::string>().empty());
    Connection asking(to.port);
    to.begin(asking, "/studies/cells/tools/run_analysis", {{"arguments", json::object()}});
    asking.head();
    std::this_thread::sleep_for(std::chrono::milliseconds(5 + 40 * round));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }
  start();
  // An analysis that was faster than the kill is a step of its own: what was there lies before it.
  for (int step = 0; step < 3 && summary()["state"] != state; ++step) tool("undo");
  EXPECT_EQ(summary()["state"], state);
  const auto events = tool("run_analysis");
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().name, "answer");
}

}  // namespace
}  // namespace celloquy::server::test
