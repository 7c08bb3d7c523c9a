// The types that the list of the losses is made of. Embind registers all of C++'s, its strings and views of
// memory with them, from a file of its library; what that file is needed for stands here, so that it is not
// linked.
#include <emscripten/bind.h>

#include <cstdlib>
#include <limits>

using emscripten::internal::TypeID;

extern "C" {

/// Of a type that is not registered: only Embind's error messages ask, who frees it.
const char* __getTypeName(const void* /*type*/) {
  return static_cast<const char*>(std::calloc(1, 1));
}

/// What other threads of the same memory would do once more; there are none.
void _embind_register_bindings(emscripten::internal::InitFunc* /*list*/) {}
void _embind_initialize_bindings() {}

}  // extern "C"

namespace losskit {
namespace {

template <class T>
void integer(const char* name) {
  using Limits = std::numeric_limits<T>;
  emscripten::internal::_embind_register_integer(TypeID<T>::get(), name, sizeof(T), Limits::min(),
                                                 Limits::max());
}

}  // namespace

EMSCRIPTEN_BINDINGS(types) {
  emscripten::internal::_embind_register_void(TypeID<void>::get(), "void");
  emscripten::internal::_embind_register_bool(TypeID<bool>::get(), "bool", true, false);
  emscripten::internal::_embind_register_float(TypeID<double>::get(), "double", sizeof(double));
  integer<int>("int");
  integer<unsigned int>("unsigned int");
  integer<unsigned long>("unsigned long");
}

}  // namespace losskit
