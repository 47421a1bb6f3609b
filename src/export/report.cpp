#include "export/report.hpp"

#include <algorithm>
#include <cmath>

#include "plots/svg.hpp"
#include "workspace/atomic_file.hpp"

namespace celloquy::exports {
namespace {

constexpr std::size_t most_rows = 50;

constexpr const char* style = R"(
:root{color-scheme:light}
body{font:16px/1.6 Helvetica,Arial,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;color:#222;max-width:60rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.7rem;line-height:1.25;margin:0 0 .3rem}h2{font-size:1.25rem;margin:2.2rem 0 .6rem;border-bottom:1px solid #ddd;padding-bottom:.2rem}
.meta{color:#666;font-size:.9rem;overflow-wrap:anywhere}
figure{margin:1.2rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto}figcaption,caption{color:#555;font-size:.9rem;text-align:left;padding:.3rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}th,td{padding:.25rem .8rem .25rem 0;text-align:left;white-space:nowrap}
thead th{border-bottom:1px solid #999}td.n,th.n{text-align:right}tbody tr:nth-child(even){background:#f7f7f7}
.caveats{border-left:4px solid #d55e00;background:#fff6ee;padding:.4rem 1rem;margin:1rem 0}code,pre{font-family:ui-monospace,Menlo,Consolas,monospace;font-size:.85rem}
pre{overflow-x:auto;background:#f7f7f7;padding:1rem}dt{font-weight:600}dd{margin:0 0 .4rem;overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}figure,table{break-inside:avoid}}
)";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

/// Builds the page; counts figures and tables.
class Page {
 public:
  explicit Page(Language language) : language_(language) {}
  std::string out;

  std::string say(std::string_view id, const TextArguments& arguments = {}) const {
    return escaped(message(id, arguments).in(language_));
  }
  std::string say(const Text& text) const { return escaped(text.in(language_)); }
  void heading(const std::string& words) { out += "<h2>" + words + "</h2>\n"; }
  void paragraph(const std::string& words) {
    if (!words.empty()) out += "<p>" + words + "</p>\n";
  }

  Status figure(const Figure& figure) {
    CELLOQUY_TRY(const auto svg, plots::render_svg(figure.spec, language_));
    ++figures_;
    out += "<figure>\n" + with_own_ids(svg) + "<figcaption>" +
           say("export.report.figure", {{"number", figures_}}) + " · " + say(figure.title);
    if (!figure.caption.empty()) out += " — " + say(figure.caption);
    out += "</figcaption>\n</figure>\n";
    return {};
  }

  void table(const Table& table) {
    std::size_t rows = 0;
    for (const auto& column : table.columns) rows = std::max(rows, column.size());
    out += "<div class=\"scroll\"><table>\n<caption>" +
           say("export.report.table", {{"number", ++tables_}}) + " · " + escaped(table.name);
    if (rows > most_rows)
      out += " — " + say("export.report.first_rows", {{"shown", most_rows}, {"rows", rows}});
    out += "</caption>\n<thead><tr>";
    for (const auto& column : table.columns)
      out += std::string("<th scope=\"col\"") + (numeric(column) ? " class=\"n\">" : ">") +
             escaped(column.name) + "</th>";
    out += "</tr></thead>\n<tbody>\n";
    for (std::size_t row = 0; row < std::min(rows, most_rows); ++row) {
      out += "<tr>";
      for (const auto& column : table.columns)
        out += std::string("<td") + (numeric(column) ? " class=\"n\">" : ">") + cell(column, row) +
               "</td>";
      out += "</tr>\n";
    }
    out += "</tbody>\n</table></div>\n";
  }

  void term(const std::string& name, const std::string& value) {
    if (!value.empty()) out += "<dt>" + name + "</dt><dd>" + escaped(value) + "</dd>\n";
  }

 private:
  static bool numeric(const TableColumn& column) {
    return std::holds_alternative<std::vector<double>>(column.values);
  }
  static std::string cell(const TableColumn& column, std::size_t row) {
    if (row >= column.size()) return "";
    if (!numeric(column)) return escaped(std::get<std::vector<std::string>>(column.values)[row]);
    const double value = std::get<std::vector<double>>(column.values)[row];
    if (std::isnan(value)) return "";
    if (value == std::floor(value) && std::abs(value) < 1e15)
      return with_thousands(static_cast<long long>(value));
    return significant(value);
  }
  /// Gradients of several figures in one page need names of their own.
  std::string with_own_ids(std::string svg) const {
    const std::string own = "figure" + std::to_string(figures_) + "-gradient";
    for (const std::string start : {"id=\"", "url(#"})
      for (auto at = svg.find(start + "gradient"); at != std::string::npos;
           at = svg.find(start + "gradient", at + own.size()))
        svg.replace(at + start.size(), 8, own);
    return svg;
  }

  Language language_;
  int figures_ = 0, tables_ = 0;
};

Status add_section(Page& page, const ReportSection& section) {
  page.heading(page.say(section.title));
  for (const auto& sentence : section.sentences) page.paragraph(page.say(sentence));
  if (!section.caveats.empty()) {
    page.out +=
        "<div class=\"caveats\"><strong>" + page.say("export.report.caveats") + "</strong>\n";
    for (const auto& caveat : section.caveats) page.paragraph(page.say(caveat));
    page.out += "</div>\n";
  }
  for (const auto& figure : section.figures) CELLOQUY_CHECK(page.figure(figure));
  for (const auto& table : section.tables) page.table(table);
  return {};
}

void add_methods(Page& page, const Report& report, Language language) {
  if (!report.methods.empty()) {
    page.heading(page.say("export.report.methods"));
    std::string paragraph;
    for (const auto& sentence : report.methods) {
      if (!paragraph.empty() && language == Language::english) paragraph += ' ';
      paragraph += page.say(sentence);
    }
    page.paragraph(paragraph);
  }
  if (report.references.empty()) return;
  page.heading(page.say("export.report.references"));
  page.out += "<ol>\n";
  for (const auto& reference : report.references)
    page.out += "<li>" + escaped(reference) + "</li>\n";
  page.out += "</ol>\n";
}

void add_provenance(Page& page, const Report& report) {
  page.heading(page.say("export.report.versions"));
  page.out += "<dl>\n";
  for (const auto& [name, value] : report.versions) page.term(page.say(name), value);
  page.term(page.say("export.report.state"), report.state);
  page.term(page.say("export.report.fingerprint"), report.fingerprint);
  page.out += "</dl>\n";
  if (!report.results.empty()) {
    page.heading(page.say("export.report.results"));
    page.out += "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">" +
                page.say("export.report.role") + "</th><th scope=\"col\">" +
                page.say("export.report.key") + "</th></tr></thead><tbody>\n";
    for (const auto& [role, key] : report.results)
      page.out +=
          "<tr><td>" + escaped(role) + "</td><td><code>" + escaped(key) + "</code></td></tr>\n";
    page.out += "</tbody></table></div>\n";
  }
  if (!report.scanpy.empty())
    page.out += "<details><summary>" + page.say("export.report.script") + "</summary><pre>" +
                escaped(report.scanpy) + "</pre></details>\n";
}

}  // namespace

Expected<std::string> report_html(const Report& report, Language language) {
  Page page(language);
  page.out = std::string("<!doctype html>\n<html lang=\"") +
             (language == Language::chinese ? "zh-Hans" : "en") +
             "\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" "
             "content=\"width=device-width,initial-scale=1\">\n<title>" +
             page.say(report.title) + "</title>\n<style>" + style +
             "</style></head>\n<body>\n<main>\n<h1>" + page.say(report.title) +
             "</h1>\n<p class=\"meta\">" + page.say("export.report.file") + ": " +
             escaped(report.file);
  if (!report.time.empty())
    page.out += " · " + page.say("export.report.made") + ": " + escaped(report.time);
  page.out += "</p>\n";
  for (const auto& section : report.sections) CELLOQUY_CHECK(add_section(page, section));
  add_methods(page, report, language);
  add_provenance(page, report);
  return page.out + "</main>\n</body>\n</html>\n";
}

Status write_report(const std::string& path, const Report& report, Language language) {
  CELLOQUY_TRY(const auto html, report_html(report, language));
  return workspace::write_file_atomically(path, html);
}

}  // namespace celloquy::exports
