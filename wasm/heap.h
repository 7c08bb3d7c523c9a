// Addresses and byte arrays as they cross between JavaScript and the core.
#pragma once

#include <emscripten/val.h>

#include <cstdint>
#include <vector>

namespace losskit {

/// Address in wasm memory; 0 is null.
using Address = std::uintptr_t;

template <class T>
T* at(Address address) {
  return reinterpret_cast<T*>(address);
}

/// A copy, in JavaScript's own memory.
inline emscripten::val bytesToJs(const std::vector<std::uint8_t>& bytes) {
  return emscripten::val(emscripten::typed_memory_view(bytes.size(), bytes.data()))
      .call<emscripten::val>("slice");
}

/// A plain JavaScript array.
template <class T>
emscripten::val arrayToJs(const std::vector<T>& values) {
  return emscripten::val::array(values);
}

}  // namespace losskit
