// The portable build and the `simd` variant give the same bits on every machine: a hash of each kernel's
// results, the same in all of them. After a change of a kernel the hash of any of these builds is the new
// one; that the others agree is what is tested. Relaxed SIMD may round otherwise, so it is left out.
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <vector>

#include "losses/binary_cross_entropy.h"
#include "losses/class_index_loss.h"
#include "losses/sigmoid_focal.h"
#include "losses/softmax.h"

#ifndef LOSSKIT_RELAXED_SIMD

namespace losskit {
namespace {

/// Numbers in [-1, 1), the same with every standard library.
class Numbers {
 public:
  float next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<float>(static_cast<std::int32_t>(state_ >> 32)) * 0x1p-31F;
  }

  std::vector<float> take(std::size_t count, float scale) {
    std::vector<float> values(count);
    for (float& value : values) value = scale * next();
    return values;
  }

 private:
  std::uint64_t state_ = 1;
};

/// FNV-1a over the bits.
class Hash {
 public:
  void add(const std::vector<float>& values) {
    for (const float value : values) {
      const auto bits = std::bit_cast<std::uint32_t>(value);
      for (int shift = 0; shift < 32; shift += 8) {
        state_ = (state_ ^ ((bits >> shift) & 0xff)) * 1099511628211U;
      }
    }
  }

  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 14695981039346656037U;
};

/// Calls body(logits, layout) for rows of every way of working, of logits usual and not.
template <class Body>
void forEachRows(const Body& body) {
  Numbers numbers;
  for (const std::size_t classes : {2U, 3U, 4U, 5U, 10U, 31U, 32U, 37U, 100U, 1003U}) {
    for (const float scale : {0.5F, 8.0F, 50.0F, 300.0F}) {
      const ClassLayout layout{103, classes, 1};
      body(numbers.take(layout.size(), scale), layout);
    }
  }
  const ClassLayout inner{3, 7, 13};
  body(numbers.take(inner.size(), 10), inner);
}

std::uint64_t hashOfClassIndexLoss(const ClassIndexOptions<float>& options) {
  Hash hash;
  forEachRows([&](const std::vector<float>& logits, ClassLayout layout) {
    std::vector<std::int32_t> target(layout.rows());
    for (std::size_t row = 0; row < target.size(); ++row) {
      target[row] = row % 11 == 7 ? -100 : static_cast<std::int32_t>(row * 7 % layout.classes);
    }
    std::vector<float> loss(layout.rows());
    std::vector<float> gradient(layout.size());
    classIndexLoss(loss.data(), gradient.data(), logits.data(), target.data(), layout, options);
    hash.add(loss);
    hash.add(gradient);
    classIndexLoss(loss.data(), nullptr, logits.data(), target.data(), layout, options);
    hash.add(loss);
  });
  return hash.value();
}

std::uint64_t hashOfActivation(void (*function)(float*, const float*, ClassLayout)) {
  Hash hash;
  forEachRows([&](const std::vector<float>& scores, ClassLayout layout) {
    std::vector<float> out(layout.size());
    function(out.data(), scores.data(), layout);
    hash.add(out);
  });
  return hash.value();
}

std::uint64_t hashOfBinaryLoss(void (*function)(float* loss, float* gradient, const float* x, const float* t,
                                                std::size_t count)) {
  Hash hash;
  Numbers numbers;
  for (const float scale : {0.1F, 3.0F, 40.0F, 300.0F}) {
    const std::vector<float> x = numbers.take(1003, scale);
    std::vector<float> t(x.size());
    for (std::size_t i = 0; i < t.size(); ++i) t[i] = static_cast<float>(i % 5) / 4;
    std::vector<float> loss(x.size());
    std::vector<float> gradient(x.size());
    function(loss.data(), gradient.data(), x.data(), t.data(), x.size());
    hash.add(loss);
    hash.add(gradient);
  }
  return hash.value();
}

TEST(SameBits, CrossEntropy) {
  EXPECT_EQ(hashOfClassIndexLoss({}), 17706274471925524197U);
}

TEST(SameBits, SmoothedCrossEntropy) {
  ClassIndexOptions<float> options;
  options.labelSmoothing = 0.1F;
  EXPECT_EQ(hashOfClassIndexLoss(options), 13661819802919590025U);
}

TEST(SameBits, SoftmaxFocal) {
  ClassIndexOptions<float> options;
  options.gamma = 2;
  EXPECT_EQ(hashOfClassIndexLoss(options), 8362628497740733214U);
}

TEST(SameBits, Softmax) {
  EXPECT_EQ(hashOfActivation(&softmax), 9438199544254270523U);
}

TEST(SameBits, LogSoftmax) {
  EXPECT_EQ(hashOfActivation(&logSoftmax), 2432856558997087449U);
}

TEST(SameBits, LogSumExp) {
  EXPECT_EQ(hashOfActivation(
                [](float* out, const float* scores, ClassLayout layout) { logSumExp(out, scores, layout); }),
            12826416649631246182U);
}

TEST(SameBits, BinaryCrossEntropy) {
  EXPECT_EQ(
      hashOfBinaryLoss([](float* loss, float* gradient, const float* x, const float* t, std::size_t count) {
        binaryCrossEntropyWithLogits(loss, gradient, x, t, count, {});
      }),
      12282971283373404716U);
}

TEST(SameBits, SigmoidFocal) {
  EXPECT_EQ(
      hashOfBinaryLoss([](float* loss, float* gradient, const float* x, const float* t, std::size_t count) {
        sigmoidFocal(loss, gradient, x, t, count, {0.25F, 2, 1});
      }),
      15511265391095089064U);
}

}  // namespace
}  // namespace losskit

#endif
