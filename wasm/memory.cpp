// What the runtime would draw printf in for, a tenth of the module: operator new, which reports a failed
// allocation through it, and Embind's names for types that are not registered, which only its error messages
// show.
#include <cstdlib>
#include <new>

void* operator new(std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) __builtin_trap();
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

// The link puts this in place of the library's.
extern "C" int __wrap_siprintf(char* text, const char* /*format*/, ...) {
  *text = 0;
  return 0;
}
