// Focal losses in the forms of other libraries: of probabilities, held away from 0 and 1, smoothed, weighted,
// and with the focusing factor taken from other quantities. The plain forms are in sigmoid_focal.h and
// class_index_loss.h; these are worked in double by their definition.
//
// A probability p is held in [e, 1 - e] (e = epsilon) as a clip does it: beyond the ends the value is that at
// the end, and the slope 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

#include "losses/layout.h"

namespace losskit {

/// Which quantity focuses. The three are the same where t is 0 or 1 and nothing is held.
enum class FocalForm : std::int32_t {
  /// a (1 - p_t)^gamma BCE with p_t = p t + (1 - p)(1 - t) of p as it is, a = a1 t + a0 (1 - t): torchvision,
  /// mmdetection, Keras.
  Joint = 0,
  /// a1 t (1 - p)^gamma (-log p) + a0 (1 - t) p^gamma (-log(1 - p)): each side by its own miss. kornia,
  /// segmentation_models.
  Split = 1,
  /// a (1 - e^-BCE)^gamma BCE: segmentation_models.pytorch.
  Loss = 2,
};

template <class T>
struct BinaryFocalOptions {
  const T* weight = nullptr;          ///< factor on each element's loss, [count]; null for all 1
  const T* positiveWeight = nullptr;  ///< factor on a1, [count]; null for all 1
  double positiveAlpha = 1;           ///< a1 >= 0
  double negativeAlpha = 1;           ///< a0 >= 0
  double gamma = 2;                   ///< >= 0
  double epsilon = 0;                 ///< in [0, 0.5)
  double labelSmoothing = 0;          ///< s: t becomes t (1 - s) + s / 2
  FocalForm form = FocalForm::Joint;
  bool isProbability = false;  ///< whether the input is p, or logits with p = sigmoid(x)
  /// Elements with this target have loss and gradient 0; NaN: none has.
  double ignoredTarget = std::numeric_limits<double>::quiet_NaN();
  double gradientScale = 1;
};

/// BCE = t (-log p) + (1 - t)(-log(1 - p)) in nats, the logs of the held p; the loss as the form has it,
/// exact in both tails of logits. gradient_i = d loss_i / d input_i * gradientScale. loss, input, target:
/// [count]; gradient: [count] or null; target in [0, 1] or ignoredTarget. Arrays must not overlap. T: float
/// or double.
template <class T>
void binaryFocal(T* loss, T* gradient, const T* input, const T* target, std::size_t count,
                 const BinaryFocalOptions<T>& options);

template <class T>
struct CategoricalFocalOptions {
  const T* weight = nullptr;   ///< w, [classes], each >= 0; null for all 1
  double gamma = 2;            ///< >= 0
  double epsilon = 0;          ///< in [0, 0.5)
  double labelSmoothing = 0;   ///< s: t_c becomes t_c (1 - s) + s / C
  bool isProbability = false;  ///< whether the input is p, or logits with p = softmax(x)
  bool renormalises = false;   ///< of probabilities: p_c = x_c / sum_j x_j
  double gradientScale = 1;
};

/// loss = sum_c w_c t_c (1 - p_c)^gamma (-log p_c) of the held p, in nats. Keras'
/// CategoricalFocalCrossentropy, segmentation_models' categorical_focal_loss; for gamma 0, renormalised and
/// held at 1e-15, the log loss of Kaggle and of scikit-learn. loss: [rows]; gradient: like input, or null;
/// input, target: layout; a row whose first target is negative is ignored: loss and gradient 0. T: float or
/// double.
template <class T>
void categoricalFocal(T* loss, T* gradient, const T* input, const T* target, ClassLayout layout,
                      const CategoricalFocalOptions<T>& options);

}  // namespace losskit
