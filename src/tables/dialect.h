#pragma once

namespace losskit {

/// How a delimited text file is written. Quotes are always '"', doubled inside quotes; rows end with LF or
/// CRLF.
struct Dialect {
  /// One ASCII character between cells: ',', ';', '\t', '|' or ' '; never a quote, a line end or what numbers
  /// are made of.
  char delimiter = ',';
  /// Numbers are written 0,5. With ',' as delimiter too they must stand in quotes.
  bool decimalComma = false;
  /// The first row that is not blank holds names.
  bool hasHeader = true;
};

}  // namespace losskit
