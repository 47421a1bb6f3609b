// Chinese queries in English.
#include <gtest/gtest.h>

#include <cstdio>
#include <ctime>
#include <random>

#include "knowledge/knowledge.hpp"
#include "knowledge/model_files.hpp"
#include "knowledge/table.hpp"
#include "knowledge/translate_english.hpp"

namespace celloquy::knowledge {
namespace {

const Translator& translate() {
  const auto loaded = translator();
  EXPECT_TRUE(loaded);
  return **loaded;
}
std::string english(std::string_view query) { return translate().translate(query).english; }

TEST(Translator, OrdersWordsAsEnglishDoes) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      // V N 的 H
      {"分泌抗体的细胞", "cells that secrete antibodies"},
      {"衬于血管内壁的细胞", "cells that line the inner wall of blood vessels"},
      {"表达CD3D和MS4A1的细胞", "cells that express CD3D and MS4A1"},
      {"产抗体细胞", "cells that produce antibodies"},
      {"正在分裂的细胞", "cells that currently divide"},
      {"缺乏MHC I类分子的肿瘤细胞", "neoplastic cells that lack MHC class I"},
      {"释放组胺、引起过敏的免疫细胞",
       "immune cells that release histamine and that cause allergic response"},
      {"分泌IL-4、IL-5、IL-13的CD4淋巴细胞", "CD4 lymphocytes that secrete IL-4, IL-5, IL-13"},
      {"负责体液免疫、在骨髓里发育的淋巴细胞",
       "lymphocytes that are responsible for humoral immunity and that develop in bone marrow"},
      // N 的 H, N L 的 H
      {"肝脏中的巨噬细胞", "macrophages in the liver"},
      {"脑中常驻的免疫细胞", "resident immune cells in the brain"},
      {"糖尿病患者的β细胞", "type B pancreatic cells of diabetic patients"},
      {"小鼠大脑皮层的抑制性神经元", "GABAergic neurons of mouse cerebral cortex"},
      {"视网膜里感受弱光的细胞", "cells that sense weak light in the retina"},
      {"睾丸内支持精子发生的细胞", "cells that support spermatogenesis in the testis"},
      {"在炎症部位聚集的中性粒细胞", "neutrophils that aggregate in inflamed sites"},
      {"肿瘤微环境中抑制T细胞的巨噬细胞",
       "macrophages that inhibit T cells in tumor microenvironments"},
      // A 的 H, N A 的 H
      {"肿瘤浸润的耗竭T细胞", "tumor-infiltrating exhausted T cells"},
      {"IL-17阳性的T细胞", "IL-17-positive T cells"},
      {"CD49a阳性、CD103阴性的T细胞", "CD49a-positive CD103-negative T cells"},
      {"血液里数量最多的白细胞", "most abundant leukocytes in blood"},
      {"受体几乎不变的淋巴细胞", "lymphocytes with almost invariant receptors"},
      {"单核细胞来源的巨噬细胞", "monocyte-derived macrophages"},
      // Time
      {"肝纤维化时活化的星状细胞", "activated stellate cells during liver fibrosis"},
      {"心肌梗死后形成瘢痕的成纤维细胞", "fibroblasts that form scars after myocardial infarction"},
      {"牙齿萌出时消失的上皮", "epithelium that disappear when teeth erupt"},
      {"活化后会变成浆细胞的淋巴细胞", "lymphocytes that can become plasma cells after activation"},
      // 不, 没有, 能
      {"不表达CD4的T细胞", "T cells that do not express CD4"},
      {"没有细胞核的红细胞", "erythrocytes without nuclei"},
      {"不能分裂的衰老成纤维细胞", "senescent fibroblasts that cannot divide"},
      {"能产生抗体的B细胞", "B cells that can produce antibodies"},
      {"骨髓中能自我更新的干细胞", "stem cells that can renew in bone marrow"},
      // 被, 由, 受, 把, 向, 用, 通过
      {"被抗体包裹的细菌", "bacteria that are wrapped by antibodies"},
      {"由B细胞分化而来的浆细胞", "plasma cells that are differentiated by B cells"},
      {"受促甲状腺激素调节的细胞", "cells that are regulated by thyroid-stimulating hormones"},
      {"未被激活的淋巴细胞", "lymphocytes that are not activated"},
      {"把氧气运送到全身的细胞", "cells that transport oxygen to the whole body"},
      {"将神经冲动传给肌肉的细胞", "cells that transmit nerve impulses to muscle"},
      {"向B细胞提供IL-21的淋巴细胞", "lymphocytes that supply IL-21 to B cells"},
      {"用DLL4抑制邻居的血管细胞", "vascular cells that inhibit neighbors with DLL4"},
      {"通过TLR7感知核酸的细胞", "cells that sense nucleic acid through TLR7"},
      // Questions, mixed texts, texts without 的
      {"哪些细胞分泌胰岛素?", "which cells secrete insulin"},
      {"哪些细胞吞噬凋亡细胞?", "which cells engulf apoptotic cells"},
      {"T细胞耗竭", "T cell exhaustion"},
      {"cells in the 肝脏 that express CD3D", "cells in the liver that express CD3D"},
      {"macrophages that engulf bacteria", "macrophages that engulf bacteria"},
  };
  EXPECT_GE(cases.size(), 40u);
  for (const auto& [query, expected] : cases) EXPECT_EQ(english(query), expected) << query;
}

TEST(Translator, NamesComeWithTheirIds) {
  const std::vector<std::array<const char*, 3>> cases = {
      {"巨噬细胞", "macrophage", "CL:0000235"},
      {"CD8阳性T细胞", "CD8-positive, alpha-beta T cell", "CL:0000625"},
      {"肝脏", "liver", "UBERON:0002107"},
      {"外周血", "peripheral blood", "UBERON:0000178"},
      {"宫颈癌", "cervical cancer", "MONDO:0002974"},
      {"macrophages", "macrophages", "CL:0000235"},
      {"三级淋巴结构", "tertiary lymphoid structure", ""},
      {"肝脏中的巨噬细胞", "macrophages in the liver", ""},
      {"CD4", "CD4", ""},
  };
  for (const auto& [query, name, id] : cases) {
    const auto t = translate().translate(query);
    EXPECT_EQ(t.english, name) << query;
    EXPECT_EQ(t.id, id) << query;
  }
  const auto t = translate().translate("肝脏中的巨噬细胞");
  ASSERT_EQ(t.segments.size(), 4u);
  EXPECT_EQ(t.segments[0].id, "UBERON:0002107");
  EXPECT_EQ(t.segments[0].kind, WordKind::tissue);
  EXPECT_EQ(t.segments[1].kind, WordKind::locative);
  EXPECT_EQ(t.segments[3].id, "CL:0000235");
}

TEST(Translator, SaysHowMuchItUnderstood) {
  EXPECT_EQ(translate().translate("分泌抗体的细胞").covered, 1.0);
  EXPECT_EQ(translate().translate("T cells").covered, 1.0);
  EXPECT_EQ(translate().translate("").covered, 1.0);
  const auto half = translate().translate("龘龘细胞");
  EXPECT_EQ(half.covered, 0.5);
  EXPECT_EQ(half.segments[0].kind, WordKind::unknown);
  EXPECT_NE(half.english.find("龘"), std::string::npos) << "kept aside, not lost";
  EXPECT_EQ(translate().translate("龘").covered, 0.0);
}

/// Mean coverage of the Chinese texts of a split; cost in microseconds a text.
struct Coverage {
  double covered = 0, microseconds = 0;
  std::size_t texts = 0;
};
Coverage coverage_of(std::string_view part) {
  Coverage result;
  const auto file = read_model_file("lexicon/cell_functions.tsv");
  if (!file) return result;
  auto rows = TableReader::open("cell_functions.tsv", *file, {"language", "split", "text"});
  std::vector<std::string_view> f;
  std::clock_t time = 0;  // of this process: the machine may be busy
  while (rows->next(f)) {
    if (f[0] != "zh" || f[1] != part) continue;
    const auto start = std::clock();
    const auto translation = translate().translate(f[2]);
    time += std::clock() - start;
    result.covered += translation.covered;
    ++result.texts;
    EXPECT_FALSE(translation.english.empty()) << f[2];
  }
  const auto n = static_cast<double>(result.texts);
  result.covered /= n;
  result.microseconds = 1e6 * static_cast<double>(time) / CLOCKS_PER_SEC / n;
  return result;
}

TEST(Translator, UnderstandsWhatCellsDo) {
  for (const auto& [part, least] : {std::pair{"train", 0.95}, std::pair{"eval", 0.93}}) {
    const auto result = coverage_of(part);
    std::printf("[ coverage ] %-5s %.4f of %zu texts, %.0f us each\n", part, result.covered,
                result.texts, result.microseconds);
    EXPECT_GE(result.texts, 600u);
    EXPECT_GE(result.covered, least) << part;
    EXPECT_LT(result.microseconds, 1000) << part;
  }
}

TEST(Translator, TakesAnyText) {
  std::mt19937 random(7);
  const std::string pieces[] = {"的", "被",   "把",   "在",  "中", "细胞", "不",
                                "、", "，",   "分泌", "CD4", "+",  "阳性", "和",
                                "者", "\xe7", "\xff", " ",   "。", "肝脏"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto n = random() % 12; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const auto t = translate().translate(text);
    EXPECT_GE(t.covered, 0.0);
    EXPECT_LE(t.covered, 1.0);
    std::size_t end = 0;
    for (const auto& segment : t.segments) {
      EXPECT_LE(end, segment.begin) << text;
      EXPECT_LT(segment.begin, segment.end) << text;
      end = segment.end;
    }
    EXPECT_LE(end, text.size());
  }
}

TEST(English, FormsOfWords) {
  EXPECT_EQ(english::plural("macrophage"), "macrophages");
  EXPECT_EQ(english::plural("natural killer cell, human"), "natural killer cells, human");
  EXPECT_EQ(english::plural("antibody"), "antibodies");
  EXPECT_EQ(english::plural("alveolus"), "alveoli");
  EXPECT_EQ(english::plural("crypt base"), "crypt bases");
  EXPECT_EQ(english::plural("bone marrow"), "bone marrow");
  EXPECT_EQ(english::plural("inflammation"), "inflammation");
  EXPECT_EQ(english::participle("secrete"), "secreted");
  EXPECT_EQ(english::participle("take up"), "taken up");
  EXPECT_EQ(english::participle("carry"), "carried");
  EXPECT_EQ(english::participle("stop"), "stopped");
  EXPECT_EQ(english::gerund("secrete"), "secreting");
  EXPECT_EQ(english::gerund("take up"), "taking up");
  EXPECT_EQ(english::adverb("rapid"), "rapidly");
  EXPECT_EQ(english::adverb("systemic"), "systemically");
  EXPECT_TRUE(english::takes_the("liver"));
  EXPECT_FALSE(english::takes_the("blood"));
}

}  // namespace
}  // namespace celloquy::knowledge
