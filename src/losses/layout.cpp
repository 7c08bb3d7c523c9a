#include "losses/layout.h"

namespace losskit {

RowTile::RowTile(ClassLayout layout, std::size_t first, std::size_t count) : layout_(layout), count_(count) {
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    offsets_[lane] = layout.offset(first + (lane < count ? lane : count - 1));
  }
}

void RowTile::read(float* tile, const float* scores) const {
  if (layout_.inner == 1) {
    readTransposed(tile, scores);
    return;
  }
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      tile[c * kLanes + lane] = scores[offsets_[lane] + c * layout_.inner];
    }
  }
}

void RowTile::write(float* scores, const float* tile) const {
  if (layout_.inner == 1) {
    writeTransposed(scores, tile);
    return;
  }
  for (std::size_t c = 0; c < layout_.classes; ++c) {
    for (std::size_t lane = 0; lane < count_; ++lane) {
      scores[offsets_[lane] + c * layout_.inner] = tile[c * kLanes + lane];
    }
  }
}

void RowTile::readTransposed(float* tile, const float* scores) const {
  std::size_t c = 0;
  for (; c + kLanes <= layout_.classes; c += kLanes) {
    F32x4 rows[kLanes];
    for (std::size_t lane = 0; lane < kLanes; ++lane) rows[lane] = load(scores + offsets_[lane] + c);
    transpose(rows[0], rows[1], rows[2], rows[3]);
    for (std::size_t i = 0; i < kLanes; ++i) store(tile + (c + i) * kLanes, rows[i]);
  }
  for (; c < layout_.classes; ++c) {
    const F32x4 column{scores[offsets_[0] + c], scores[offsets_[1] + c], scores[offsets_[2] + c],
                       scores[offsets_[3] + c]};
    store(tile + c * kLanes, column);
  }
}

void RowTile::writeTransposed(float* scores, const float* tile) const {
  std::size_t c = 0;
  for (; c + kLanes <= layout_.classes; c += kLanes) {
    F32x4 columns[kLanes];
    for (std::size_t i = 0; i < kLanes; ++i) columns[i] = load(tile + (c + i) * kLanes);
    transpose(columns[0], columns[1], columns[2], columns[3]);
    for (std::size_t lane = 0; lane < count_; ++lane) store(scores + offsets_[lane] + c, columns[lane]);
  }
  for (; c < layout_.classes; ++c) {
    for (std::size_t lane = 0; lane < count_; ++lane) scores[offsets_[lane] + c] = tile[c * kLanes + lane];
  }
}

}  // namespace losskit
