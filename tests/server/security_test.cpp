// What an attacker would send. Every case is refused, and the server lives on.

#include <fstream>

#include "fixture.hpp"

namespace celloquy::server::test {
namespace {

struct Case {
  const char* what;
  const char* method;
  const char* target;
  std::vector<std::string> headers;  ///< "-auth": without the secret, "-host": without Host
  std::string body;
  std::vector<int> status;  ///< allowed; 0: the connection is ended
};

const std::string json_type = "Content-Type: application/json";

std::vector<Case> cases() {
  const std::vector<int> bad{400}, missing{404}, both{400, 404}, unauthorized{401}, forbidden{403};
  // A page of the browser's own routes: what is no file gets index.html, as "/study/cells" does.
  std::vector<Case> all = {
      // -- paths that lead out
      {"parent", "GET", "/../etc/passwd", {}, "", bad},
      {"parents", "GET", "/../../../../etc/passwd", {}, "", bad},
      {"parent within", "GET", "/assets/../../etc/passwd", {}, "", bad},
      {"encoded parent", "GET", "/%2e%2e/etc/passwd", {}, "", bad},
      {"half encoded parent", "GET", "/.%2e/etc/passwd", {}, "", bad},
      {"upper-case encoded", "GET", "/%2E%2E/%2E%2E/etc/passwd", {}, "", bad},
      {"encoded slash", "GET", "/..%2fetc%2fpasswd", {}, "", bad},
      {"encoded slash only", "GET", "/assets%2f..%2f..%2fsecret", {}, "", bad},
      {"backslash", "GET", "/..\\..\\etc\\passwd", {}, "", bad},
      {"encoded backslash", "GET", "/..%5c..%5cetc", {}, "", bad},
      {"double encoded", "GET", "/%252e%252e/etc/passwd", {}, "", {200}},
      {"overlong UTF-8 dot", "GET", "/%c0%ae%c0%ae/etc/passwd", {}, "", bad},
      {"overlong UTF-8 slash", "GET", "/..%c0%af..%c0%afetc", {}, "", bad},
      {"null byte", "GET", "/index.html%00.png", {}, "", bad},
      {"line break", "GET", "/%0d%0aSet-Cookie:x=y", {}, "", bad},
      {"escape character", "GET", "/%1b[2J", {}, "", bad},
      {"broken escape", "GET", "/%zz", {}, "", bad},
      {"cut escape", "GET", "/%2", {}, "", bad},
      {"double slash", "GET", "//etc/passwd", {}, "", bad},
      {"absolute address", "GET", "http://evil.example/", {}, "", bad},
      {"asterisk", "GET", "*", {}, "", bad},
      {"hidden file", "GET", "/.git/config", {}, "", missing},
      {"hidden file below", "GET", "/assets/.env", {}, "", missing},
      {"study parent", "GET", "/api/v1/studies/..", {}, "", bad},
      {"study encoded parent", "GET", "/api/v1/studies/%2e%2e%2f", {}, "", bad},
      {"study absolute", "GET", "/api/v1/studies/%2fetc%2fpasswd", {}, "", bad},
      {"field parent", "GET", "/api/v1/studies/cells/fields/..", {}, "", bad},
      {"export parent", "GET", "/api/v1/studies/cells/exports/../../../etc", {}, "", bad},
      {"export id parent", "GET", "/api/v1/studies/cells/exports/.hidden/x", {}, "", missing},
      {"export of nothing",
       "GET",
       "/api/v1/studies/cells/exports/AAAAAAAAAAAAAAAAAAAAAA/x",
       {},
       "",
       missing},
      {"export encoded",
       "GET",
       "/api/v1/studies/cells/exports/AAAAAAAAAAAAAAAAAAAAAA/..%2fx",
       {},
       "",
       bad},
      {"view parent", "GET", "/api/v1/studies/cells/views/..%2f..%2fx", {}, "", bad},
      {"view odd", "GET", "/api/v1/studies/cells/views/gggggggggggggggggggg", {}, "", missing},
      {"state parent",
       "POST",
       "/api/v1/studies/cells/history",
       {json_type},
       R"({"action":"go","state":"../../study"})",
       {422}},
      {"state slash",
       "POST",
       "/api/v1/studies/cells/history",
       {json_type},
       R"({"action":"go","state":"/etc/passwd"})",
       {422}},
      {"upload parent", "POST", "/api/v1/studies?name=../../evil.csv", {}, "x", {422}},
      {"upload hidden", "POST", "/api/v1/studies?name=.bashrc", {}, "x", {422}},
      // -- without the secret
      {"no secret", "GET", "/api/v1/studies", {"-auth"}, "", unauthorized},
      {"no secret, study", "GET", "/api/v1/studies/cells", {"-auth"}, "", unauthorized},
      {"no secret, gene", "GET", "/api/v1/studies/cells/genes/CD3D", {"-auth"}, "", unauthorized},
      {"no secret, events", "GET", "/api/v1/studies/cells/events", {"-auth"}, "", unauthorized},
      {"no secret, nothing there", "GET", "/api/v1/what", {"-auth"}, "", unauthorized},
      {"no secret, ask",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", json_type},
       "{}",
       unauthorized},
      {"no secret, upload", "POST", "/api/v1/studies?name=a.csv", {"-auth"}, "x", unauthorized},
      {"wrong secret",
       "GET",
       "/api/v1/me",
       {"-auth", "Authorization: Bearer wrong"},
       "",
       unauthorized},
      {"empty secret", "GET", "/api/v1/me", {"-auth", "Authorization: Bearer "}, "", unauthorized},
      {"basic",
       "GET",
       "/api/v1/me",
       {"-auth", "Authorization: Basic b3duZXI6eA=="},
       "",
       unauthorized},
      {"wrong cookie",
       "GET",
       "/api/v1/me",
       {"-auth", "Cookie: celloquy_{port}=wrong"},
       "",
       unauthorized},
      {"empty cookie",
       "GET",
       "/api/v1/me",
       {"-auth", "Cookie: celloquy_{port}="},
       "",
       unauthorized},
      {"broken cookie",
       "GET",
       "/api/v1/me",
       {"-auth", "Cookie: ;;;===;;celloquy"},
       "",
       unauthorized},
      {"wrong secret in the address", "GET", "/?secret=wrong", {"-auth"}, "", unauthorized},
      {"secret in the query of the interface",
       "GET",
       "/api/v1/me?secret={secret}",
       {"-auth"},
       "",
       unauthorized},
      {"two authorizations", "GET", "/api/v1/me", {"Authorization: Bearer x"}, "", bad},
      {"login without users",
       "POST",
       "/api/v1/login",
       {"-auth", json_type},
       R"({"name":"owner","password":""})",
       unauthorized},
      {"proxy header unasked",
       "GET",
       "/api/v1/me",
       {"-auth", "X-Remote-User: owner"},
       "",
       unauthorized},
      // -- from another site, with the cookie of this one
      {"cross-site ask",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Origin: http://evil.example"},
       R"({"question":"hi"})",
       forbidden},
      {"cross-site without origin",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type},
       R"({"question":"hi"})",
       forbidden},
      {"cross-site null origin",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Origin: null"},
       R"({"question":"hi"})",
       forbidden},
      {"another port's origin",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Origin: http://127.0.0.1:1"},
       R"({"question":"hi"})",
       forbidden},
      {"https origin of http",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Origin: https://127.0.0.1:{port}"},
       R"({"question":"hi"})",
       forbidden},
      {"origin with our name inside",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Origin: http://127.0.0.1:{port}.evil.example"},
       R"({"question":"hi"})",
       forbidden},
      {"sec-fetch cross-site",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Sec-Fetch-Site: cross-site"},
       R"({"question":"hi"})",
       forbidden},
      {"sec-fetch same-site",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-auth", "{cookie}", json_type, "Sec-Fetch-Site: same-site"},
       R"({"question":"hi"})",
       forbidden},
      {"cross-site undo",
       "POST",
       "/api/v1/studies/cells/history",
       {"-auth", "{cookie}", json_type, "Origin: http://evil.example"},
       R"({"action":"undo"})",
       forbidden},
      {"cross-site selection",
       "PUT",
       "/api/v1/studies/cells/selection",
       {"-auth", "{cookie}", "Origin: http://evil.example"},
       "x",
       forbidden},
      {"cross-site delete",
       "DELETE",
       "/api/v1/studies/cells",
       {"-auth", "{cookie}", "Origin: http://evil.example"},
       "",
       forbidden},
      {"cross-site upload",
       "POST",
       "/api/v1/studies?name=a.csv",
       {"-auth", "{cookie}", "Origin: http://evil.example"},
       "x",
       forbidden},
      {"cross-site logout",
       "POST",
       "/api/v1/logout",
       {"-auth", "{cookie}", json_type, "Origin: http://evil.example"},
       "{}",
       forbidden},
      {"cross-site login",
       "POST",
       "/api/v1/login",
       {"-auth", json_type, "Origin: http://evil.example"},
       "{}",
       forbidden},
      {"form post",
       "POST",
       "/api/v1/studies/cells/ask",
       {"Content-Type: text/plain"},
       R"({"question":"hi"})",
       {415}},
      {"form encoded",
       "POST",
       "/api/v1/studies/cells/ask",
       {"Content-Type: application/x-www-form-urlencoded"},
       "question=hi",
       {415}},
      {"multipart selection",
       "PUT",
       "/api/v1/studies/cells/selection",
       {"Content-Type: multipart/form-data; boundary=x"},
       "--x--",
       {415}},
      {"foreign host", "GET", "/api/v1/me", {"-host", "Host: evil.example"}, "", {421}},
      {"foreign host for the page", "GET", "/", {"-host", "Host: evil.example:{port}"}, "", {421}},
      {"our name inside",
       "GET",
       "/api/v1/me",
       {"-host", "Host: 127.0.0.1.evil.example"},
       "",
       {421}},
      {"no host", "GET", "/api/v1/me", {"-host"}, "", {421}},
      {"two hosts", "GET", "/api/v1/me", {"Host: evil.example"}, "", bad},
      {"metadata host", "GET", "/api/v1/me", {"-host", "Host: 169.254.169.254"}, "", {421}},
      // -- broken requests
      {"method", "BREW", "/api/v1/me", {}, "", {400, 404, 405}},
      {"trace", "TRACE", "/api/v1/me", {}, "", {400, 405}},
      {"connect", "CONNECT", "/api/v1/me", {}, "", {400, 405}},
      {"options", "OPTIONS", "/api/v1/me", {"Origin: http://evil.example"}, "", {405}},
      {"patch", "PATCH", "/api/v1/studies/cells", {}, "", {405}},
      {"put to the page", "PUT", "/index.html", {}, "", {405}},
      {"post to a reading address",
       "POST",
       "/api/v1/studies/cells/genes",
       {json_type},
       "{}",
       {405}},
      {"two lengths",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type, "Content-Length: 3"},
       "{}",
       {400, 0}},
      {"length and chunked",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type, "Transfer-Encoding: chunked"},
       "0\r\n\r\n",
       {400, 0}},
      {"negative length",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Content-Length: -1"},
       "",
       {400, 0}},
      {"huge length",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Content-Length: 99999999999999999999"},
       "",
       {400, 413, 0}},
      {"length in hex",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Content-Length: 0x10"},
       "",
       {400, 0}},
      {"unknown coding",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Transfer-Encoding: gzip"},
       "x",
       {400, 0}},
      {"bad chunk size",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Transfer-Encoding: chunked"},
       "zz\r\n{}\r\n",
       {400, 0}},
      {"blank in a header's name", "GET", "/api/v1/me", {"X Y: 1"}, "", {400, 0}},
      {"header without a colon", "GET", "/api/v1/me", {"nonsense"}, "", {400, 0}},
      {"null in a header", "GET", "/api/v1/me", {std::string("X: a\0b", 6)}, "", {400, 0}},
      {"large body",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type},
       std::string(2'000'000, ' '),
       {413}},
      {"large announced body",
       "POST",
       "/api/v1/studies/cells/ask",
       {"-length", json_type, "Content-Length: 2000000"},
       "",
       {413}},
      {"body for a get", "GET", "/api/v1/me", {"Content-Length: 5000"}, "x", {413}},
      {"large header", "GET", "/api/v1/me", {"X: " + std::string(20000, 'a')}, "", {431}},
      {"many headers",
       "GET",
       "/api/v1/me",
       std::vector<std::string>(2000, "X-Header-Name: 1"),
       "",
       {431}},
      {"no JSON", "POST", "/api/v1/studies/cells/ask", {json_type}, "{\"question\"", bad},
      {"JSON list", "POST", "/api/v1/studies/cells/ask", {json_type}, "[1]", bad},
      {"deep JSON",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type},
       std::string(100000, '['),
       bad},
      {"deep closed JSON",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type},
       std::string(5000, '[') + std::string(5000, ']'),
       bad},
      {"question of another type",
       "POST",
       "/api/v1/studies/cells/ask",
       {json_type},
       R"({"question":{"a":1}})",
       bad},
      {"arguments of another type",
       "POST",
       "/api/v1/studies/cells/tools/markers",
       {json_type},
       R"({"arguments":[1]})",
       bad},
      {"broken UTF-8 in a path", "GET", "/api/v1/studies/cells/genes/%ff%fe", {}, "", bad},
      {"cell not a number", "GET", "/api/v1/studies/cells/cells/-1", {}, "", missing},
      {"cell too large",
       "GET",
       "/api/v1/studies/cells/cells/99999999999999999999",
       {},
       "",
       missing},
      {"turn not a number", "GET", "/api/v1/studies/cells/turns/1e9", {}, "", missing},
      {"script as a field",
       "GET",
       "/api/v1/studies/cells/fields/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
       {},
       "",
       bad},
      {"script as a study",
       "GET",
       "/api/v1/studies/%3Cimg%20src=x%20onerror=alert(1)%3E",
       {},
       "",
       missing},
      {"script as a gene",
       "GET",
       "/api/v1/studies/cells/genes/%3Csvg%20onload=alert(1)%3E",
       {},
       "",
       {422}},
      {"too many genes", "GET", "/api/v1/studies/cells/scores?genes=CD3D{many}", {}, "", bad},
      {"blank text", "GET", "/api/v1/studies/cells/scores?text=%20%20", {}, "", bad},
      {"file argument",
       "POST",
       "/api/v1/studies/cells/exports",
       {json_type},
       R"({"kind":"../../etc"})",
       {200}},
      {"name of a selection",
       "PUT",
       "/api/v1/studies/cells/selections/%20",
       {json_type},
       R"({"from":"a"})",
       bad},
      {"delete what was not uploaded", "DELETE", "/api/v1/studies/cells", {}, "", forbidden},
      {"version 2", "GET", "/api/v2/studies", {}, "", missing},
      {"no version", "GET", "/api/studies", {}, "", missing},
      {"long path", "GET", "/api/v1/studies/{long}", {}, "", {400, 431}},
  };
  return all;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

class SecurityTest : public ServerTest {
 protected:
  void prepare() override {
    std::filesystem::create_directories(folder / "web" / "assets");
    std::ofstream(folder / "web" / "index.html") << "page";
  }
  std::string filled(std::string text) {
    std::string many;
    for (int i = 0; i < 250; ++i) many += ",CD3D";
    const std::string port = std::to_string(client.port);
    text = replaced(std::move(text), "{cookie}", "Cookie: celloquy_" + port + "=" + client.secret);
    text = replaced(std::move(text), "{secret}", client.secret);
    text = replaced(std::move(text), "{many}", many);
    text = replaced(std::move(text), "{long}", std::string(9000, 'a'));
    return replaced(std::move(text), "{port}", port);
  }
  std::string request_of(const Case& one) {
    bool secret = true, host = true, length = !one.body.empty();
    std::string headers;
    for (const auto& header : one.headers) {
      if (header == "-auth")
        secret = false;
      else if (header == "-host")
        host = false;
      else if (header == "-length")
        length = false;
      else
        headers += filled(header) + "\r\n";
    }
    std::string out = std::string(one.method) + " " + filled(one.target) + " HTTP/1.1\r\n";
    if (host) out += "Host: 127.0.0.1:" + std::to_string(client.port) + "\r\n";
    if (secret) out += "Authorization: Bearer " + client.secret + "\r\n";
    if (length) out += "Content-Length: " + std::to_string(one.body.size()) + "\r\n";
    return out + headers + "\r\n" + one.body;
  }
};

TEST_F(SecurityTest, EveryCaseIsRefused) {
  summary();
  const auto all = cases();
  EXPECT_GE(all.size(), 100u);
  for (const auto& one : all) {
    Connection connection(client.port);
    ASSERT_TRUE(connection.open()) << "before: " << one.what;
    connection.send(request_of(one));
    const auto answer = connection.answer(5);
    EXPECT_NE(std::find(one.status.begin(), one.status.end(), answer.status), one.status.end())
        << one.what << ": " << answer.status << " " << answer.body.substr(0, 200);
    EXPECT_EQ(answer.body.find("root:"), std::string::npos) << one.what;
    if (answer.status == 0) continue;
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff") << one.what;
    EXPECT_TRUE(answer.headers.contains("content-security-policy")) << one.what;
    EXPECT_FALSE(answer.headers.contains("access-control-allow-origin")) << one.what;
    // What was sent comes back as text only.
    if (answer.body.find('<') != std::string::npos) {
      EXPECT_NE(answer.headers.at("content-type").find("json"), std::string::npos) << one.what;
    }
  }
  EXPECT_EQ(client.get("/health").status, 200);
  EXPECT_EQ(client.get("/studies/cells").status, 200);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "uploads"))
    EXPECT_FALSE(entry.is_regular_file() &&
                 entry.path().filename().string().starts_with(".clq-tmp"))
        << entry.path();
}

TEST_F(SecurityTest, ThePagesOwnRequestsAreTaken) {
  const std::string port = std::to_string(client.port);
  const Client cookie{client.port, ""};
  const std::vector<std::string> own = {"Cookie: other=1; celloquy_" + port + "=" + client.secret,
                                        json_type, "Origin: http://127.0.0.1:" + port};
  EXPECT_EQ(cookie.request("POST", "/api/v1/studies/cells/views", R"({"view":{}})", own).status,
            201);
  auto fetched = own;
  fetched.back() = "Sec-Fetch-Site: same-origin";
  EXPECT_EQ(cookie.request("POST", "/api/v1/studies/cells/views", R"({"view":{}})", fetched).status,
            201);
}

}  // namespace
}  // namespace celloquy::server::test
