// Uploads and exports.

#include <fstream>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class FilesTest : public ServerTest {
 protected:
  void prepare() override {
    options.most_upload = 4'000'000;
    options.listener.upload_pause = std::chrono::milliseconds(500);
  }
  Answer upload(const std::string& name, const std::string& body) {
    return client.request("POST", "/api/v1/studies?name=" + name, body,
                          {"Content-Type: application/octet-stream"});
  }
  std::size_t temporaries() {
    std::size_t n = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "uploads"))
      n += entry.path().filename().string().starts_with(".clq-tmp");
    return n;
  }
};

TEST_F(FilesTest, AnUploadIsAStudyUntilItIsDeleted) {
  const auto made = upload("my%20cells.h5ad", read(folder / "data" / "cells.h5ad"));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string id = made.document()["id"];
  EXPECT_EQ(id, "my_cells");
  EXPECT_EQ(client.get("/studies/" + id).document()["n_cells"], 270);
  EXPECT_EQ(temporaries(), 0u);
  start();  // still there
  EXPECT_EQ(client.get("/studies/" + id).document()["n_cells"], 270);
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/" + id).status, 204);
  EXPECT_EQ(client.get("/studies/" + id).status, 404);
  EXPECT_EQ(client.request("DELETE", "/api/v1/studies/cells").status, 403);
  EXPECT_TRUE(std::filesystem::exists(folder / "data" / "cells.h5ad"));
}

TEST_F(FilesTest, ChunkedUploadsArriveToo) {
  const std::string body = read(folder / "data" / "cells.h5ad");
  Connection connection(client.port);
  connection.send(
      client.head("POST", "/api/v1/studies?name=b.h5ad",
                  {"Content-Type: application/octet-stream", "Transfer-Encoding: chunked"}) +
      "\r\n");
  for (std::size_t at = 0; at < body.size(); at += 30000) {
    const std::string piece = body.substr(at, 30000);
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
    connection.send(size + piece + "\r\n");
  }
  connection.send("0\r\n\r\n");
  EXPECT_EQ(connection.answer().status, 201);
}

TEST_F(FilesTest, WhatCannotBeReadIsRefusedWithTheReadersSentence) {
  const auto refused = upload("broken.h5ad", "this is no HDF5");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.code(), "unusable_input");
  EXPECT_EQ(client.get("/studies").document()["studies"].size(), 1u);
  EXPECT_FALSE(std::filesystem::exists(folder / "uploads" / "broken.h5ad"));
  EXPECT_EQ(upload("", "x").status, 400);
  EXPECT_EQ(upload("..%2f..%2fevil.h5ad", "x").status, 422);
  EXPECT_FALSE(std::filesystem::exists(folder / "evil.h5ad"));
}

TEST_F(FilesTest, TooLargeOnesAreRefusedBeforeTheyAreSent) {
  Connection connection(client.port);
  connection.send(client.head("POST", "/api/v1/studies?name=b.h5ad", {"Content-Length: 5000000"}) +
                  "\r\n");
  EXPECT_EQ(connection.answer().status, 413);
  Connection chunked(client.port);
  chunked.send(client.head("POST", "/api/v1/studies?name=b.h5ad", {"Transfer-Encoding: chunked"}) +
               "\r\n");
  const std::string piece(1'000'000, 'x');
  for (int i = 0; i < 6 && chunked.send("f4240\r\n" + piece + "\r\n"); ++i) {
  }
  EXPECT_EQ(chunked.answer().status, 413);
  EXPECT_EQ(temporaries(), 0u);
}

TEST_F(FilesTest, ABrokenOrStuckUploadLeavesNothing) {
  {
    Connection connection(client.port);
    connection.send(
        client.head("POST", "/api/v1/studies?name=b.h5ad", {"Content-Length: 1000000"}) + "\r\n" +
        std::string(5000, 'x'));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  Connection stuck(client.port);
  stuck.send(client.head("POST", "/api/v1/studies?name=b.h5ad", {"Content-Length: 1000000"}) +
             "\r\n" + std::string(5000, 'x'));
  EXPECT_EQ(stuck.answer(5).status, 408);
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(temporaries(), 0u);
  EXPECT_EQ(client.get("/health").status, 200);
}

TEST_F(FilesTest, ExportsAreDownloaded) {
  const auto events = client.stream("/studies/cells/exports", {{"kind", "scanpy"}});
  const json answer = last(events, "answer");
  ASSERT_FALSE(answer.is_null()) << last(events, "error");
  ASSERT_EQ(answer["downloads"].size(), 1u);
  const auto file = client.request("GET", answer["downloads"][0]["url"]);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.body.size(), answer["downloads"][0]["bytes"].get<std::size_t>());
  EXPECT_NE(file.body.find("import scanpy"), std::string::npos);
  EXPECT_NE(file.headers.at("content-disposition").find("attachment"), std::string::npos);
  const Client nobody{client.port, ""};
  EXPECT_EQ(nobody.request("GET", answer["downloads"][0]["url"]).status, 401);
  const json tables = last(client.stream("/studies/cells/exports", {{"kind", "tables"}}), "answer");
  ASSERT_GE(tables["downloads"].size(), 2u);
  EXPECT_EQ(client.request("GET", tables["downloads"][0]["url"]).status, 200);
}

TEST_F(FilesTest, ToolsAndQuestionsWriteNowhereElse) {
  const auto target = folder / "elsewhere.py";
  for (const auto& events :
       {client.stream("/studies/cells/tools/export",
                      {{"arguments", {{"kind", "scanpy"}, {"path", target.string()}}}}),
        client.stream("/studies/cells/ask",
                      {{"question", "export the scanpy code to " + target.string()}})}) {
    ASSERT_FALSE(events.empty());
    EXPECT_FALSE(std::filesystem::exists(target));
  }
}

}  // namespace
}  // namespace celloquy::server::test
