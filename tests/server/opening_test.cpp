// Coming in, the page, what every answer has.

#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <set>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

class OpeningTest : public ServerTest {
  void prepare() override { options.listener.compress_loopback = true; }
};

TEST_F(OpeningTest, TheSecretInTheAddressBecomesACookie) {
  const auto first =
      Client{client.port, ""}.request("GET", "/?secret=" + client.secret + "&view=abc");
  EXPECT_EQ(first.status, 303);
  EXPECT_EQ(first.headers.at("location"), "/?view=abc");
  const std::string cookie = first.headers.at("set-cookie");
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("SameSite=Strict"), std::string::npos);
  const auto next =
      Client{client.port, ""}.get("/me", {"Cookie: " + cookie.substr(0, cookie.find(';'))});
  EXPECT_EQ(next.status, 200);
  EXPECT_EQ(next.document()["user"]["rights"]["*"], "own");
}

TEST_F(OpeningTest, SaysWhatItServes) {
  EXPECT_TRUE(client.get("/health").document()["ok"]);
  const json list = client.get("/studies").document();
  ASSERT_EQ(list["studies"].size(), 1u);
  EXPECT_EQ(list["studies"][0]["id"], "cells");
  EXPECT_FALSE(list["studies"][0]["open"]);
  const json study = summary();
  EXPECT_EQ(study["n_cells"], 270);
  EXPECT_EQ(study["n_kept"], 270);
  EXPECT_EQ(study["input"]["state"], "raw_counts");
  EXPECT_EQ(study["input"]["plain"].get<std::string>().find('{'), std::string::npos);
  ASSERT_EQ(study["suggestions"].size(), 3u);
  EXPECT_TRUE(client.get("/studies").document()["studies"][0]["open"]);
}

TEST_F(OpeningTest, SpeaksBothLanguages) {
  const json zh = client.get("/studies/cells?lang=zh").document();
  EXPECT_NE(zh["input"]["plain"].get<std::string>().find("细胞"), std::string::npos);
  const auto refused = client.get("/studies/none", {"Accept-Language: zh-CN,zh;q=0.9,en;q=0.8"});
  EXPECT_EQ(refused.status, 404);
  EXPECT_NE(refused.document()["error"]["message"].get<std::string>().find("数据集"),
            std::string::npos);
}

TEST_F(OpeningTest, ListsEveryToolWithItsSchema) {
  const json tools = client.get("/tools").document()["tools"];
  EXPECT_EQ(tools.size(), tools::Registry::standard().tools().size());
  for (const auto& tool : tools) {
    EXPECT_FALSE(tool["purpose"]["zh"].get<std::string>().empty());
    EXPECT_NE(tool["example"]["en"], "tools." + tool["name"].get<std::string>() + ".example");
    for (const auto& argument : tool["arguments"]) EXPECT_NE(argument["type"], "file");
  }
}

TEST_F(OpeningTest, TheOpenApiDocumentNamesEveryRouteAndTool) {
  const json document = Client{client.port, ""}.get("/openapi.json").document();
  EXPECT_EQ(document["openapi"], "3.1.0");
  const auto& paths = document["paths"];
  for (const char* path : {"/studies/{id}", "/studies/{id}/ask", "/studies/{id}/tools/markers",
                           "/studies/{id}/genes/{symbol}", "/studies/{id}/exports/{export}/{file}"})
    EXPECT_TRUE(paths.contains("/api/v1" + std::string(path))) << path;
  for (const auto& tool : tools::Registry::standard().tools())
    EXPECT_TRUE(paths.contains("/api/v1/studies/{id}/tools/" + tool->schema().name));
}

TEST_F(OpeningTest, AnswersThatDidNotChangeAreNotSentAgain) {
  const auto first = client.get("/studies/cells/genes/MS4A1");
  ASSERT_EQ(first.status, 200);
  const auto again =
      client.get("/studies/cells/genes/MS4A1", {"If-None-Match: " + first.headers.at("etag")});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_NE(client.get("/studies/cells/genes/CD3D").headers.at("etag"), first.headers.at("etag"));
}

TEST_F(OpeningTest, CompressesForWhoCanReadIt) {
  const auto plain = client.get("/studies/cells/genes");
  const auto zstd = client.get("/studies/cells/genes", {"Accept-Encoding: gzip, zstd"});
  ASSERT_EQ(zstd.headers.at("content-encoding"), "zstd");
  std::string out(plain.body.size(), '\0');
  const auto size = ZSTD_decompress(out.data(), out.size(), zstd.body.data(), zstd.body.size());
  EXPECT_EQ(size, plain.body.size());
  EXPECT_EQ(out, plain.body);
  const auto gzip = client.get("/studies/cells/genes", {"Accept-Encoding: zstd;q=0, gzip"});
  ASSERT_EQ(gzip.headers.at("content-encoding"), "gzip");
  z_stream stream{};
  ASSERT_EQ(inflateInit2(&stream, 31), Z_OK);
  std::string unpacked(plain.body.size() + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.body.data()));
  stream.avail_in = static_cast<uInt>(gzip.body.size());
  stream.next_out = reinterpret_cast<Bytef*>(unpacked.data());
  stream.avail_out = static_cast<uInt>(unpacked.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  unpacked.resize(plain.body.size());
  EXPECT_EQ(unpacked, plain.body);
}

TEST_F(OpeningTest, WithoutABuiltPageItSaysSo) {
  const auto page = Client{client.port, ""}.request("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("not built"), std::string::npos);
  EXPECT_NE(page.headers.at("content-security-policy").find("script-src 'self'"),
            std::string::npos);
}

TEST_F(OpeningTest, ServesThePageAndNothingBesideIt) {
  std::filesystem::create_directories(folder / "web" / "assets");
  std::ofstream(folder / "web" / "index.html") << "<title>page</title>";
  std::ofstream(folder / "web" / "assets" / "a.js") << "1";
  std::ofstream(folder / "secret.txt") << "secret";
  std::filesystem::create_symlink(folder / "secret.txt", folder / "web" / "link.txt");
  start();
  const Client nobody{client.port, ""};
  EXPECT_EQ(nobody.request("GET", "/").body, "<title>page</title>");
  EXPECT_EQ(nobody.request("GET", "/study/cells").body, "<title>page</title>");
  const auto script = nobody.request("GET", "/assets/a.js");
  EXPECT_EQ(script.headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_NE(script.headers.at("cache-control").find("immutable"), std::string::npos);
  EXPECT_EQ(nobody.request("GET", "/link.txt").status, 404);
  EXPECT_EQ(nobody.request("GET", "/secret.txt").status, 404);
}

TEST_F(OpeningTest, HeadAnswersLikeGetWithoutABody) {
  const auto head = client.request("HEAD", "/api/v1/health");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "11");
}

TEST_F(OpeningTest, AConnectionTakesManyRequests) {
  Connection connection(client.port);
  for (int i = 0; i < 20; ++i) {
    connection.send(client.head("GET", "/api/v1/health") + "\r\n");
    ASSERT_EQ(connection.answer().status, 200) << i;
  }
  // Pipelined: two at once, two answers.
  connection.send(client.head("GET", "/api/v1/health") + "\r\n" + client.head("GET", "/api/v1/me") +
                  "\r\n");
  EXPECT_EQ(connection.answer().status, 200);
  EXPECT_TRUE(connection.answer().document().contains("version"));
}

TEST_F(OpeningTest, OtherMachinesNeedUsers) {
  ServerOptions other = options;
  other.listener.address = "0.0.0.0";
  const auto refused = Server::start(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::usage);
  EXPECT_NE(refused.error().remedy.en.find("--add-user"), std::string::npos);
}

TEST_F(OpeningTest, APortThatIsTakenIsSaid) {
  ServerOptions other = options;
  other.listener.port = server->port();
  const auto refused = Server::start(other);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.en.find("in use"), std::string::npos);
}

}  // namespace
}  // namespace celloquy::server::test
