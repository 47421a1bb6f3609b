// Questions, tools, jobs, events, history.

#include <thread>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

using ConversationTest = ServerTest;

std::vector<std::string> names(const std::vector<Event>& events) {
  std::vector<std::string> out;
  for (const auto& event : events) out.push_back(event.name);
  return out;
}

TEST_F(ConversationTest, AQuestionIsAnsweredStepByStep) {
  const auto events =
      client.stream("/studies/cells/ask", {{"question", "What cell types are there?"}});
  const auto order = names(events);
  ASSERT_GE(order.size(), 5u);
  EXPECT_EQ(order[0], "job");
  EXPECT_EQ(order[1], "reading");
  EXPECT_EQ(order[2], "step");
  EXPECT_EQ(order.back(), "answer");
  EXPECT_FALSE(events[1].data["calls"].empty());
  const json answer = events.back().data;
  EXPECT_EQ(answer["turn"], 0);
  EXPECT_NE(answer["answer"].get<std::string>().find("[1]"), std::string::npos);
  EXPECT_FALSE(answer["evidence"][0]["table"]["rows"].empty());
  EXPECT_EQ(answer["state"], summary()["state"]);
  const json turn = client.get("/studies/cells/turns/0").document();
  EXPECT_EQ(turn["document"]["answer"], answer["answer"]);
  EXPECT_EQ(turn["document"]["evidence"], answer["evidence"]);
}

TEST_F(ConversationTest, AndInChinese) {
  const auto events = client.stream("/studies/cells/ask", {{"question", "有多少细胞?"}});
  const json answer = last(events, "answer");
  ASSERT_FALSE(answer.is_null());
  EXPECT_EQ(answer["language"], "zh");
  EXPECT_NE(answer["answer"].get<std::string>().find("270"), std::string::npos);
}

TEST_F(ConversationTest, WhatCannotBeAnsweredIsSaid) {
  const auto events = client.stream(
      "/studies/cells/ask", {{"question", "Is NOTAGENE expressed in B cells?"}, {"lang", "en"}});
  ASSERT_FALSE(events.empty());
  EXPECT_TRUE(events.back().name == "error" || events.back().name == "answer");
  EXPECT_EQ(client.post("/studies/cells/ask", {{"question", "  "}}).status, 400);
  EXPECT_EQ(client.post("/studies/cells/ask", {{"question", std::string(5000, 'a')}}).status, 413);
  EXPECT_EQ(client.post("/studies/cells/tools/nothing", json::object()).status, 404);
  const auto wrong = tool("markers", {{"nonsense", 1}});
  ASSERT_FALSE(wrong.empty());
  EXPECT_EQ(wrong.back().name, "error");
  EXPECT_EQ(wrong.back().data["error"]["code"], "usage");
}

TEST_F(ConversationTest, EveryClientSeesWhatAnotherDoes) {
  summary();
  Connection watcher(client.port);
  watcher.send(client.head("GET", "/api/v1/studies/cells/events") + "\r\n");
  ASSERT_EQ(watcher.head().status, 200);
  EXPECT_EQ(watcher.event().name, "hello");
  client.stream("/studies/cells/tools/subset",
                {{"arguments", {{"groups", {"B cells"}}}}, {"client", "other page"}});
  bool state = false;
  for (auto event = watcher.event(); !state && !event.name.empty(); event = watcher.event())
    if (event.name == "state") {
      state = true;
      EXPECT_EQ(event.data["n_kept"], 90);
      EXPECT_EQ(event.data["client"], "other page");
      EXPECT_EQ(event.data["tool"], "subset");
    } else if (event.name == "job" && event.data["status"] == "done") {
      break;
    }
  EXPECT_TRUE(state);
}

TEST_F(ConversationTest, HistoryIsATree) {
  const std::string root = summary()["state"];
  tool("subset", {{"groups", {"B cells"}}});
  const std::string b_cells = summary()["state"];
  const auto undone = client.post("/studies/cells/history", {{"action", "undo"}}).document();
  EXPECT_EQ(undone["state"], root);
  EXPECT_EQ(undone["n_kept"], 270);
  EXPECT_TRUE(undone["can_redo"]);
  EXPECT_EQ(client.post("/studies/cells/history", {{"action", "redo"}}).document()["n_kept"], 90);
  const auto went = client.post("/studies/cells/history",
                                {{"action", "go"}, {"state", root}, {"branch", "other"}});
  EXPECT_EQ(went.status, 200) << went.body;
  tool("subset", {{"groups", {"Monocytes"}}});
  const json history = client.get("/studies/cells/history").document();
  EXPECT_EQ(history["branch"], "other");
  EXPECT_EQ(history["branches"].size(), 2u);
  ASSERT_EQ(history["states"].size(), 3u);
  EXPECT_EQ(history["states"][0]["id"], root);
  int on_path = 0;
  for (const auto& state : history["states"]) {
    on_path += state["path"].get<bool>();
    if (state["id"] != root) {
      EXPECT_EQ(state["parent"], root);
    }
  }
  EXPECT_EQ(on_path, 2);
  EXPECT_EQ(client.post("/studies/cells/history", {{"action", "switch"}, {"name", "main"}})
                .document()["state"],
            b_cells);
  EXPECT_EQ(client.post("/studies/cells/history", {{"action", "go"}, {"state", "../../x"}}).status,
            422);
  EXPECT_EQ(client.post("/studies/cells/history", {{"action", "undo"}, {"steps", 9}}).status, 422);
  EXPECT_EQ(client.post("/studies/cells/history", {{"action", "dance"}}).status, 400);
}

TEST_F(ConversationTest, SessionsHaveTheirOwnPlaces) {
  client.stream("/studies/cells/tools/subset?session=mine",
                {{"arguments", {{"groups", {"B cells"}}}}});
  EXPECT_EQ(client.get("/studies/cells?session=mine").document()["n_kept"], 90);
  EXPECT_EQ(summary()["n_kept"], 270);
}

TEST_F(ConversationTest, TheStateOutlivesTheServer) {
  tool("subset", {{"groups", {"B cells"}}});
  client.stream("/studies/cells/ask", {{"question", "How many cells are there?"}});
  start();
  EXPECT_EQ(summary()["n_kept"], 90);
  const json turn = client.get("/studies/cells/turns/0").document();
  EXPECT_FALSE(turn["document"].is_null());
}

TEST_F(ConversationTest, AJobCanBeStopped) {
  summary();
  Connection asking(client.port);
  client.begin(asking, "/studies/cells/tools/run_analysis", {{"arguments", json::object()}});
  ASSERT_EQ(asking.head().status, 200);
  const auto first = asking.event();
  ASSERT_EQ(first.name, "job");
  const std::string job = first.data["job"];
  const auto stopped = client.request("DELETE", "/api/v1/studies/cells/jobs/" + job);
  // Small data: it may be over before it can be stopped.
  EXPECT_TRUE(stopped.status == 202 || stopped.status == 404);
  const auto events = asking.events();
  ASSERT_FALSE(events.empty());
  if (stopped.status == 202 && events.back().name == "error") {
    EXPECT_EQ(events.back().data["error"]["code"], "cancelled");
  }
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/cells/jobs/none").status, 404);
  EXPECT_EQ(client.get("/studies/cells/jobs").document()["jobs"].size(), 0u);
}

TEST_F(ConversationTest, JobsOfASessionWaitInOrderAndTheirNumberIsBounded) {
  summary();
  std::vector<std::unique_ptr<Connection>> asking;
  int refused = 0;
  for (int i = 0; i < 16; ++i) {
    asking.push_back(std::make_unique<Connection>(client.port));
    client.begin(*asking.back(), "/studies/cells/tools/recluster",
                 {{"arguments", {{"resolution", 0.5 + 0.1 * i}}}});
  }
  int answered = 0;
  for (auto& one : asking) {
    const auto head = one->head();
    if (head.status == 429) {
      EXPECT_TRUE(head.headers.contains("retry-after"));
      ++refused;
      continue;
    }
    const auto events = one->events();
    ASSERT_FALSE(events.empty());
    answered += events.back().name == "answer";
  }
  EXPECT_EQ(answered + refused, 16);
  EXPECT_GE(answered, 8);
}

TEST_F(ConversationTest, ManyClientsAtOnce) {
  summary();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) {
        const char* gene = i % 2 ? "MS4A1" : "CD3D";
        if (client.get(std::string("/studies/cells/genes/") + gene).status != 200) ++wrong;
        if (i % 10 == 0 && client.get("/studies/cells").status != 200) ++wrong;
        if (t == 0 && i % 5 == 0 &&
            client.stream("/studies/cells/ask", {{"question", "How many cells are there?"}})
                .empty())
          ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ConversationTest, FeedbackAndViewsAreKept) {
  client.stream("/studies/cells/ask", {{"question", "How many cells are there?"}});
  EXPECT_EQ(
      client.post("/studies/cells/feedback", {{"turn", 0}, {"verdict", "wrong"}, {"note", "no"}})
          .status,
      201);
  EXPECT_EQ(client.post("/studies/cells/feedback", {{"turn", 7}, {"verdict", "wrong"}}).status,
            400);
  EXPECT_EQ(client.post("/studies/cells/feedback", {{"turn", 0}, {"verdict", "so so"}}).status,
            400);
  const auto kept = client.post("/studies/cells/views", {{"view", {{"colour", "MS4A1"}}}});
  ASSERT_EQ(kept.status, 201);
  const std::string id = kept.document()["view"];
  EXPECT_EQ(client.get("/studies/cells/views/" + id).document()["view"]["colour"], "MS4A1");
  EXPECT_EQ(client.get("/studies/cells/views/00000000000000000000").status, 404);
}

TEST_F(ConversationTest, TheSuggestedQuestionsAreUnderstood) {
  for (const char* lang : {"en", "zh"}) {
    const json study = client.get(std::string("/studies/cells?lang=") + lang).document();
    EXPECT_FALSE(study["suggestions"].empty());
    for (const auto& question : study["suggestions"]) {
      const auto events = client.stream("/studies/cells/ask", {{"question", question}});
      const json reading = last(events, "reading");
      ASSERT_FALSE(reading.is_null()) << question;
      EXPECT_FALSE(reading["calls"].empty()) << question;
    }
  }
}

}  // namespace
}  // namespace celloquy::server::test
