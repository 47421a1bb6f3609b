#include "knowledge/translate_grammar.hpp"

#include <utility>

#include "knowledge/translate_english.hpp"
#include "knowledge/translate_sentence.hpp"

namespace celloquy::knowledge {
namespace {

using Kind = WordKind;
using Range = WordRange;

/// What a modifier becomes: "mature" H, H "in the liver", H "that secrete ...".
struct Modifier {
  std::string before, after, relative;
};

void append(std::string& text, std::string_view more, std::string_view between = " ") {
  if (more.empty()) return;
  if (!text.empty()) text += between;
  text += more;
}

class Writer {
 public:
  Writer(std::string_view sentence, const std::vector<LexiconWord>& words) : s_(sentence, words) {}

  /// Halves of a sentence are translated one by one.
  std::string sentences() {
    std::string english;
    for (std::size_t begin = 0; begin < s_.size();) {
      const auto end = end_of_sentence(begin);
      append(english, phrase({begin, end}), ", ");
      begin = end + 1;
    }
    return english;
  }

 private:
  /// A full stop ends it, and a comma behind a finished noun phrase; a comma
  /// between modifiers does not.
  std::size_t end_of_sentence(std::size_t begin) const {
    auto stop = begin;
    while (stop < s_.size() && !(s_.is_mark(stop) && s_.mark(stop) == ".")) ++stop;
    for (auto i = begin; i < stop; ++i) {
      if (!s_.is_mark(i) || s_.mark(i) != ",") continue;
      if (s_.last_de({begin, i}) || !s_.last_de({i, stop})) return i;
    }
    return stop;
  }
  // --- noun phrases with 的 -------------------------------------------------
  std::string phrase(Range r, bool the = false) {
    while (!r.empty() && (s_.is_mark(r.end - 1) ||
                          (s_.can_be(r.end - 1, Kind::particle) && !s_.is_de(r.end - 1))))
      --r.end;
    while (!r.empty() && (s_.is_mark(r.begin) || s_.is_de(r.begin))) ++r.begin;
    if (r.empty()) return {};
    const auto de = s_.last_de(r);
    if (!de) {
      s_.read_as_clause(r);
      if (const auto head = head_without_de(r); head < r.end)
        return modified({r.begin, head}, {head, r.end}, the);
      const bool clause = s_.has(r, Kind::verb);
      return clause ? whole_clause(r) : noun_phrase(r, the);
    }
    // 肿瘤里的T细胞 | 分泌什么: a verb behind the head makes a sentence of it.
    for (auto i = *de + 2; i < r.end; ++i)
      if (s_.is_only_verb(i) && s_.can_be_thing(i - 1)) {
        auto subject = phrase({r.begin, i}, the);
        append(subject, whole_clause({i, r.end}));
        return subject;
      }
    return modified({r.begin, *de}, {*de + 1, r.end}, the);
  }

  /// 产抗体细胞, 造基质者: the last word is what the verb and its object describe.
  std::size_t head_without_de(Range r) const {
    if (r.end - r.begin < 3 || s_.tag(r.begin) != Kind::verb || !s_.is_thing_here(r.end - 1))
      return r.end;
    const auto last = s_.meaning(r.end - 1);
    return last.ends_with("cell") || s_.written(r.end - 1) == "者" ? r.end - 1 : r.end;
  }

  std::string modified(Range modifiers, Range head, bool the) {
    std::string before, after, relative;
    for (auto begin = modifiers.begin; begin < modifiers.end;) {
      auto end = end_of_modifier(begin, modifiers.end);
      const auto part = modifier({begin, end});
      append(before, part.before);
      append(after, part.after);
      append(relative, part.relative, " and ");
      begin = end + 1;
    }
    auto english = head.empty() ? std::string("cells") : noun_phrase(head, the, before);
    append(english, after);
    append(english, relative);
    return english;
  }

  /// A comma ends it, unless the list goes on: 分泌IL-4、IL-5、IL-13.
  std::size_t end_of_modifier(std::size_t begin, std::size_t end) const {
    auto mark = begin;
    for (;;) {
      while (mark < end && !s_.is_mark(mark)) ++mark;
      auto next = mark + 1;
      while (next < end && !s_.is_mark(next) && s_.is_only_thing(next)) ++next;
      const bool listed = mark > begin && mark + 1 < end && (next == end || s_.is_mark(next)) &&
                          s_.is_only_thing(mark - 1);
      // 把触、痛、温信息传入: the verb is still to come.
      const bool no_verb = s_.can_be(begin, Kind::object_marker) && !any_verb(begin, mark);
      if (!listed && !(no_verb && mark < end)) return mark;
      mark = listed ? next : mark + 1;
    }
  }

  Modifier modifier(Range r) {
    if (r.empty()) return {};
    if (s_.last_de(r)) {
      const bool place = s_.can_be(r.end - 1, Kind::locative) && !s_.is_de(r.end - 2);
      if (!place) return {{}, "of " + phrase(r, true), {}};
      s_.set_tag(r.end - 1, Kind::locative);
      const std::string where(s_.meaning(r.end - 1));
      return {{}, where + " " + phrase({r.begin, r.end - 1}, true), {}};
    }
    const auto clause = read_clause(r);
    Modifier result;
    if (!clause.predicate.empty()) {
      std::string_view subject = clause.subject;
      if (clause.object && subject.starts_with("the ")) subject.remove_prefix(4);
      result.relative = clause.object && !subject.empty() ? "whose" : "that";
      append(result.relative, subject);
      append(result.relative, clause.predicate);
      return result;
    }
    result.before = clause.adjectives;
    result.after = clause.places;
    if (clause.subject.empty()) return result;
    if (clause.adjectives.empty()) {
      // A gene or a number stands before its noun, a thing behind it.
      const bool short_word = r.end == r.begin + 1 && s_.tag(r.begin) == Kind::latin;
      (short_word ? result.before : result.after) = short_word ? clause.subject : of(clause);
    } else if (clause.adjectives == "positive" || clause.adjectives == "negative" ||
               clause.adjectives == english::participle(verb_of(r.end - 1))) {
      result.before = clause.subject + "-" + clause.adjectives;  // CD3阳性, 寒冷激活
    } else if (english::is_dimension(clause.subject)) {
      result.before = clause.adjectives;  // 体积最大: largest
    } else {
      append(result.after, "with " + clause.adjectives + " " + clause.subject);
      result.before.clear();
    }
    return result;
  }

  bool any_verb(std::size_t begin, std::size_t end) const {
    for (auto i = begin; i < end; ++i)
      if (s_.can_be(i, Kind::verb)) return true;
    return false;
  }
  std::string_view verb_of(std::size_t i) const {
    const auto* verb = s_.word(i).as(Kind::verb);
    return verb ? verb->english : std::string_view{};
  }

  // --- clauses --------------------------------------------------------------
  struct Clause {
    std::string subject, predicate, adjectives, places;
    bool object = false;
  };

  static std::string of(const Clause& clause) {
    std::string english = "of " + clause.subject;
    append(english, clause.places);
    return english;
  }

  std::string whole_clause(Range r) {
    auto clause = read_clause(r);
    auto english = clause.subject;
    append(english, clause.predicate);
    if (clause.predicate.empty()) {
      append(english, clause.adjectives);
      append(english, clause.places);
    }
    return english;
  }

  /// A verb and what was said of it before it came.
  struct Verb {
    std::string base, adverbs, not_word, can, agent, fronted, object, places;
    bool passive = false;

    std::string english() const {
      std::string verb;
      const bool be = base == "be" || base.starts_with("be ");
      const std::string rest = passive ? english::participle(base)
                               : be    ? base.substr(base.size() > 2 ? 3 : 2)
                                       : base;
      if (!can.empty()) {
        verb = can + (not_word.empty() ? "" : " not") + (passive || be ? " be" : "");
      } else if (not_word == "not") {
        verb = passive || be ? "are not" : "do not";
      } else {
        verb = not_word;
        if (passive || be) append(verb, not_word == "cannot" ? "be" : "are");
      }
      append(verb, adverbs);
      if (fronted.empty()) {
        append(verb, rest);
      } else {
        // 把A编码为B: encode A as B.
        const auto split = object.empty() ? std::string::npos : rest.rfind(' ');
        append(verb, rest.substr(0, split));
        append(verb, fronted);
        if (split != std::string::npos) append(verb, rest.substr(split + 1));
      }
      append(verb, object);
      if (!agent.empty()) append(verb, "by " + agent);
      for (const std::string_view twice : {" to", " in"})
        if (verb.ends_with(twice) && places.starts_with(std::string(twice.substr(1)) + " "))
          verb.resize(verb.size() - twice.size());
      append(verb, places);
      return verb;
    }
  };

  /// A clause that is being read.
  struct Reading {
    Range range;
    Clause clause;
    std::vector<Verb> verbs;
    Verb next;  ///< what stands before the next verb
    std::string preposition, places;
    bool fronted = false;  ///< after 把
  };

  Clause read_clause(Range r) {
    s_.read_as_clause(r);
    Reading reading;
    reading.range = r;
    for (auto i = r.begin; i < r.end;) {
      const auto end = end_of_things(i, r.end);
      const bool place = end > i && end < r.end && s_.tag(end) == Kind::locative;
      if (place)
        read_place(reading, i, end);
      else if (end > i)
        read_things(reading, {i, end});
      i = end > i ? end + place : read_word(reading, i);
    }
    return finished(std::move(reading));
  }

  /// Things [i, end) with a locative behind them.
  void read_place(Reading& reading, std::size_t i, std::size_t end) {
    auto& [range, clause, verbs, next, preposition, places, fronted] = reading;
    const std::string where(s_.meaning(end));
    if (!verbs.empty() && verbs.back().object.empty() && is_time(end) && i > range.begin &&
        s_.tag(i - 1) == Kind::verb) {
      // 进入组织后: the verb tells the time.
      const auto verb = english::gerund(verbs.back().base);
      append(places, where + " " + verb + " " + noun_phrase({i, end}, false));
      append(places, verbs.back().places);
      verbs.pop_back();
      return;
    }
    const bool own = preposition.empty() || preposition == "in";
    append(places, (own ? where : preposition) + " " + noun_phrase({i, end}, true));
    preposition.clear();
  }

  /// Things that are a subject, an object, or belong to the word before them.
  void read_things(Reading& reading, Range things) {
    auto& [range, clause, verbs, next, preposition, places, fronted] = reading;
    const bool verb_after = s_.has({things.end, range.end}, Kind::verb);
    if (!preposition.empty()) {
      append(places, std::exchange(preposition, {}) + " " + noun_phrase(things, true));
    } else if (next.passive && next.agent.empty() && verb_after) {
      next.agent = noun_phrase(things, true);
    } else if (std::exchange(fronted, false)) {
      next.fronted = noun_phrase(things, false);
    } else if (!next.not_word.empty() && !verb_after) {
      const auto without = std::exchange(next.not_word, {});
      append(places, (without == "not" ? "without" : without) + " " + noun_phrase(things, false));
    } else if (!verbs.empty()) {
      append(verbs.back().object, noun_phrase(things, false));
      clause.object = true;
    } else {
      append(clause.subject, noun_phrase(things, false));
    }
  }

  /// Any other word; returns the place behind it.
  std::size_t read_word(Reading& reading, std::size_t i) {
    auto& [range, clause, verbs, next, preposition, places, fronted] = reading;
    const std::string meaning(s_.meaning(i));
    switch (s_.tag(i)) {
      case Kind::verb:
        if (i + 1 < range.end && s_.tag(i + 1) == Kind::locative) {
          // 激活后; 牙齿萌出时.
          auto subject = verbs.empty() ? std::exchange(clause.subject, {}) : std::string();
          append(places, time_clause(i, subject));
          append(places, std::exchange(next.fronted, {}));
          return i + 2;
        }
        next.base = meaning;
        next.places = std::exchange(places, {});
        clause.object = clause.object || !next.fronted.empty();
        verbs.push_back(std::exchange(next, {}));
        break;
      case Kind::adjective:
        if (before_verb(i, range.end)) {
          append(next.adverbs, english::adverb(meaning));
        } else {
          append(clause.adjectives, std::exchange(next.not_word, {}));
          if (!s_.has({i, range.end}, Kind::verb))
            append(clause.adjectives, std::exchange(next.adverbs, {}));
          append(clause.adjectives, meaning);
        }
        break;
      case Kind::adverb: append(next.adverbs, meaning); break;
      case Kind::negation: next.not_word = meaning; break;
      case Kind::auxiliary: next.can = meaning; break;
      case Kind::preposition: preposition = meaning; break;
      case Kind::agent: next.passive = true; break;
      case Kind::object_marker: fronted = true; break;
      default: break;
    }
    return i + 1;
  }

  static Clause finished(Reading reading) {
    auto& [range, clause, verbs, next, preposition, places, fronted] = reading;
    append(clause.subject, next.fronted);
    append(clause.adjectives, next.adverbs);
    if (verbs.empty() && next.passive && !clause.subject.empty()) {
      // 被病毒感染, where 病毒感染 is one word.
      clause.predicate = "are affected by " + std::exchange(clause.subject, {});
      append(clause.predicate, std::exchange(places, {}));
    }
    if (!verbs.empty()) append(verbs.back().places, std::exchange(places, {}));
    clause.places = places;
    std::string_view before;
    for (auto& verb : verbs) {
      verb.passive |= clause.subject.empty() && verb.object.empty() && verb.fronted.empty() &&
                      english::needs_object(verb.base);
      append(clause.predicate, verb.english(), is_causative(before) ? " " : " and ");
      before = verb.base;
    }
    // 使器官变硬: what an adjective says behind a verb belongs to its object.
    if (!verbs.empty()) append(clause.predicate, std::exchange(clause.adjectives, {}));
    return std::move(clause);
  }

  bool is_time(std::size_t i) const {
    return s_.meaning(i) == "after" || s_.meaning(i) == "before" || s_.meaning(i) == "during";
  }
  std::string time_clause(std::size_t verb, const std::string& subject) const {
    const auto when = s_.meaning(verb + 1);
    if (subject.empty()) return std::string(when) + " " + english::gerund(s_.meaning(verb));
    std::string base(s_.meaning(verb));
    if (base.starts_with("be ")) base.replace(0, 2, "is");
    return std::string(when == "during" ? "when" : when) + " " + subject + " " + base;
  }
  /// The verb behind it needs no "and".
  static bool is_causative(std::string_view verb) {
    return verb == "make" || verb == "let" || verb == "help" || verb == "be used to";
  }
  bool before_verb(std::size_t i, std::size_t end) const {
    while (++i < end && (s_.tag(i) == Kind::adjective || s_.tag(i) == Kind::adverb)) {
    }
    return i < end && s_.tag(i) == Kind::verb;
  }

  // --- things -----------------------------------------------------------------
  /// The end of "adjectives thing (and adjectives thing)*" from i; i when there is none.
  std::size_t end_of_things(std::size_t i, std::size_t end) const {
    auto stop = i, at = i;
    while (at < end) {
      auto k = at;
      if (k > i && (s_.tag(k) == Kind::conjunction || s_.is_mark(k))) ++k;
      while (k < end && (s_.tag(k) == Kind::adjective || s_.tag(k) == Kind::determiner)) ++k;
      if (k >= end || !s_.is_thing_here(k)) break;
      while (k < end && (s_.is_thing_here(k) || is_suffix(k, end))) ++k;
      stop = at = k;
    }
    return stop;
  }

  /// 性 in 自身消化性炎症.
  bool is_suffix(std::size_t i, std::size_t end) const {
    return s_.tag(i) == Kind::particle && !s_.is_de(i) && i + 1 < end && s_.is_thing_here(i + 1);
  }

  std::string noun_phrase(Range r, bool the, std::string_view before = {}) {
    if (r.empty()) return std::string(before);
    s_.read_as_things(r);
    // A 和 B; 肺中 巨噬细胞.
    for (auto i = r.end; i-- > r.begin + 1;) {
      if (i + 1 >= r.end) continue;
      if (s_.tag(i) == Kind::conjunction || s_.is_mark(i)) {
        auto english = noun_phrase({r.begin, i}, the, before);
        const auto word = s_.is_mark(i) ? std::string(",") : " " + std::string(s_.meaning(i));
        return english + word + " " + noun_phrase({i + 1, r.end}, the);
      }
      if (s_.tag(i) == Kind::locative) {
        auto english = noun_phrase({i + 1, r.end}, the, before);
        append(english, std::string(s_.meaning(i)) + " " + noun_phrase({r.begin, i}, true));
        return english;
      }
    }
    const auto last = r.end - 1;
    if (s_.tag(last) == Kind::part && last > r.begin && s_.is_thing_here(last - 1)) {
      std::string english = "the";
      append(english, before);
      append(english, s_.meaning(last));
      return english + " of " + noun_phrase({r.begin, last}, true);
    }
    std::string english(before);
    for (auto i = r.begin; i < last; ++i) append(english, before_noun(i, r.begin));
    const std::string_view name = s_.meaning(last);
    const bool one = one_of(name, s_.tag(last));
    append(english, one ? std::string(name) : english::plural(name));
    const bool organ = s_.tag(last) == Kind::tissue || s_.tag(last) == Kind::part;
    if (the && organ && one && english::takes_the(name)) english.insert(0, "the ");
    return english;
  }
  /// A word of a noun phrase before its last one: 中和抗体 neutralizing antibodies.
  std::string before_noun(std::size_t i, std::size_t begin) const {
    const auto meant = s_.meaning(i);
    if (s_.tag(i) == Kind::adjective && s_.tag(i + 1) == Kind::verb) return english::adverb(meant);
    if (s_.tag(i) != Kind::verb) return std::string(meant);
    const bool done = i > begin && s_.tag(i - 1) == Kind::adjective;  // 新释放: newly released
    return done ? english::participle(meant) : english::gerund(meant);
  }
  /// False for what is many: cells, antibodies, blood vessels.
  static bool one_of(std::string_view name, Kind kind) {
    switch (kind) {
      case Kind::cell_type:
      case Kind::noun: return false;
      case Kind::molecule: return !english::is_counted_molecule(name);
      case Kind::tissue: return english::takes_the(name) || !english::is_counted(name);
      default: return true;
    }
  }

  TaggedSentence s_;
};

}  // namespace

std::string translate_words(std::string_view sentence, const std::vector<LexiconWord>& words) {
  return Writer(sentence, words).sentences();
}

}  // namespace celloquy::knowledge
