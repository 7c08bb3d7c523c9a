#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace losskit {

/// True for the usual ways to write that there is no value: an empty text, NA, N/A, null, None, nan, ...
bool isMissing(std::string_view text);

/// The labels that stand in a file as text: class names, true and false, ...
class LabelNames {
 public:
  /// Adds a text and its label; the first label given to a text stays.
  void add(std::string_view name, std::int32_t label);
  bool empty() const { return labels_.empty(); }
  /// False when the text was not added.
  bool find(std::string_view name, std::int32_t* label) const;

 private:
  struct Label {
    std::string name;
    std::int32_t label;
  };
  /// Position of the name, or where it belongs.
  std::size_t place(std::string_view name) const;
  bool has(std::size_t place, std::string_view name) const;

  /// Sorted by name.
  std::vector<Label> labels_;
};

}  // namespace losskit
