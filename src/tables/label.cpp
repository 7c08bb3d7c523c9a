#include "tables/label.h"

#include <algorithm>
#include <array>

namespace losskit {

bool isMissing(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kSpellings = {
      "", "na", "n/a", "#n/a", "<na>", "nan", "-nan", "null", "nil", "none", "-", "?"};
  const auto matches = [text](std::string_view spelling) {
    return std::ranges::equal(text, spelling,
                              [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  };
  return std::ranges::any_of(kSpellings, matches);
}

std::size_t LabelNames::place(std::string_view name) const {
  const auto found =
      std::lower_bound(labels_.begin(), labels_.end(), name,
                       [](const Label& label, std::string_view wanted) { return label.name < wanted; });
  return static_cast<std::size_t>(found - labels_.begin());
}

bool LabelNames::has(std::size_t place, std::string_view name) const {
  return place < labels_.size() && labels_[place].name == name;
}

void LabelNames::add(std::string_view name, std::int32_t label) {
  const std::size_t at = place(name);
  if (has(at, name)) return;
  labels_.insert(labels_.begin() + static_cast<std::ptrdiff_t>(at), {std::string(name), label});
}

bool LabelNames::find(std::string_view name, std::int32_t* label) const {
  const std::size_t at = place(name);
  if (!has(at, name)) return false;
  *label = labels_[at].label;
  return true;
}

}  // namespace losskit
