#pragma once

namespace losskit {

/// Texts that are more than digits, a minus sign and a point, or no number at all.
inline constexpr const char* kNoPlainNumbers[] = {"", "-", ".", "-.", "+1", "1e5", "1.2.3", "1..2", "a", "1a",
                                                  "a1", " 1", "1 ", "1/", "1:", "0x1", "--1", "1-", "inf",
                                                  "nan", "1\x80",
                                                  // in octal, as a hexadecimal escape would take the digit in
                                                  "\2611", "1x00000000000000000001"};

}  // namespace losskit
