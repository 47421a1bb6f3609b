#include "knowledge/translate_sentence.hpp"

#include <algorithm>

namespace celloquy::knowledge {

using Kind = WordKind;

// --- what a word can be --------------------------------------------------------

bool TaggedSentence::is_only_verb(std::size_t i) const {
  return can_be(i, Kind::verb) && !can_be_thing(i) && !can_be(i, Kind::adjective);
}

bool TaggedSentence::is_only_thing(std::size_t i) const {
  return std::all_of(words_[i].meanings.begin(), words_[i].meanings.end(),
                     [](const WordMeaning& meant) {
                       return is_thing(meant.kind) || meant.kind == Kind::conjunction;
                     });
}

bool TaggedSentence::is_de(std::size_t i) const {
  return can_be(i, Kind::particle) && (written(i) == "的" || written(i) == "之");
}

std::optional<std::size_t> TaggedSentence::last_de(WordRange r) const {
  for (auto i = r.end; i > r.begin + 1; --i)
    if (is_de(i - 1)) return i - 1;
  return std::nullopt;
}

bool TaggedSentence::any_verb(std::size_t begin, std::size_t end) const {
  for (auto i = begin; i < end; ++i)
    if (can_be(i, Kind::verb)) return true;
  return false;
}

// --- what it is here -------------------------------------------------------------

std::string_view TaggedSentence::meaning(std::size_t i) const {
  if (!words_[i].known() || tags_[i] == Kind::latin) return written(i);
  const auto* meant = words_[i].as(tags_[i]);
  return meant ? meant->english : std::string_view{};
}

bool TaggedSentence::has(WordRange r, WordKind kind) const {
  for (auto i = r.begin; i < r.end; ++i)
    if (tags_[i] == kind) return true;
  return false;
}

void TaggedSentence::read_as_things(WordRange r) {
  for (auto i = r.begin; i < r.end; ++i) tags_[i] = kind_among_things(i, r);
}

void TaggedSentence::read_as_clause(WordRange r) {
  for (auto i = r.begin; i < r.end; ++i) tags_[i] = kind_in_clause(i, r);
}

WordKind TaggedSentence::other_than_part(std::size_t i) const {
  for (const auto& meant : words_[i].meanings)
    if (meant.kind != Kind::part && is_thing(meant.kind)) return meant.kind;
  return Kind::part;
}

/// In a noun phrase the last word is a thing and the others describe it.
WordKind TaggedSentence::kind_among_things(std::size_t i, WordRange r) const {
  const bool last = i + 1 == r.end;
  const bool after_thing = i > r.begin && is_thing(tags_[i - 1]);
  const auto* thing = words_[i].as_thing();
  if (can_be(i, Kind::locative) && after_thing && !last) return Kind::locative;
  if (can_be(i, Kind::conjunction) && i > r.begin && !last) return Kind::conjunction;
  if (can_be(i, Kind::part) && last && after_thing) return Kind::part;
  // 血管内壁: the wall of vessels, not a vascular wall.
  const bool before_part = i + 2 == r.end && can_be(i + 1, Kind::part) && thing;
  if (!last && can_be(i, Kind::adjective) && !before_part) return Kind::adjective;
  if (!thing) return words_[i].meanings.front().kind;
  return thing->kind == Kind::part ? other_than_part(i) : thing->kind;
}

WordKind TaggedSentence::kind_in_clause(std::size_t i, WordRange r) const {
  const auto& word = words_[i];
  if (word.meanings.size() == 1) return word.meanings.front().kind;
  const auto* thing = word.as_thing();
  const bool first = i == r.begin, last = i + 1 == r.end;
  const Kind previous = first ? Kind::punctuation : tags_[i - 1];
  const bool after_thing = is_thing(previous);
  const bool before_thing = !last && can_be_thing(i + 1);
  const bool verb_after = any_verb(i + 1, r.end);
  if (can_be(i, Kind::locative) && (after_thing || previous == Kind::verb) &&
      !(before_thing && can_be(i, Kind::part)))
    return Kind::locative;
  if (can_be(i, Kind::conjunction) && !first && !last &&
      (after_thing == before_thing || !can_be(i, Kind::preposition)))
    return Kind::conjunction;
  if (can_be(i, Kind::object_marker) && before_thing && any_verb(i + 2, r.end))
    return Kind::object_marker;
  if (can_be(i, Kind::agent) && verb_after) return Kind::agent;
  if (can_be(i, Kind::auxiliary) && verb_after) return Kind::auxiliary;
  if (can_be(i, Kind::preposition) &&
      (!can_be(i, Kind::verb) || (verb_after && any_verb(i + 2, r.end))))
    return Kind::preposition;
  if (can_be(i, Kind::adverb) && (verb_after || !thing)) return Kind::adverb;
  if (can_be(i, Kind::negation)) return Kind::negation;
  if (can_be(i, Kind::determiner) && !last) return Kind::determiner;
  if (can_be(i, Kind::verb) && is_read_as_verb(i, r)) return Kind::verb;
  if (can_be(i, Kind::adjective) &&
      (!thing || before_thing ||
       (last && previous != Kind::verb && previous != Kind::preposition &&
        previous != Kind::adjective && !after_thing)))
    return Kind::adjective;
  if (!thing) return word.meanings.front().kind;
  return thing->kind == Kind::part && first ? other_than_part(i) : thing->kind;
}

/// For a word that may be a verb and something else.
bool TaggedSentence::is_read_as_verb(std::size_t i, WordRange r) const {
  const bool last = i + 1 == r.end;
  const Kind previous = i == r.begin ? Kind::punctuation : tags_[i - 1];
  const bool had_verb = has({r.begin, i}, Kind::verb);
  if (is_only_verb(i)) return true;
  if (!last && can_be(i + 1, Kind::locative) && !can_be_thing(i + 1)) return !can_be_thing(i);
  switch (previous) {
    case Kind::verb:
    case Kind::determiner: return false;
    case Kind::negation:
    case Kind::auxiliary:
    case Kind::agent:
    case Kind::adverb: return true;
    case Kind::adjective:
      if (had_verb && can_be(i, Kind::adjective)) return false;
      break;
    default: break;
  }
  // 随黑夜释放: a preposition and its noun stand before a verb.
  const bool waiting = has({r.begin, i}, Kind::agent) || has({r.begin, i}, Kind::preposition);
  if (waiting && !had_verb && is_thing(previous)) return true;
  if (!last) {
    if (can_be(i + 1, Kind::conjunction) && !can_be_thing(i)) return true;
    return can_be_thing(i + 1) || can_be(i + 1, Kind::adjective) || can_be(i + 1, Kind::determiner);
  }
  // The last word: what a thing does (由亮光激活), or what it is like (脑中常驻).
  if (had_verb) return false;
  for (const auto before :
       {Kind::negation, Kind::auxiliary, Kind::agent, Kind::preposition, Kind::object_marker})
    if (has({r.begin, i}, before)) return true;
  if (previous == Kind::adjective) return true;
  return (is_thing(previous) || previous == Kind::locative) && !can_be(i, Kind::adjective);
}

}  // namespace celloquy::knowledge
