#include "knowledge/translate_english.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace celloquy::knowledge::english {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 32> irregular_plurals = {{
    {"alveolus", "alveoli"},
    {"anus", "anuses"},
    {"bacterium", "bacteria"},
    {"calyx", "calyces"},
    {"cilium", "cilia"},
    {"crus", "crura"},
    {"flagellum", "flagella"},
    {"foot", "feet"},
    {"endfoot", "endfeet"},
    {"fungus", "fungi"},
    {"ganglion", "ganglia"},
    {"glomerulus", "glomeruli"},
    {"lumen", "lumens"},
    {"microvillus", "microvilli"},
    {"mitochondrion", "mitochondria"},
    {"mouse", "mice"},
    {"nucleus", "nuclei"},
    {"ovum", "ova"},
    {"oogonium", "oogonia"},
    {"papilla", "papillae"},
    {"person", "people"},
    {"spermatogonium", "spermatogonia"},
    {"stimulus", "stimuli"},
    {"syncytium", "syncytia"},
    {"thrombus", "thrombi"},
    {"tooth", "teeth"},
    {"trabecula", "trabeculae"},
    {"vertebra", "vertebrae"},
    {"villus", "villi"},
    {"woman", "women"},
    {"man", "men"},
    {"child", "children"},
}};

/// Last words of names that are not counted.
constexpr std::array<std::string_view, 110> uncounted = {
    "ability",      "age",         "acid",       "actin",       "adhesion",     "air",
    "albumin",      "aldosterone", "ammonia",    "bile",        "blood",        "bone",
    "calcitonin",   "calcium",     "cartilage",  "chromatin",   "chloride",     "collagen",
    "cortisol",     "cytoplasm",   "data",       "density",     "debris",       "dopamine",
    "dust",         "elastin",     "energy",     "endoderm",    "ectoderm",     "mesoderm",
    "estrogen",     "fat",         "ferritin",   "fibrin",      "fluid",        "force",
    "level",        "number",      "shape",      "size",        "thickness",    "volume",
    "food",         "gas",         "glia",       "coli",        "pylori",       "glucagon",
    "glucose",      "glutamate",   "glycogen",   "growth",      "heat",         "hemoglobin",
    "heparin",      "histamine",   "immunity",   "information", "inflammation", "insulin",
    "iron",         "keratin",     "lactate",    "light",       "lymph",        "marrow",
    "melanin",      "melatonin",   "milk",       "movement",    "mucus",        "muscle",
    "myelin",       "myosin",      "oil",        "oxide",       "oxygen",       "pain",
    "perforin",     "plasma",      "potassium",  "pressure",    "progesterone", "prolactin",
    "pulp",         "renin",       "saliva",     "salt",        "sebum",        "serotonin",
    "serum",        "skin",        "smoke",      "sodium",      "somatostatin", "starch",
    "stroma",       "sugar",       "surfactant", "sweat",       "tears",        "temperature",
    "testosterone", "thyroxine",   "tissue",     "touch",       "urea",         "urine",
    "waste",        "water"};

/// Last words of names of tissues of which there are many.
constexpr std::array<std::string_view, 36> many = {
    "alveolus", "arteriole", "artery",     "bronchiole", "capillary", "cell",
    "crypt",    "disc",      "duct",       "fiber",      "follicle",  "fold",
    "ganglion", "gland",     "glomerulus", "hair",       "islet",     "joint",
    "ligament", "limb",      "lobule",     "nephron",    "nerve",     "node",
    "organoid", "organ",     "sinusoid",   "tendon",     "tooth",     "tubule",
    "vein",     "venule",    "vessel",     "villus",     "structure", "bone"};

/// Last words of names of molecules of which there are many.
constexpr std::array<std::string_view, 38> counted_molecules = {
    "allergen",         "antibody",    "antigen",     "autoantibody", "channel",
    "chemokine",        "cytokine",    "drug",        "droplet",      "enzyme",
    "epitope",          "factor",      "gene",        "glycoprotein", "hormone",
    "immunoglobulin",   "integrin",    "interferon",  "interleukin",  "ion",
    "ligand",           "lipid",       "lipoprotein", "molecule",     "neuropeptide",
    "neurotransmitter", "nucleotide",  "peptide",     "pigment",      "polysaccharide",
    "prostaglandin",    "protease",    "protein",     "receptor",     "toxin",
    "transcript",       "transporter", "vitamin"};

/// Base and participle; a verb that ends otherwise is regular.
constexpr std::array<Pair, 44> irregular_participles = {{
    {"be", "been"},       {"bear", "borne"},   {"beat", "beaten"},   {"become", "become"},
    {"begin", "begun"},   {"bind", "bound"},   {"break", "broken"},  {"bring", "brought"},
    {"build", "built"},   {"catch", "caught"}, {"choose", "chosen"}, {"come", "come"},
    {"cut", "cut"},       {"draw", "drawn"},   {"drive", "driven"},  {"eat", "eaten"},
    {"feed", "fed"},      {"feel", "felt"},    {"fight", "fought"},  {"find", "found"},
    {"freeze", "frozen"}, {"get", "got"},      {"give", "given"},    {"grow", "grown"},
    {"have", "had"},      {"hear", "heard"},   {"hide", "hidden"},   {"hold", "held"},
    {"keep", "kept"},     {"lay", "laid"},     {"lead", "led"},      {"leave", "left"},
    {"lose", "lost"},     {"make", "made"},    {"meet", "met"},      {"see", "seen"},
    {"send", "sent"},     {"shed", "shed"},    {"show", "shown"},    {"sense", "sensed"},
    {"spread", "spread"}, {"take", "taken"},   {"think", "thought"}, {"transmit", "transmitted"},
}};

bool is_vowel(char c) { return std::string_view("aeiou").find(c) != std::string_view::npos; }

std::string_view last_word(std::string_view text) {
  const auto blank = text.rfind(' ');
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Applies `change` to the first word of a verb: "take up".
template <class Change>
std::string with_first_word(std::string_view verb, Change change) {
  const auto blank = verb.find(' ');
  auto first = change(std::string(verb.substr(0, blank)));
  return blank == std::string_view::npos ? first : first.append(verb.substr(blank));
}

/// "stop", "map", "refer": the last letter doubles before -ing and -ed.
bool doubles(std::string_view verb) {
  if (verb.size() < 3 || verb.size() > 4) return verb == "transmit" || verb == "control";
  const auto n = verb.size();
  return !is_vowel(verb[n - 1]) && verb[n - 1] != 'w' && verb[n - 1] != 'x' && verb[n - 1] != 'y' &&
         is_vowel(verb[n - 2]) && !is_vowel(verb[n - 3]);
}

}  // namespace

bool is_counted(std::string_view noun) {
  const auto last = last_word(noun);
  if (contains(uncounted, last)) return false;
  for (const std::string_view end : {"tion", "sis", "ness", "ity", "ism", "ing", "cytosis", "ance"})
    if (last.size() > end.size() && last.ends_with(end)) return false;
  return true;
}

bool is_counted_molecule(std::string_view molecule) {
  return contains(counted_molecules, last_word(molecule));
}

bool is_dimension(std::string_view noun) {
  return noun == "volume" || noun == "number" || noun == "size" || noun == "level";
}

bool takes_the(std::string_view tissue) {
  const auto last = last_word(tissue);
  return !contains(many, last) && !contains(uncounted, last) && last != "cells";
}

std::string plural(std::string_view noun) {
  if (const auto comma = noun.find(", "); comma != std::string_view::npos)
    return plural(noun.substr(0, comma)).append(noun.substr(comma));
  if (noun.empty() || !is_counted(noun)) return std::string(noun);
  const auto last = last_word(noun);
  const auto start = noun.substr(0, noun.size() - last.size());
  for (const auto& [one, several] : irregular_plurals)
    if (last == one) return std::string(start).append(several);
  std::string result(noun);
  const char end = noun.back();
  if (end >= '0' && end <= '9') return result;
  if (last.ends_with("s") && !last.ends_with("ss") && !last.ends_with("us")) return result;
  if (end == 'y' && noun.size() > 1 && !is_vowel(noun[noun.size() - 2])) {
    result.pop_back();
    return result + "ies";
  }
  if (last.ends_with("s") || end == 'x' || last.ends_with("ch") || last.ends_with("sh"))
    return result + "es";
  return result + "s";
}

std::string gerund(std::string_view verb) {
  return with_first_word(verb, [](std::string word) {
    if (word.size() > 2 && word.ends_with("e") && !word.ends_with("ee") && word != "be")
      word.pop_back();
    else if (doubles(word))
      word.push_back(word.back());
    return word + "ing";
  });
}

std::string participle(std::string_view verb) {
  return with_first_word(verb, [](std::string word) -> std::string {
    for (const auto& [base, form] : irregular_participles)
      if (word == base) return std::string(form);
    if (word.ends_with("e")) return word + "d";
    if (word.size() > 1 && word.ends_with("y") && !is_vowel(word[word.size() - 2])) {
      word.pop_back();
      return word + "ied";
    }
    if (doubles(word)) word.push_back(word.back());
    return word + "ed";
  });
}

bool needs_object(std::string_view verb) {
  for (const std::string_view other :
       {"lose", "damage", "destroy", "use up", "remove", "infect", "engulf", "kill", "use"})
    if (verb == other) return true;
  return false;
}

std::string adverb(std::string_view adjective) {
  std::string word(adjective);
  for (const std::string_view same : {"fast", "early", "late", "most", "first", "long-term"})
    if (word == same) return word;
  if (word.ends_with("ly") || word.find(' ') != std::string::npos) return word;
  if (word.ends_with("le")) {
    word.back() = 'y';
    return word;
  }
  if (word.ends_with("ic")) return word + "ally";
  if (word.ends_with("y") && word.size() > 3) {
    word.back() = 'i';
    return word + "ly";
  }
  return word + "ly";
}

}  // namespace celloquy::knowledge::english
