#include "tables/torch_pickle.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tables/little_endian.h"

namespace losskit {

namespace {

/// Position of a value among all that the pickle has made.
using Index = std::size_t;

struct Value {
  enum class Kind : std::uint8_t {
    None,
    Bool,
    Number,
    Text,
    Global,
    Tuple,
    List,
    Dictionary,
    Storage,
    Tensor,
    Mark
  };
  Kind kind = Kind::None;
  std::int64_t number = 0;
  /// Text, or the name of a global; of a storage, its type and its member.
  std::string text;
  std::string member;
  /// Elements; keys and values in turn; of a tensor its storage, shape and strides.
  std::vector<Index> parts;
};

struct StorageType {
  std::string_view name;
  std::string_view type;
};

constexpr StorageType kStorages[] = {
    {"torch FloatStorage", "f4"},     {"torch DoubleStorage", "f8"}, {"torch HalfStorage", "f2"},
    {"torch BFloat16Storage", "bf2"}, {"torch LongStorage", "i8"},   {"torch IntStorage", "i4"},
    {"torch ShortStorage", "i2"},     {"torch CharStorage", "i1"},   {"torch ByteStorage", "u1"},
    {"torch BoolStorage", "b1"},
};

std::string_view storageType(std::string_view global) {
  for (const auto& [name, type] : kStorages) {
    if (name == global) return type;
  }
  return {};
}

constexpr std::string_view kRebuildTensor = "torch._utils _rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils _rebuild_parameter";
constexpr std::string_view kOrderedDict = "collections OrderedDict";

bool isAllowed(std::string_view global) {
  return global == kRebuildTensor || global == kRebuildParameter || global == kOrderedDict ||
         !storageType(global).empty();
}

std::string shown(std::string_view global) {
  std::string text(global.substr(0, 80));
  if (const std::size_t space = text.find(' '); space != std::string::npos) text[space] = '.';
  return text;
}

/// A machine for the part of the pickle language that tensors are written in.
class Unpickler {
 public:
  explicit Unpickler(std::string_view bytes) : bytes_(bytes) {}

  ArrayList run() {
    while (problem_.empty() && !stopped_) step();
    ArrayList list;
    if (problem_.empty() && stack_.empty()) problem_ = kBroken;
    if (problem_.empty()) collect(stack_.back(), {}, 0, &list);
    list.problem = problem_;
    return list;
  }

 private:
  using Kind = Value::Kind;
  static constexpr Index kNothing = ~Index{0};
  static constexpr const char* kBroken = "its pickle is broken";
  static constexpr std::size_t kMostValues = std::size_t{1} << 22;
  static constexpr unsigned kMostNesting = 16;
  /// A value may stand in many places.
  static constexpr std::size_t kMostVisits = 100'000;

  void fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
  }

  template <class T>
  T take() {
    T value{};
    if (!readAt(bytes_, at_, &value)) fail(kBroken);
    at_ += sizeof(T);
    return value;
  }

  std::string_view takeBytes(std::uint64_t size) {
    if (at_ > bytes_.size() || size > bytes_.size() - at_) {
      fail(kBroken);
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return taken;
  }

  std::string_view takeLine() {
    const std::size_t end = at_ > bytes_.size() ? std::string_view::npos : bytes_.find('\n', at_);
    if (end == std::string_view::npos) {
      fail(kBroken);
      return {};
    }
    const std::string_view line = bytes_.substr(at_, end - at_);
    at_ = end + 1;
    return line;
  }

  Index make(Value value) {
    if (values_.size() >= kMostValues) fail("its pickle holds more than tensors");
    values_.push_back(std::move(value));
    return values_.size() - 1;
  }
  void push(Value value) { stack_.push_back(make(std::move(value))); }
  void pushNumber(std::int64_t number) { push({Kind::Number, number, {}, {}, {}}); }
  void pushText(std::string_view text) { push({Kind::Text, 0, std::string(text), {}, {}}); }

  Index pop() {
    if (stack_.empty()) {
      fail(kBroken);
      return make({});
    }
    const Index top = stack_.back();
    stack_.pop_back();
    return top;
  }

  /// The values down to the last mark.
  std::vector<Index> popToMark() {
    std::vector<Index> found;
    for (;;) {
      const Index top = pop();
      if (!problem_.empty()) return {};
      if (values_[top].kind == Kind::Mark) break;
      found.push_back(top);
    }
    return {found.rbegin(), found.rend()};
  }

  void pushTuple(std::size_t size) {
    std::vector<Index> parts(size);
    for (std::size_t i = size; i > 0; --i) parts[i - 1] = pop();
    push({Kind::Tuple, 0, {}, {}, std::move(parts)});
  }

  void remember(std::size_t key) {
    if (stack_.empty() || key >= kMostValues) return fail(kBroken);
    if (key >= memo_.size()) memo_.resize(key + 1, kNothing);
    memo_[key] = stack_.back();
  }
  void recall(std::size_t key) {
    if (key >= memo_.size() || memo_[key] == kNothing) return fail(kBroken);
    stack_.push_back(memo_[key]);
  }

  void pushGlobal(std::string_view module, std::string_view name) {
    const std::string global = std::string(module) + ' ' + std::string(name);
    if (!isAllowed(global)) {
      return fail("it refers to " + shown(global) +
                  ", which is more than tensors of numbers; nothing of it is executed. Save tensors alone, " +
                  "such as torch.save({'logits': logits, 'labels': labels}, path)");
    }
    push({Kind::Global, 0, global, {}, {}});
  }

  /// Adds to the list or dictionary on the top of the stack.
  void addTo(const std::vector<Index>& parts, Kind kind) {
    if (stack_.empty() || values_[stack_.back()].kind != kind) return fail(kBroken);
    auto& all = values_[stack_.back()].parts;
    if (kind == Kind::Dictionary && parts.size() % 2 != 0) return fail(kBroken);
    all.insert(all.end(), parts.begin(), parts.end());
  }

  const Value& part(const Value& of, std::size_t i) {
    static const Value kNone;
    return i < of.parts.size() ? values_[of.parts[i]] : kNone;
  }

  /// ('storage', type, member, device, elements)
  void pushStorage() {
    const Index top = pop();
    const Value tuple = values_[top];
    const Value& type = part(tuple, 1);
    const Value& member = part(tuple, 2);
    if (part(tuple, 0).text != "storage" || type.kind != Kind::Global || storageType(type.text).empty() ||
        member.kind != Kind::Text) {
      return fail("it refers to something that is no tensor");
    }
    push({Kind::Storage,
          part(tuple, 4).number,
          std::string(storageType(type.text)),
          "data/" + member.text,
          {}});
  }

  void reduce() {
    const Index arguments = pop();
    const Index function = pop();
    if (!problem_.empty()) return;
    const Value global = values_[function];
    const Value tuple = values_[arguments];
    if (global.kind != Kind::Global || tuple.kind != Kind::Tuple) return fail(kBroken);
    if (global.text == kOrderedDict) return push({Kind::Dictionary, 0, {}, {}, {}});
    if (global.text == kRebuildParameter && part(tuple, 0).kind == Kind::Tensor) {
      stack_.push_back(tuple.parts[0]);
      return;
    }
    // (storage, offset, shape, strides, ...)
    const bool isTensor = global.text == kRebuildTensor && part(tuple, 0).kind == Kind::Storage &&
                          part(tuple, 1).kind == Kind::Number && part(tuple, 2).kind == Kind::Tuple &&
                          part(tuple, 3).kind == Kind::Tuple;
    if (!isTensor) return fail(kBroken);
    push({Kind::Tensor, part(tuple, 1).number, {}, {}, {tuple.parts[0], tuple.parts[2], tuple.parts[3]}});
  }

  void pushLong() {
    const std::string_view bytes = takeBytes(take<std::uint8_t>());
    if (bytes.size() > 8) return fail(kBroken);
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i > 0; --i)
      number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
    const bool isNegative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80) != 0;
    if (isNegative && bytes.size() < 8) number |= ~std::uint64_t{0} << (8 * bytes.size());
    pushNumber(static_cast<std::int64_t>(number));
  }

  void step() {
    const auto opcode = take<std::uint8_t>();
    if (!problem_.empty()) return;
    switch (opcode) {
      case 0x80:  // PROTO
        take<std::uint8_t>();
        return;
      case 0x95:  // FRAME
        take<std::uint64_t>();
        return;
      case '(':
        return push({Kind::Mark, 0, {}, {}, {}});
      case 'N':
        return push({});
      case 0x88:  // NEWTRUE
        return push({Kind::Bool, 1, {}, {}, {}});
      case 0x89:  // NEWFALSE
        return push({Kind::Bool, 0, {}, {}, {}});
      case 'K':
        return pushNumber(take<std::uint8_t>());
      case 'M':
        return pushNumber(take<std::uint16_t>());
      case 'J':
        return pushNumber(take<std::int32_t>());
      case 0x8a:  // LONG1
        return pushLong();
      case 'G':
        take<std::uint64_t>();
        return push({});
      case 'X':
        return pushText(takeBytes(take<std::uint32_t>()));
      case 0x8c:  // SHORT_BINUNICODE
      case 'U':
        return pushText(takeBytes(take<std::uint8_t>()));
      case ')':
        return pushTuple(0);
      case 0x85:  // TUPLE1
      case 0x86:
      case 0x87:
        return pushTuple(opcode - 0x84U);
      case 't':
        return push({Kind::Tuple, 0, {}, {}, popToMark()});
      case ']':
        return push({Kind::List, 0, {}, {}, {}});
      case '}':
        return push({Kind::Dictionary, 0, {}, {}, {}});
      case 'a':
        return addTo({pop()}, Kind::List);
      case 'e':
        return addTo(popToMark(), Kind::List);
      case 's': {
        const Index value = pop();
        const Index key = pop();
        return addTo({key, value}, Kind::Dictionary);
      }
      case 'u':
        return addTo(popToMark(), Kind::Dictionary);
      case 'q':
        return remember(take<std::uint8_t>());
      case 'r':
        return remember(take<std::uint32_t>());
      case 0x94:  // MEMOIZE
        return remember(memo_.size());
      case 'h':
        return recall(take<std::uint8_t>());
      case 'j':
        return recall(take<std::uint32_t>());
      case 'c': {
        const std::string_view module = takeLine();
        return pushGlobal(module, takeLine());
      }
      case 0x93: {  // STACK_GLOBAL
        const Index name = pop();
        const Index module = pop();
        return pushGlobal(values_[module].text, values_[name].text);
      }
      case 'Q':
        return pushStorage();
      case 'R':
        return reduce();
      case 'b':  // The attributes of an ordered dictionary, such as _metadata, are no tensors.
      case '0':
        pop();
        return;
      case '.':
        stopped_ = true;
        return;
      default: {
        static constexpr std::string_view kHex = "0123456789abcdef";
        const std::string code = {'0', 'x', kHex[opcode >> 4], kHex[opcode & 15]};
        return fail("its pickle has the opcode " + code +
                    ", which tensors are not written with; nothing of it is executed");
      }
    }
  }

  /// Names the tensors below a value by the keys that lead to them.
  void collect(Index index, const std::string& name, unsigned depth, ArrayList* list) {
    if (depth > kMostNesting || ++visits_ > kMostVisits)
      return fail("its pickle is nested deeper than tensors are");
    const Value& value = values_[index];
    const auto path = [&name](const std::string& key) { return name.empty() ? key : name + '.' + key; };
    if (value.kind == Kind::Tensor) return addTensor(value, name.empty() ? "tensor" : name, list);
    if (value.kind == Kind::Tuple || value.kind == Kind::List) {
      for (std::size_t i = 0; i < value.parts.size() && problem_.empty(); ++i)
        collect(value.parts[i], path(std::to_string(i)), depth + 1, list);
    }
    if (value.kind == Kind::Dictionary) {
      for (std::size_t i = 0; i + 1 < value.parts.size() && problem_.empty(); i += 2) {
        const Value& key = values_[value.parts[i]];
        collect(value.parts[i + 1], path(key.kind == Kind::Text ? key.text : std::to_string(key.number)),
                depth + 1, list);
      }
    }
  }

  void addTensor(const Value& tensor, const std::string& name, ArrayList* list) {
    const Value& storage = values_[tensor.parts[0]];
    const Value& shape = values_[tensor.parts[1]];
    const Value& strides = values_[tensor.parts[2]];
    ArrayInfo array;
    array.name = name;
    array.type = storage.text;
    array.member = storage.member;
    for (const Index length : shape.parts)
      array.shape.push_back(static_cast<std::uint64_t>(values_[length].number));
    std::uint64_t bytes = 0;
    const auto size = static_cast<std::uint64_t>(elementSize(array.type));
    const bool isWhole =
        arrayBytes(array, &bytes) && tensor.number >= 0 && storage.number >= 0 &&
        static_cast<std::uint64_t>(tensor.number) <= static_cast<std::uint64_t>(storage.number) &&
        bytes / size <= static_cast<std::uint64_t>(storage.number - tensor.number);
    if (!isWhole) return fail("its tensor \"" + name + "\" is larger than its storage");
    if (!isContiguous(shape, strides)) {
      return fail("its tensor \"" + name +
                  "\" is a view with gaps or another order; save it with .contiguous()");
    }
    array.begin = static_cast<std::uint64_t>(tensor.number) * size;
    array.end = array.begin + bytes;
    list->arrays.push_back(std::move(array));
  }

  bool isContiguous(const Value& shape, const Value& strides) {
    if (shape.parts.size() != strides.parts.size()) return false;
    // Unsigned, as a tensor without elements may have any other lengths.
    std::uint64_t expected = 1;
    for (std::size_t i = shape.parts.size(); i > 0; --i) {
      const auto length = static_cast<std::uint64_t>(values_[shape.parts[i - 1]].number);
      if (length > 1 && static_cast<std::uint64_t>(values_[strides.parts[i - 1]].number) != expected)
        return false;
      expected *= length;
    }
    return true;
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool stopped_ = false;
  std::size_t visits_ = 0;
  std::string problem_;
  std::vector<Value> values_;
  std::vector<Index> stack_;
  std::vector<Index> memo_;
};

}  // namespace

ArrayList readTorchPickle(std::string_view pickle) {
  return Unpickler(pickle).run();
}

}  // namespace losskit
